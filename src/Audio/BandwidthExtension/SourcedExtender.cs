namespace RtcEnhance.Audio;

/// <summary>
/// The neural extension of a stream, whose network may still be on its way: it comes into being with the block at which the
/// network is there. One thread at a time.
/// </summary>
internal sealed class SourcedExtender : IStage<BandwidthExtensionJob>
{
    // What it takes over with is what it has heard: its filters and its spectrum look so far back.
    private const int LeastBlocks = 3;

    private readonly BandwidthExtensionModelSource _source;
    private readonly int _inputRateHz;
    private NeuralExtender? _extender;
    private int _blocksToHear;
    private bool _hasPlayed;

    public SourcedExtender(BandwidthExtensionModelSource source, int inputRateHz)
    {
        _source = source;
        _inputRateHz = inputRateHz;
        Make();
    }

    /// <inheritdoc/>
    public string Name => _source.Name;

    /// <summary>Ok, or why it cannot run: Warming, ModelMissing, ModelInvalid.</summary>
    public ReasonCode Readiness => _extender is null && _source.State != ReasonCode.Ok ? _source.State
        : _extender is null || _blocksToHear > 0 ? ReasonCode.Warming
        : ReasonCode.Ok;

    /// <summary>What loading threw, if it did.</summary>
    public Exception? Fault => _source.Fault;

    /// <inheritdoc/>
    public void Process(scoped ref BandwidthExtensionJob job) => _extender!.Process(ref job);

    /// <inheritdoc/>
    public void Observe(scoped in BandwidthExtensionJob job)
    {
        if (_extender is null)
            Make();
        _hasPlayed = true;
        if (_extender is null)
            return;
        _extender.Observe(in job);
        _blocksToHear = Math.Max(0, _blocksToHear - 1);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _extender?.Reset();
        _blocksToHear = 0;
        _hasPlayed = false;
    }

    private void Make()
    {
        if (_source.Model is not { } model)
            return;
        _extender = new NeuralExtender(model, _inputRateHz);
        _blocksToHear = _hasPlayed ? LeastBlocks : 0;
    }
}
