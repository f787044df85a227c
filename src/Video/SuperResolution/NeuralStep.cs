namespace RtcEnhance.Video;

/// <summary>
/// A network's step of the ladder: built when its model is there and the first frame comes to it. The weights for clean
/// pictures are made ready beside the call when a stream first asks for them. One thread at a time.
/// </summary>
internal sealed class NeuralStep : IStage<SuperResolutionJob>, ISelfLimitingStage, IDisposable
{
    private readonly UpscalingModelSource _source;
    private readonly int _scale;
    private readonly Func<UpscalingModel, IStage<SuperResolutionJob>> _create;
    private readonly CodingEffort _effort = new();
    private IStage<SuperResolutionJob>? _upscaler;
    private IStage<SuperResolutionJob>? _cleanUpscaler;
    private IStage<SuperResolutionJob>? _last;
    private bool _isCleanStarted;
    private volatile bool _isDisposed;

    /// <summary>A step without its network.</summary>
    /// <param name="source">Where the network comes from; loading is begun.</param>
    /// <param name="scale">What the network multiplies width and height by.</param>
    /// <param name="create">Makes the upscaler.</param>
    public NeuralStep(UpscalingModelSource source, int scale, Func<UpscalingModel, IStage<SuperResolutionJob>> create)
    {
        _source = source;
        _scale = scale;
        _create = create;
        if ((source.KnownScale ?? scale) == scale)
            source.Start();
    }

    public string Name => _source.Name;

    /// <summary>Ok, or why the network cannot run: Warming, ModelMissing, ModelInvalid, UnsupportedFormat.</summary>
    public ReasonCode Readiness => ReadinessOf(_source);

    /// <summary>What loading threw, if it did.</summary>
    public Exception? Fault => _source.Fault;

    public TimeSpan? UnshortenedCost => (_last as ISelfLimitingStage)?.UnshortenedCost;

    /// <summary>The arithmetic that a model is run in: 8 bits where it can.</summary>
    public static InferencePrecision PrecisionOf(UpscalingModel model)
        => model.Info.IsQuantised ? InferencePrecision.EightBit : InferencePrecision.FloatingPoint;

    public void Process(scoped ref SuperResolutionJob job)
    {
        IStage<SuperResolutionJob>? clean = _effort.IsNearlyLossless(job.Source) ? GetClean(job) : null;
        _last = clean ?? (_upscaler ??= _create(_source.Load()));
        _last.Process(ref job);
    }

    public void Observe(scoped in SuperResolutionJob job) => _last?.Observe(in job);

    public void Reset()
    {
        _effort.Reset();
        _upscaler?.Reset();
        Volatile.Read(ref _cleanUpscaler)?.Reset();
    }

    public void Dispose()
    {
        _isDisposed = true;
        (_upscaler as IDisposable)?.Dispose();
        DisposeClean();
    }

    // Null while, and where, there is none.
    private IStage<SuperResolutionJob>? GetClean(scoped in SuperResolutionJob job)
    {
        if (!_isCleanStarted && _source.Clean is not null)
            StartClean(_source.Clean, job);
        return Volatile.Read(ref _cleanUpscaler);
    }

    private void StartClean(UpscalingModelSource clean, scoped in SuperResolutionJob job)
    {
        _isCleanStarted = true;
        (int Width, int Height) from = (job.Source.Width, job.Source.Height);
        (int Width, int Height) to = (job.Target.Width, job.Target.Height);
        FrameLayout layout = job.Target.Layout;
        new Thread(() => PrepareClean(clean, from, to, layout)) { Name = "RtcEnhance model loader", IsBackground = true }.Start();
    }

    private void PrepareClean(UpscalingModelSource clean, (int Width, int Height) from, (int Width, int Height) to, FrameLayout layout)
    {
        try
        {
            UpscalingModel model = clean.Load();
            if (ReadinessOf(clean) != ReasonCode.Ok)
                return;
            IStage<SuperResolutionJob> upscaler = _create(model);

            // Its memory is taken with the first picture of a size.
            var pool = new VideoFramePool(2);
            using VideoFrame source = pool.Rent(from.Width, from.Height, layout)!;
            using VideoFrame target = pool.Rent(to.Width, to.Height, layout)!;
            var job = new SuperResolutionJob { Source = source, Target = target };
            upscaler.Process(ref job);
            Volatile.Write(ref _cleanUpscaler, upscaler);
        }
        catch (Exception)
        {
            // The step goes on with the weights that it has.
        }

        if (_isDisposed)
            DisposeClean();
    }

    private void DisposeClean() => (Interlocked.Exchange(ref _cleanUpscaler, null) as IDisposable)?.Dispose();

    private ReasonCode ReadinessOf(UpscalingModelSource source)
    {
        int? scale = source.KnownScale ?? source.Model?.Info.Scale;
        return scale is { } known && known != _scale ? ReasonCode.UnsupportedFormat : source.State;
    }
}
