using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RtcEnhance.Video;

namespace RtcEnhance.Extensions.Tests;

public sealed class AddRtcEnhanceTests
{
    [Fact]
    public void WithoutSettings_TheLibrarysDefaults()
    {
        using ServiceProvider provider = new ServiceCollection().AddRtcEnhance().BuildServiceProvider();

        EnhancementOptions options = provider.GetRequiredService<EnhancementOptions>();
        VideoEnhancerOptions video = provider.GetRequiredService<VideoEnhancerOptions>();
        var expected = new VideoEnhancerOptions();
        Assert.Equal(new PlayoutDelayOptions().StartDelay, options.PlayoutDelay.StartDelay);
        Assert.Equal((expected.Scale, expected.Method, expected.MaxInputPixels, null), (video.Scale, video.Method, video.MaxInputPixels, video.Scheduler));
        Assert.Same(options, video.Enhancement);
        Assert.Same(provider.GetRequiredService<PipelineObserver>(), video.Observer);
        Assert.Same(TimeProvider.System, video.Time);
    }

    [Fact]
    public void Section_EverySetting_IsBound()
    {
        IConfigurationRoot configuration = Configuration(new()
        {
            ["RtcEnhance:Preset"] = "LowDelay",
            ["RtcEnhance:MinimumDelay"] = "00:00:00.020",
            ["RtcEnhance:MaximumDelay"] = "00:00:01",
            ["RtcEnhance:Scale"] = "3",
            ["RtcEnhance:Method"] = "Easu",
            ["RtcEnhance:MaxInputPixels"] = "100000",
            ["RtcEnhance:SharedCores"] = "1.5",
        });
        using ServiceProvider provider = new ServiceCollection().AddRtcEnhance(configuration.GetSection("RtcEnhance")).BuildServiceProvider();

        EnhancementOptions options = provider.GetRequiredService<EnhancementOptions>();
        VideoEnhancerOptions video = provider.GetRequiredService<VideoEnhancerOptions>();
        Assert.Equal(EnhancementOptions.ForPreset(EnhancementPreset.LowDelay).PlayoutDelay.StartDelay, options.PlayoutDelay.StartDelay);
        Assert.Equal(EnhancementOptions.ForPreset(EnhancementPreset.LowDelay).SuperResolution.Budget, options.SuperResolution.Budget);
        Assert.Equal((20d, 1000d), (options.PlayoutDelay.MinimumDelay.TotalMilliseconds, options.PlayoutDelay.MaximumDelay.TotalMilliseconds));
        Assert.Equal((3, UpscaleMethod.Easu, 100000), (video.Scale, video.Method, video.MaxInputPixels));
        Assert.NotNull(video.Scheduler);
    }

    [Fact]
    public void SettingsOutsideTheirRanges_AreNamedWhereTheyAreRead()
    {
        using ServiceProvider provider = new ServiceCollection()
            .AddRtcEnhance(static settings => settings.Scale = 9)
            .BuildServiceProvider();
        using ServiceProvider other = new ServiceCollection()
            .AddRtcEnhance(static settings => settings.SharedCores = 0)
            .BuildServiceProvider();

        var e = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<VideoEnhancerOptions>());
        Assert.Contains("Scale is 9", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<OptionsValidationException>(() => other.GetRequiredService<EnhancementOptions>());
        Assert.Contains("CpuBudget is 0", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatTheHostRegistered_Stays()
    {
        var observer = new LoggingPipelineObserver(new ListLogger());
        var time = new StoppedTime();
        using ServiceProvider provider = new ServiceCollection()
            .AddSingleton<PipelineObserver>(observer)
            .AddSingleton<TimeProvider>(time)
            .AddRtcEnhance()
            .AddRtcEnhance()
            .BuildServiceProvider();

        VideoEnhancerOptions video = provider.GetRequiredService<VideoEnhancerOptions>();
        Assert.Same(observer, video.Observer);
        Assert.Same(time, video.Time);
        Assert.Single(provider.GetServices<EnhancementOptions>());
    }

    [Fact]
    public void Observer_WritesToTheHostsLogger()
    {
        var logger = new ListLogger();
        using ServiceProvider provider = new ServiceCollection().AddSingleton<ILoggerFactory>(logger).AddRtcEnhance().BuildServiceProvider();

        provider.GetRequiredService<PipelineObserver>().NotifyKeyFrameRequested(7);

        Assert.Equal([RtcEnhanceServiceCollectionExtensions.LoggerCategory], logger.Categories);
        Assert.Equal(["Information: Stream 7: asked for a key frame."], logger.Lines);
    }

    [Fact]
    public void WrongUse_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddRtcEnhance());
        Assert.Throws<ArgumentNullException>(() => new ServiceCollection().AddRtcEnhance((IConfiguration)null!));
    }

    private static IConfigurationRoot Configuration(Dictionary<string, string?> values)
        => new ConfigurationBuilder().AddInMemoryCollection(values).Build();

    private sealed class StoppedTime : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
