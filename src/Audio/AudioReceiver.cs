namespace RtcEnhance.Audio;

/// <summary>
/// Takes RTP packets as they arrive and yields finished audio at the device's rate, always as many samples as asked
/// for: received where they are there in time, concealed where they are not, comfort noise where the sender is silent,
/// silence before the first packet. How long it waits for late packets follows the network; voice is stretched a little
/// to get there. It never blocks on the network and never throws on what the network sent. Thread-safe; pulls from
/// several threads take turns.
/// </summary>
public sealed partial class AudioReceiver : IAudioSource, IPlayoutDelay, IDisposable
{
    private readonly AudioReceiverOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Lock _playoutLock = new();
    private readonly PacketIntake _intake;
    private bool _isClosed;
    private uint? _reportSsrc;

    /// <summary>A receiver for one stream.</summary>
    /// <param name="options">How to play it; copied.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public AudioReceiver(AudioReceiverOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _time = options.Time;
        _intake = new PacketIntake(options);
        options.ConcealmentModel?.Start();
        options.BandwidthExtensionModel?.Start();
        PlayoutClock = new PlayoutClock(_time, 48000);
        _output = new float[options.OutputFormat.BlockLength];
        _fadingOutput = new float[options.OutputFormat.BlockLength];
        foreach ((byte payloadType, Func<IAudioDecoder> factory) in options.Decoders)
            _factories[payloadType] = factory;
    }

    /// <summary>Rate and channels of the output.</summary>
    public AudioFormat OutputFormat => _options.OutputFormat;

    /// <summary>Maps the stream's timestamps to its sender's wall clock, and knows when they are heard.</summary>
    public PlayoutClock PlayoutClock { get; }

    /// <summary>How much later than the fastest packets allow the stream is played now.</summary>
    public TimeSpan CurrentDelay
    {
        get
        {
            lock (_lock)
                return _intake.Stats.CurrentDelay;
        }
    }

    /// <summary>
    /// Floor of the playout delay, for whoever keeps the stream in step with another one: <see cref="LipSync"/> sets it
    /// while it lives. May be set at any time, from any thread.
    /// </summary>
    /// <value>What is outside 0 to 10 s is taken for the nearest of both; at first <see cref="PlayoutDelayOptions.MinimumDelay"/>.</value>
    public TimeSpan MinimumDelay
    {
        get => GetDelay(static delay => delay.MinimumMs);
        set => SetDelay(TimeSpan.FromMilliseconds(Math.Clamp(value.TotalMilliseconds, 0, 10_000)), static (delay, ms) => delay.MinimumMs = ms);
    }

    /// <summary>Ceiling of the playout delay; stronger than both floors. May be set at any time, from any thread.</summary>
    /// <value>0 to 10 s; at first <see cref="PlayoutDelayOptions.MaximumDelay"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public TimeSpan MaximumDelay
    {
        get => GetDelay(static delay => delay.MaximumMs);
        set => SetDelay(value, static (delay, ms) => delay.MaximumMs = ms);
    }

    /// <summary>
    /// The delay that the application would like, beside <see cref="MinimumDelay"/>: a second floor, as
    /// RTCRtpReceiver.jitterBufferTarget of W3C webrtc-extensions. May be set at any time, from any thread.
    /// </summary>
    /// <value>0 to 10 s, or null for no wish; at first null.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public TimeSpan? JitterBufferTarget
    {
        get
        {
            lock (_lock)
                return _intake.Delay.BaseMinimumMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null;
        }

        set
        {
            if (value is { } delay)
                SetDelay(delay, static (manager, ms) => manager.BaseMinimumMs = ms);
            else
                SetDelay(TimeSpan.Zero, static (manager, _) => manager.BaseMinimumMs = null);
        }
    }

    /// <summary>Hands over a packet; nothing is decoded here.</summary>
    /// <param name="packet">The packet; its payload must not change any more.</param>
    /// <returns>What became of it.</returns>
    public InsertResult InsertPacket(in RtpPacket packet)
    {
        InsertResult result;
        int discarded;
        int flushed;
        lock (_lock)
        {
            if (_isClosed)
                return InsertResult.TooLate;
            int sources = _intake.Sources;
            result = _intake.Insert(packet);

            // A report may come before the first packet of its stream; after that, a new stream has none yet.
            if (_intake.Sources != sources && _reportSsrc is { } reported && (sources > 0 || reported != _intake.Ssrc))
            {
                PlayoutClock.Reset();
                _reportSsrc = null;
            }
            discarded = _intake.TakeUntoldDiscards();
            flushed = _intake.FlushedPackets;
        }

        TellDiscarded(discarded);
        if (result == InsertResult.Flushed)
            _options.Observer?.NotifyBufferFlushed("audio", flushed);
        return result;
    }

    /// <summary>
    /// Fills <paramref name="samples"/>: any length that holds whole frames of <see cref="OutputFormat"/>, interleaved,
    /// [-1, 1]. After <see cref="Dispose"/> it is silence.
    /// </summary>
    /// <param name="samples">Where the samples go; every one is written.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of the channel count.</exception>
    public void GetAudio(Span<float> samples)
    {
        if (samples.Length % OutputFormat.Channels != 0)
            throw new ArgumentException($"{samples.Length} samples are not whole frames of {OutputFormat.Channels} channels.", nameof(samples));

        lock (_playoutLock)
        {
            if (_isDisposed)
            {
                samples.Clear();
                return;
            }

            int played = 0;
            while (!samples.IsEmpty)
            {
                if (_outputLeft == 0)
                {
                    PlayBlock(played);
                    _outputLeft = _output.Length;
                }

                int count = Math.Min(samples.Length, _outputLeft);
                _output.AsSpan(_output.Length - _outputLeft, count).CopyTo(samples);
                _outputLeft -= count;
                played += count;
                samples = samples[count..];
            }
        }
    }

    /// <summary>Takes note of a sender report, from any thread.</summary>
    /// <param name="report">The report.</param>
    /// <returns>False where it is ignored: of another stream, a duplicate, or from a sender without a wall clock.</returns>
    public bool AddSenderReport(in RtcpSenderReport report)
    {
        lock (_lock)
        {
            if (_isClosed || (_intake.Ssrc ?? report.Ssrc) != report.Ssrc)
                return false;
            if (_reportSsrc != report.Ssrc)
                PlayoutClock.Reset();
            _reportSsrc = report.Ssrc;
            return PlayoutClock.AddSenderReport(report);
        }
    }

    /// <summary>Takes the next telephone event (RFC 4733) that was heard: in the order of their time, one for each key pressed.</summary>
    /// <param name="telephoneEvent">The event.</param>
    /// <returns>False where none is due.</returns>
    public bool TryReadTelephoneEvent(out TelephoneEvent telephoneEvent)
    {
        lock (_lock)
            return _intake.TryTakeEvent(out telephoneEvent);
    }

    /// <summary>
    /// The packets that are worth asking the sender for again (generic NACK, RFC 4585): missing, and to be played later
    /// than a round trip from now. Each comes up once in a round trip.
    /// </summary>
    /// <param name="roundTrip">Round-trip time; zero where it is not known.</param>
    /// <param name="sequenceNumbers">Takes the sequence numbers, oldest first; what does not fit comes up next time.</param>
    /// <returns>Sequence numbers written.</returns>
    public int GetNackList(TimeSpan roundTrip, Span<ushort> sequenceNumbers)
    {
        lock (_lock)
            return _intake.GetNackList((int)Math.Clamp(roundTrip.TotalMilliseconds, 0, 10_000), sequenceNumbers);
    }

    /// <summary>A consistent snapshot; may be called from any thread.</summary>
    /// <returns>The statistics.</returns>
    public InboundAudioStats GetStats()
    {
        InboundAudioStats stats;
        lock (_lock)
        {
            stats = _intake.Stats;
            stats.PacketsLost = _intake.PacketsLost;
            stats.Jitter = _intake.JitterSeconds;
            stats.TargetDelay = TimeSpan.FromMilliseconds(_intake.Delay.TargetMs);
            stats.Ssrc = _intake.Ssrc ?? 0;
            stats.EstimatedPlayoutTimestamp = PlayoutClock.EstimatedPlayoutTimestamp;
        }

        if (Volatile.Read(ref _codec) is { } codec)
        {
            stats.Concealment = codec.Concealment.GetStats();
            stats.BandwidthExtension = codec.Output.ExtensionStats;
        }

        return stats;
    }

    /// <summary>Frees the decoders and the primary stages. Pulling afterwards yields silence, and every packet is too late.</summary>
    public void Dispose()
    {
        lock (_playoutLock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            lock (_lock)
            {
                _isClosed = true;
                _intake.Buffer.Clear();
            }

            foreach (CodecChain? codec in _codecs)
                codec?.Dispose();
        }
    }

    private TimeSpan GetDelay(Func<DelayManager, int> get)
    {
        lock (_lock)
            return TimeSpan.FromMilliseconds(get(_intake.Delay));
    }

    private void SetDelay(TimeSpan value, Action<DelayManager, int> set)
    {
        if (value < TimeSpan.Zero || value > TimeSpan.FromSeconds(10))
            throw new ArgumentOutOfRangeException(nameof(value), value, "A playout delay is 0 to 10 s.");
        lock (_lock)
            set(_intake.Delay, (int)value.TotalMilliseconds);
    }

    /// <summary>Runs the meter's listeners: the application's code, hence never with <see cref="_lock"/> held.</summary>
    private static void TellDiscarded(int packets)
    {
        if (packets > 0)
            RtcEnhanceMeter.AddDiscardedPackets(packets);
    }
}
