namespace RtcEnhance.Audio;

/// <summary>
/// Classical loss concealment without added delay: continues the last pitch cycles in phase through a source-filter
/// model with noise in step with the voicing, fades to an estimate of the background noise and, after 3 s, to silence,
/// and leads back into received samples within 10 ms. Observing a block only stores it; the analysis runs with the first
/// lost one. One thread at a time.
/// </summary>
public sealed class PitchConcealer : IStage<ConcealmentJob>
{
    private readonly AudioFormat _format;
    private readonly PitchTrack _pitch;
    private readonly RecoveryMerge _merge;
    private readonly ConcealedChannel[] _channels;
    private readonly float[] _mono;
    private readonly float[] _block;
    private int _lostBlocks;
    private bool _isRunning;
    private bool _isFirst;

    /// <summary>A concealer with an empty past, which conceals as silence.</summary>
    /// <param name="format">Rate and channels of the blocks; one block is 10 ms.</param>
    public PitchConcealer(AudioFormat format)
    {
        _format = format;
        _pitch = new PitchTrack(format.SampleRateHz);
        _merge = new RecoveryMerge(format);
        _block = new float[format.SamplesPerBlock];
        _channels = new ConcealedChannel[format.Channels];
        for (int c = 0; c < _channels.Length; c++)
            _channels[c] = new ConcealedChannel(format, _pitch.Search, _merge.TailLength);
        _mono = new float[_channels[0].History.Length];
    }

    /// <summary><c>pitch</c>.</summary>
    public string Name => "pitch";

    /// <summary>
    /// Writes one interleaved 10 ms block: invented where nothing was received, else led from the concealment into the
    /// received block, whose last samples the output ends on.
    /// </summary>
    /// <param name="job">Its spans are one block long; <c>Output</c> may not alias <c>Received</c>.</param>
    /// <exception cref="ArgumentException">A span is not one block long.</exception>
    public void Process(scoped ref ConcealmentJob job)
    {
        _format.CheckBlock(job.Output, nameof(job));
        if (job.IsMerge)
            _format.CheckBlock(job.Received, nameof(job));
        if (!_isRunning)
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
        _lostBlocks = job.IsConcealed ? Math.Min(_lostBlocks + 1, int.MaxValue - 1) : 0;
        _isRunning = false;
    }

    /// <summary>Forgets everything played.</summary>
    public void Reset()
    {
        foreach (ConcealedChannel channel in _channels)
            channel.Reset();
        _lostBlocks = 0;
        _isRunning = false;
    }

    private void Begin()
    {
        ChannelSum.Of(_channels[0].History, _channels[^1].History, _mono);
        _pitch.Begin(_mono);
        foreach (ConcealedChannel channel in _channels)
            channel.Begin(_pitch.Lag);
        _isRunning = true;
        _isFirst = true;
    }

    private void Conceal(Span<float> output)
    {
        Advance();
        for (int c = 0; c < _channels.Length; c++)
        {
            _channels[c].Conceal(_block, _pitch.Lag, _pitch.Voicing, _lostBlocks);
            for (int i = 0; i < _block.Length; i++)
                output[i * _channels.Length + c] = _block[i];
        }
        _pitch.Weaken();
        _lostBlocks = Math.Min(_lostBlocks + 1, int.MaxValue - 1);
    }

    private void Merge(ReadOnlySpan<float> received, Span<float> output)
    {
        Advance();
        for (int c = 0; c < _channels.Length; c++)
        {
            Span<float> tail = _merge.BeginTail(c, _channels[c].History);
            _channels[c].Continue(tail, _pitch.Lag, _pitch.Voicing, _lostBlocks);
        }

        _merge.Process(received, output);
        _lostBlocks = 0;
        _isRunning = false;
    }

    // The first block keeps the pitch it found.
    private void Advance()
    {
        if (!_isFirst)
            _pitch.Lengthen();
        _isFirst = false;
    }
}
