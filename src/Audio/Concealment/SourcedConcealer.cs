namespace RtcEnhance.Audio;

/// <summary>
/// The neural concealment of a stream, whose network may still be on its way: it comes into being with the block at
/// which the network is there, and serves once it has heard enough. One thread at a time.
/// </summary>
internal sealed class SourcedConcealer : IStage<ConcealmentJob>
{
    // The network's features look so far back: one that came late would take a call for silence before.
    private const int LeastBlocks = 16;

    private readonly ConcealmentModelSource _source;
    private readonly AudioFormat _format;
    private readonly bool _serves;
    private NeuralConcealer? _concealer;
    private int _blocksToHear;
    private bool _hasPlayed;

    public SourcedConcealer(ConcealmentModelSource source, AudioFormat format)
    {
        _source = source;
        _format = format;
        _serves = NeuralConcealer.Serves(format.SampleRateHz);
        Make();
    }

    /// <inheritdoc/>
    public string Name => _source.Name;

    /// <summary>Ok, or why it cannot run: Warming, ModelMissing, ModelInvalid, UnsupportedFormat.</summary>
    public ReasonCode Readiness => !_serves ? ReasonCode.UnsupportedFormat
        : _concealer is null && _source.State != ReasonCode.Ok ? _source.State
        : _concealer is null || _blocksToHear > 0 ? ReasonCode.Warming
        : ReasonCode.Ok;

    /// <summary>What loading threw, if it did.</summary>
    public Exception? Fault => _source.Fault;

    /// <inheritdoc/>
    public void Process(scoped ref ConcealmentJob job) => _concealer!.Process(ref job);

    /// <inheritdoc/>
    public void Observe(scoped in ConcealmentJob job)
    {
        if (_concealer is null)
            Make();
        _hasPlayed = true;
        if (_concealer is null)
            return;
        _concealer.Observe(in job);
        _blocksToHear = Math.Max(0, _blocksToHear - 1);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _concealer?.Reset();
        _blocksToHear = 0;
        _hasPlayed = false;
    }

    private void Make()
    {
        if (!_serves || _source.Model is not { } model)
            return;
        _concealer = new NeuralConcealer(model, _format);
        _blocksToHear = _hasPlayed ? LeastBlocks : 0;
    }
}
