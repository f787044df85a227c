using RtcEnhance.Video;

namespace RtcEnhance.Extensions;

/// <summary>
/// What a host writes into its configuration, appsettings.json for example; what is not set has the library's default.
/// One thread at a time.
/// </summary>
public sealed class RtcEnhanceSettings
{
    /// <summary>Budgets and playout delay.</summary>
    /// <value>Balanced, Quality or LowDelay; default Balanced.</value>
    public EnhancementPreset Preset { get; set; }

    /// <summary>The playout delay never goes below it, see <see cref="PlayoutDelayOptions.MinimumDelay"/>.</summary>
    /// <value>Null: the preset's.</value>
    public TimeSpan? MinimumDelay { get; set; }

    /// <summary>The playout delay never goes above it, see <see cref="PlayoutDelayOptions.MaximumDelay"/>.</summary>
    /// <value>Null: the preset's.</value>
    public TimeSpan? MaximumDelay { get; set; }

    /// <summary>Output width over input width, see <see cref="VideoEnhancerOptions.Scale"/>.</summary>
    /// <value>1 to 4; default 2.</value>
    public double Scale { get; set; } = 2;

    /// <summary>The best method of enlarging that may be used, see <see cref="VideoEnhancerOptions.Method"/>.</summary>
    /// <value>Default <see cref="UpscaleMethod.Neural"/>.</value>
    public UpscaleMethod Method { get; set; } = UpscaleMethod.Neural;

    /// <summary>Largest picture that is enlarged, see <see cref="VideoEnhancerOptions.MaxInputPixels"/>.</summary>
    /// <value>1 to 16384 x 16384; default 1280 x 720.</value>
    public int MaxInputPixels { get; set; } = 1280 * 720;

    /// <summary>Cores that the enlarging of all streams shares, see <see cref="UpscaleSchedulerOptions.CpuBudget"/>.</summary>
    /// <value>0.01 to 64; default null: no stream looks at another one.</value>
    public double? SharedCores { get; set; }

    /// <summary>Budgets and delays of the audio and of the video.</summary>
    /// <returns>Options that are within their ranges.</returns>
    /// <exception cref="ArgumentException">A value is outside its range; the message lists all that are.</exception>
    public EnhancementOptions ToEnhancementOptions()
    {
        EnhancementOptions preset = EnhancementOptions.ForPreset(Preset);
        var options = new EnhancementOptions
        {
            Concealment = preset.Concealment,
            BandwidthExtension = preset.BandwidthExtension,
            SuperResolution = preset.SuperResolution,
            PlayoutDelay = new PlayoutDelayOptions
            {
                Quantile = preset.PlayoutDelay.Quantile,
                StartDelay = preset.PlayoutDelay.StartDelay,
                MinimumDelay = MinimumDelay ?? preset.PlayoutDelay.MinimumDelay,
                MaximumDelay = MaximumDelay ?? preset.PlayoutDelay.MaximumDelay,
            },
        };
        options.Validate();
        return options;
    }

    /// <summary>How pictures are enlarged.</summary>
    /// <param name="enhancement">Budgets.</param>
    /// <param name="scheduler">Shares <see cref="SharedCores"/>; null for none.</param>
    /// <param name="observer">Told of rare events; null for nobody.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Options that are within their ranges.</returns>
    /// <exception cref="ArgumentException">A value is outside its range; the message lists all that are.</exception>
    public VideoEnhancerOptions ToVideoEnhancerOptions(
        EnhancementOptions enhancement, UpscaleScheduler? scheduler, PipelineObserver? observer, TimeProvider time)
    {
        var options = new VideoEnhancerOptions
        {
            Scale = Scale,
            Method = Method,
            MaxInputPixels = MaxInputPixels,
            Enhancement = enhancement,
            Scheduler = scheduler,
            Observer = observer,
            Time = time,
        };
        options.Validate();
        return options;
    }

    /// <summary>What shares <see cref="SharedCores"/> over the streams.</summary>
    /// <param name="time">The clock.</param>
    /// <returns>A scheduler, or null where nothing is shared.</returns>
    /// <exception cref="ArgumentException"><see cref="SharedCores"/> is outside its range.</exception>
    public UpscaleScheduler? ToScheduler(TimeProvider time)
        => SharedCores is { } cores ? new UpscaleScheduler(new UpscaleSchedulerOptions { CpuBudget = cores, Time = time }) : null;
}
