namespace RtcEnhance.Video;

/// <summary>
/// A network's step of the ladder: built when its model is there and the first frame comes to it. One thread at a time.
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

    /// <summary>A step without its network.</summary>
    /// <param name="source">Where the network comes from; loading is begun.</param>
    /// <param name="scale">What pictures are enlarged by.</param>
    /// <param name="create">Makes the upscaler.</param>
    public NeuralStep(UpscalingModelSource source, int scale, Func<UpscalingModel, IStage<SuperResolutionJob>> create)
    {
        _source = source;
        _scale = scale;
        _create = create;
        Start(source);
        if (source.Clean is { } clean)
            Start(clean);
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
        bool isClean = _effort.IsNearlyLossless(job.Source);
        if (isClean && _source.Clean is { } clean && ReadinessOf(clean) == ReasonCode.Ok)
            _last = _cleanUpscaler ??= _create(clean.Load());
        else
            _last = _upscaler ??= _create(_source.Load());
        _last.Process(ref job);
    }

    public void Observe(scoped in SuperResolutionJob job) => _last?.Observe(in job);

    public void Reset()
    {
        _effort.Reset();
        _upscaler?.Reset();
        _cleanUpscaler?.Reset();
    }

    public void Dispose()
    {
        (_upscaler as IDisposable)?.Dispose();
        (_cleanUpscaler as IDisposable)?.Dispose();
    }

    private void Start(UpscalingModelSource source)
    {
        if ((source.KnownScale ?? _scale) == _scale)
            source.Start();
    }

    private ReasonCode ReadinessOf(UpscalingModelSource source)
    {
        int? scale = source.KnownScale ?? source.Model?.Info.Scale;
        return scale is { } known && known != _scale ? ReasonCode.UnsupportedFormat : source.State;
    }
}
