using RtcEnhance.Inference;

namespace RtcEnhance.Video;

/// <summary>How a <see cref="VideoEnhancer"/> works. Read once, when the enhancer is made. Thread-safe: immutable.</summary>
public sealed class VideoEnhancerOptions
{
    /// <summary>
    /// Output width over input width, and height alike, rounded to whole samples; at a fraction, as 1.5, networks make the
    /// next whole number of times the size, which is reduced. At 1, for streams that come in the size of their display,
    /// <see cref="RestorationModel"/> cleans the pictures where <see cref="Method"/> names a network; below it they are
    /// passed through, as they are at any other method.
    /// </summary>
    /// <value>1 to 4; default 2.</value>
    public double Scale { get; init; } = 2;

    /// <summary>
    /// The best method that may be used. Where it does not fit the time, those below it take over frame by frame: quality
    /// network, fast network, edge-adaptive filter, bicubic filter, picture as it came.
    /// </summary>
    /// <value>Default <see cref="UpscaleMethod.Neural"/>.</value>
    public UpscaleMethod Method { get; init; } = UpscaleMethod.Neural;

    /// <summary>
    /// The network of <see cref="UpscaleMethod.Neural"/>. One that cannot be loaded, or has another scale, is left out; why
    /// is the step's reason.
    /// </summary>
    /// <value>
    /// Default the library's own, which doubles. At a <see cref="Scale"/> above 2 and up to 3, and for pictures that a codec has hardly touched,
    /// <see cref="UpscalingModelSource.Tripling"/>.
    /// </value>
    public UpscalingModelSource QualityModel { get; init; } = UpscalingModelSource.Quality;

    /// <summary>The network of <see cref="UpscaleMethod.NeuralFast"/>, likewise.</summary>
    /// <value>Default the library's own, which doubles.</value>
    public UpscalingModelSource FastModel { get; init; } = UpscalingModelSource.Fast;

    /// <summary>The network of both neural methods at <see cref="Scale"/> 1, likewise.</summary>
    /// <value>Default the library's own.</value>
    public UpscalingModelSource RestorationModel { get; init; } = UpscalingModelSource.Restoration;

    /// <summary>Threads that a network shares a picture among; the enhancer's is one of them.</summary>
    /// <value>
    /// 1 to 16; default 0: two where the machine has the cores, one where a <see cref="Scheduler"/> shares them over streams.
    /// </value>
    public int Threads { get; init; }

    /// <summary>
    /// Makes a stage of the application's own that is tried before <see cref="Method"/>; called in the enhancer's
    /// constructor. What it throws comes out there. The enhancer owns the stage: one that is <see cref="IDisposable"/> is
    /// disposed with it.
    /// </summary>
    /// <value>Default null: no such stage. The factory may return null, too.</value>
    public Func<IStage<SuperResolutionJob>?>? SuperResolutionFactory { get; init; }

    /// <summary>Largest picture that is enlarged, by area so that it may be turned; a larger one is passed through.</summary>
    /// <value>Pixels, 1 to 16384 x 16384; default 1280 x 720.</value>
    public int MaxInputPixels { get; init; } = 1280 * 720;

    /// <summary>
    /// Enlarged pictures that may exist at once: one in the making, the others with the sink. Where the sink holds them
    /// all, frames are passed through until it disposes one.
    /// </summary>
    /// <value>2 to 1024; default 6.</value>
    public int MaxOutstanding { get; init; } = 6;

    /// <summary>
    /// Frames that may wait for their sound, see <see cref="VideoEnhancer.LipSync"/>. The oldest is shown early, and
    /// counted, where there would be more, or where the pool that the frames come from runs out.
    /// </summary>
    /// <value>1 to 256; default 24: 400 ms at 60 frames a second.</value>
    public int MaxHeldFrames { get; init; } = 24;

    /// <summary>
    /// True for a worker thread of the enhancer's own; false where the host calls <see cref="VideoEnhancer.RunStep"/>,
    /// as on a virtual clock.
    /// </summary>
    /// <value>Default true.</value>
    public bool OwnThread { get; init; } = true;

    /// <summary>Budgets and presets; <see cref="EnhancementOptions.SuperResolution"/> is this stage's.</summary>
    /// <value>Default the balanced preset: 16 ms a frame, half the frame interval where that is shorter.</value>
    public EnhancementOptions Enhancement { get; init; } = new();

    /// <summary>Shares processor time over all the enhancers that are given it, see <see cref="VideoEnhancer.Priority"/>.</summary>
    /// <value>Default null: this stream looks at its own deadlines alone.</value>
    public UpscaleScheduler? Scheduler { get; init; }

    /// <summary>The clock.</summary>
    /// <value>Default the system's.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told of rare events.</summary>
    /// <value>Default null: nobody.</value>
    public PipelineObserver? Observer { get; init; }

    internal int ThreadsOfAPicture => Threads > 0 ? Threads : Scheduler is null && Environment.ProcessorCount > 1 ? 2 : 1;

    /// <summary>Stands around the upscalers of the steps, and of what finishes them: costs and faults for tests.</summary>
    internal Func<UpscaleMethod, IStage<SuperResolutionJob>, IStage<SuperResolutionJob>>? UpscalerDecorator { get; init; }

    /// <summary>Checks every value against its range.</summary>
    /// <exception cref="ArgumentException">A value is outside its range; the message lists all that are.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Enhancement);
        ArgumentNullException.ThrowIfNull(Time);
        ArgumentNullException.ThrowIfNull(QualityModel);
        ArgumentNullException.ThrowIfNull(FastModel);
        ArgumentNullException.ThrowIfNull(RestorationModel);
        const int MostPixels = VideoFramePool.MaxDimension * VideoFramePool.MaxDimension;
        var faults = new OptionFaults();
        faults.Require(Scale is >= 1 and <= 4, nameof(Scale), Scale, "1 to 4");
        faults.Require(Enum.IsDefined(Method), nameof(Method), Method, "one of the methods");
        faults.Require(Threads is >= 0 and <= PlaneUpscaler.MostThreads, nameof(Threads), Threads, $"0 to {PlaneUpscaler.MostThreads}");
        faults.Require(MaxInputPixels is >= 1 and <= MostPixels, nameof(MaxInputPixels), MaxInputPixels, $"1 to {MostPixels}");
        faults.Require(MaxOutstanding is >= 2 and <= 1024, nameof(MaxOutstanding), MaxOutstanding, "2 to 1024");
        faults.Require(MaxHeldFrames is >= 1 and <= 256, nameof(MaxHeldFrames), MaxHeldFrames, "1 to 256");
        faults.ThrowIfAny(nameof(VideoEnhancerOptions));
        Enhancement.Validate();
    }
}
