namespace RtcEnhance.Video;

/// <summary>
/// Enlarges thumbnails until the code that does it is compiled: the first pictures of a process take tens of
/// milliseconds each, and the frames of a call are not the place for that. Thread-safe.
/// </summary>
internal static class UpscalerWarmUp
{
    private const int Width = 160;
    private const int Height = 90;
    private const int RowsPerBand = 32;

    // After so many calls a method is compiled for speed.
    private const int Pictures = 40;

    private static readonly Lazy<bool> LastStep = new(() => Run(new BicubicUpscaler(), 2));
    private static readonly Lazy<bool> OtherFilters = new(() => Run(Banded(new EdgeAdaptiveUpscaler()), 2));
    private static int _isStarted;

    /// <summary>Whether the filters above bicubic are ready.</summary>
    public static bool IsDone => OtherFilters.IsValueCreated;

    /// <summary>Makes bicubic ready, once in a process: some 50 ms.</summary>
    public static void RunLastStep() => _ = LastStep.Value;

    /// <summary>Makes all filters ready, once in a process.</summary>
    public static void RunFilters() => _ = LastStep.Value && OtherFilters.Value;

    /// <summary>The same on a thread of its own, unless that was begun before.</summary>
    public static void Start()
    {
        if (Interlocked.Exchange(ref _isStarted, 1) == 0)
            new Thread(RunFilters) { Name = "RtcEnhance warm-up", IsBackground = true }.Start();
    }

    /// <summary>Makes a network ready.</summary>
    public static void Run(UpscalingModel model)
    {
        using var upscaler = new NeuralUpscaler(model, NeuralStep.PrecisionOf(model), threads: 2);
        Run(Banded(upscaler), model.Info.Scale);
    }

    private static BandedUpscaler Banded(IStage<SuperResolutionJob> preferred)
        => new(preferred, new BicubicUpscaler(), RowsPerBand, TimeProvider.System);

    // Every third picture runs out of time on its way, so that what ends it is compiled too.
    private static bool Run(IStage<SuperResolutionJob> upscaler, int scale)
    {
        var pool = new VideoFramePool(2);
        using VideoFrame source = pool.Rent(Width, Height)!;
        using VideoFrame target = pool.Rent(scale * Width, scale * Height)!;
        source.Y.Data.Clear();
        source.U.Data.Clear();
        source.V.Data.Clear();
        for (int i = 0; i < Pictures; i++)
        {
            source.Y.Row(i % Height).Fill((byte)(64 + i));
            Deadline deadline = i % 3 == 2 ? Deadline.After(TimeProvider.System, TimeSpan.FromMicroseconds(100)) : Deadline.None;
            var job = new SuperResolutionJob { Source = source, Target = target, Deadline = deadline };
            upscaler.Process(ref job);
        }

        return true;
    }
}
