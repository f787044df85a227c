using RtcEnhance.Inference;

namespace RtcEnhance.Audio;

/// <summary>
/// Loss concealment by a network that shapes the classical continuation, without added delay. The network runs at 16 kHz;
/// streams of other rates go on classically at their own, and get what the network makes different. What was played is
/// only stored; features, pitch and the network run with the first lost block. Music, noise and tones go on classically.
/// Many streams share a model. One thread at a time.
/// </summary>
public sealed class NeuralConcealer : IStage<ConcealmentJob>
{
    /// <summary>The rate that the networks work at.</summary>
    internal const int NetworkRateHz = 16000;

    private readonly AudioFormat _format;
    private readonly PitchTrack _pitch;
    private readonly RecoveryMerge _merge;
    private readonly BridgedChannel[] _channels;
    private readonly PastFeatures _features = new();
    private readonly SignalClassifier _classifier = new();
    private readonly float[] _mono;
    private readonly float[] _block;
    private int _lostBlocks;
    private int _blocksAhead;
    private bool _isRunning;

    /// <summary>A concealer with an empty past, which conceals as silence.</summary>
    /// <param name="model">The network.</param>
    /// <param name="format">Rate and channels of the blocks; one block is 10 ms.</param>
    /// <param name="precision">Arithmetic of the network.</param>
    /// <exception cref="ArgumentException">There is no concealment at this rate: see <see cref="Serves"/>.</exception>
    public NeuralConcealer(ConcealmentModel model, AudioFormat format, InferencePrecision precision = InferencePrecision.EightBit)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!Serves(format.SampleRateHz))
            throw new ArgumentException($"The network serves 8, 16, 32 and 48 kHz, not {format.SampleRateHz} Hz.", nameof(format));
        _format = format;
        Name = model.Info.Id;
        _pitch = new PitchTrack(format.SampleRateHz);
        _merge = new RecoveryMerge(format);
        _block = new float[format.SamplesPerBlock];
        _channels = new BridgedChannel[format.Channels];
        for (int c = 0; c < _channels.Length; c++)
            _channels[c] = new BridgedChannel(format, _pitch.Search, _merge.TailLength, model.GetWeights(precision), _features);
        _mono = new float[_channels[0].History.Length];
    }

    /// <summary>The model's id.</summary>
    public string Name { get; }

    /// <summary>What the last loss was found to lie in; the network takes part in speech alone.</summary>
    internal SignalKind LastSignal { get; private set; }

    /// <summary>Whether streams of this rate can be concealed: 8, 16, 32 and 48 kHz.</summary>
    /// <param name="sampleRateHz">The rate.</param>
    /// <returns>True where they can.</returns>
    public static bool Serves(int sampleRateHz) => RateBridge.Serves(sampleRateHz);

    /// <summary>
    /// Writes one interleaved 10 ms block: invented where nothing was received, else led from the concealment into the
    /// received block, whose last samples the output ends on.
    /// </summary>
    /// <param name="job">Its spans are one block long; <c>Output</c> may not alias <c>Received</c>.</param>
    /// <exception cref="ArgumentException">A span is not one block long.</exception>
    /// <exception cref="InvalidOperationException">The network's output is not finite.</exception>
    public void Process(scoped ref ConcealmentJob job)
    {
        _format.CheckBlock(job.Output, nameof(job));
        if (job.IsMerge)
            _format.CheckBlock(job.Received, nameof(job));
        if (_isRunning)
            MoveOn();
        else
            Begin();
        if (job.IsMerge)
            Merge(job.Received, job.Output);
        else
            Conceal(job.Output);
        for (int c = 0; c < _channels.Length; c++)
            _channels[c].Append(job.Output, c, _format.Channels);
    }

    /// <summary>
    /// Stores a block that was played and not made here. Where that was a concealment, the fade goes on from there when
    /// this stage takes over.
    /// </summary>
    /// <param name="job">Its output is one block long.</param>
    /// <exception cref="ArgumentException">The output is not one block long.</exception>
    public void Observe(scoped in ConcealmentJob job)
    {
        _format.CheckBlock(job.Output, nameof(job));
        for (int c = 0; c < _channels.Length; c++)
        {
            _channels[c].Append(job.Output, c, _format.Channels);
            if (!job.IsConcealed && !job.IsMerge)
                _channels[c].ObserveBackground();
        }

        if (!job.IsConcealed && !job.IsMerge)
            _classifier.Observe(job.Output);
        _lostBlocks = job.IsConcealed ? Math.Min(_lostBlocks + 1, int.MaxValue - 1) : 0;
        _isRunning = false;
    }

    /// <summary>Forgets everything played.</summary>
    public void Reset()
    {
        foreach (BridgedChannel channel in _channels)
            channel.Reset();
        _classifier.Reset();
        _lostBlocks = 0;
        _isRunning = false;
    }

    private void Begin()
    {
        ChannelSum.Of(_channels[0].History, _channels[^1].History, _mono);
        _pitch.Begin(_mono);
        foreach (BridgedChannel channel in _channels)
            channel.Begin(_pitch.Lag);
        int lag = _pitch.Lag;
        _blocksAhead = _lostBlocks;
        LookAhead();
        _pitch.Lengthen();
        LookAhead();
        _isRunning = true;
        BeginNetworks(lag);
    }

    // The louder channel says what the signal is.
    private void BeginNetworks(int lag)
    {
        BridgedChannel louder = _channels[0].Energy >= _channels[^1].Energy ? _channels[0] : _channels[^1];
        ReadOnlySpan<float> features = louder.Measure();
        LastSignal = _classifier.Classify(_features, _pitch.Correlation);
        if (LastSignal != SignalKind.Speech)
            return;
        louder.BeginNetwork(features, lag, _pitch.Correlation, _lostBlocks);
        foreach (BridgedChannel channel in _channels)
        {
            if (channel != louder)
                channel.BeginNetwork(channel.Measure(), lag, _pitch.Correlation, _lostBlocks);
        }
    }

    private void MoveOn()
    {
        _pitch.Lengthen();
        LookAhead();
        foreach (BridgedChannel channel in _channels)
            channel.MoveOn();
    }

    private void LookAhead()
    {
        foreach (BridgedChannel channel in _channels)
            channel.LookAhead(_pitch, _blocksAhead);
        _pitch.Weaken();
        _blocksAhead = Math.Min(_blocksAhead + 1, int.MaxValue - 1);
    }

    private void Conceal(Span<float> output)
    {
        for (int c = 0; c < _channels.Length; c++)
        {
            _channels[c].Generate(_block);
            for (int i = 0; i < _block.Length; i++)
                output[i * _channels.Length + c] = _block[i];
        }
        _lostBlocks = Math.Min(_lostBlocks + 1, int.MaxValue - 1);
    }

    private void Merge(ReadOnlySpan<float> received, Span<float> output)
    {
        for (int c = 0; c < _channels.Length; c++)
        {
            Span<float> tail = _merge.BeginTail(c, _channels[c].History);
            _channels[c].Generate(tail);
        }

        _merge.Process(received, output);
        _lostBlocks = 0;
        _isRunning = false;
    }
}
