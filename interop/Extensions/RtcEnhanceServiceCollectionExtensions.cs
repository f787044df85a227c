using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RtcEnhance.Video;

namespace RtcEnhance.Extensions;

/// <summary>Puts RtcEnhance's options into a host's services. Thread-safe on different collections.</summary>
public static class RtcEnhanceServiceCollectionExtensions
{
    /// <summary>The category that the library's rare events are logged under.</summary>
    public const string LoggerCategory = "RtcEnhance";

    /// <summary>
    /// Registers, each as a singleton: <see cref="EnhancementOptions"/> and <see cref="VideoEnhancerOptions"/> made of the
    /// <see cref="RtcEnhanceSettings"/>, a <see cref="PipelineObserver"/> that writes to the host's logger, and the system's
    /// <see cref="TimeProvider"/>. What the host registered before stays. A setting outside its range is an
    /// <see cref="OptionsValidationException"/> where the settings are first read.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes the settings; null for none.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddRtcEnhance(this IServiceCollection services, Action<RtcEnhanceSettings>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        OptionsBuilder<RtcEnhanceSettings> settings = services.AddOptions<RtcEnhanceSettings>();
        if (configure is not null)
            settings.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RtcEnhanceSettings>, RtcEnhanceSettingsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<PipelineObserver>(static provider => new LoggingPipelineObserver(
            (provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger(LoggerCategory)));
        services.TryAddSingleton(static provider => Settings(provider).ToEnhancementOptions());
        services.TryAddSingleton(static provider => Settings(provider).ToVideoEnhancerOptions(
            provider.GetRequiredService<EnhancementOptions>(),
            Settings(provider).ToScheduler(provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<PipelineObserver>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    /// <summary>The same with the settings of a section of the host's configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="section">The section, whose keys are the names of <see cref="RtcEnhanceSettings"/>; read when the settings are.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddRtcEnhance(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.Configure<RtcEnhanceSettings>(section);
        return services.AddRtcEnhance();
    }

    private static RtcEnhanceSettings Settings(IServiceProvider provider)
        => provider.GetRequiredService<IOptions<RtcEnhanceSettings>>().Value;
}
