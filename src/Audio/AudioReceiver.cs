namespace RtcEnhance.Audio;

/// <summary>
/// Takes RTP packets as they arrive and yields finished audio at the device's rate, always as many samples as asked
/// for: received where they are there in time, concealed where they are not, silence before the first packet. It never
/// blocks on the network and never throws on what the network sent. Thread-safe; pulls from several threads take turns.
/// </summary>
public sealed partial class AudioReceiver : IAudioSource, IDisposable
{
    /// <summary>
    /// How long every packet comes too late before the playout waits for them anew. Time and not packets: those that a
    /// frozen network delivers at once say nothing about the ones after them.
    /// </summary>
    private static readonly TimeSpan MaxLateSpell = TimeSpan.FromMilliseconds(200);

    private readonly AudioReceiverOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Lock _playoutLock = new();
    private readonly PacketBuffer _buffer;
    private readonly DelayManager _delay;
    private readonly SourceTracker _source = new();
    private readonly Func<IAudioDecoder>?[] _factories = new Func<IAudioDecoder>?[256];

    /// <summary>By payload type; 0 until its decoder was made, -1 where that failed.</summary>
    private readonly int[] _clockRates = new int[256];

    /// <summary>By clock rate: packets of two rates may alternate.</summary>
    private readonly Dictionary<int, ArrivalJitter> _jitters = [];
    private ArrivalJitter? _jitter;
    private int _jitterClockRateHz;
    private CounterUnwrapper _sequences;
    private SequenceHistory _received;
    private CounterUnwrapper _timestamps;

    private bool _isBuffering = true;
    private int _blocksUntilPlayout;
    private bool _trimsToTarget;
    private int _generation;
    private long? _lateSince;
    private long _lastLate;
    private long _nextTimestamp;
    private long _lastPacketTicks;
    private long _waitingTicks;
    private int _playingPayloadType = -1;
    private DriftCorrection _correction;
    private long _firstSequence;
    private long _highestSequence;
    private long _expectedBefore;
    private long _receivedFromSource;
    private int _flushedPackets;
    private int _untoldDiscards;
    private bool _isClosed;
    private InboundAudioStats _stats;

    /// <summary>A receiver for one stream.</summary>
    /// <param name="options">How to play it; copied.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public AudioReceiver(AudioReceiverOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _time = options.Time;
        _buffer = new PacketBuffer(options.PacketBufferCapacity);
        _delay = new DelayManager((int)options.Enhancement.TargetPlayoutDelay.TotalMilliseconds);
        _output = new float[options.OutputFormat.BlockLength];
        _fadingOutput = new float[options.OutputFormat.BlockLength];
        foreach ((byte payloadType, Func<IAudioDecoder> factory) in options.Decoders)
            _factories[payloadType] = factory;
    }

    /// <summary>Rate and channels of the output.</summary>
    public AudioFormat OutputFormat => _options.OutputFormat;

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
            result = Insert_NeedsLock(packet);
            discarded = TakeDiscarded_NeedsLock();
            flushed = _flushedPackets;
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

            while (!samples.IsEmpty)
            {
                if (_outputLeft == 0)
                {
                    PlayBlock();
                    _outputLeft = _output.Length;
                }

                int count = Math.Min(samples.Length, _outputLeft);
                _output.AsSpan(_output.Length - _outputLeft, count).CopyTo(samples);
                _outputLeft -= count;
                samples = samples[count..];
            }
        }
    }

    /// <summary>A consistent snapshot; may be called from any thread.</summary>
    /// <returns>The statistics.</returns>
    public InboundAudioStats GetStats()
    {
        InboundAudioStats stats;
        lock (_lock)
        {
            stats = _stats;
            stats.PacketsLost = _expectedBefore + ExpectedNow_NeedsLock() - _receivedFromSource;
            stats.Jitter = _jitter?.Jitter.TotalSeconds ?? 0;
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
                _buffer.Clear();
            }

            foreach (CodecChain? codec in _codecs)
                codec?.Dispose();
        }
    }

    private InsertResult Insert_NeedsLock(in RtpPacket packet)
    {
        if (_isClosed)
            return InsertResult.TooLate;

        _stats.PacketsReceived++;
        _stats.BytesReceived += packet.Payload.Length;
        _stats.HeaderBytesReceived += packet.HeaderBytes;
        if (_factories[packet.PayloadType] is null)
        {
            _stats.UnknownPayloadTypePackets++;
            if (_source.Owns(packet))
                Count_NeedsLock(packet, out _);
            return InsertResult.UnknownPayloadType;
        }

        // Until a type was decoded its clock is not known; 48 kHz makes the tolerated jump the widest.
        int known = _clockRates[packet.PayloadType];
        bool flushed = false;
        switch (_source.Admit(packet, known > 0 ? known : 48000))
        {
            case SourceDecision.Hold:
                Discard_NeedsLock(1);
                return InsertResult.TooLate;
            case SourceDecision.Restart:
                flushed = _generation > 0;
                Restart_NeedsLock(packet);
                break;
            default:
                break;
        }

        if (known > 0)
            AddJitter_NeedsLock(packet, known);
        if (!Count_NeedsLock(packet, out long sequence))
            return Duplicate_NeedsLock();

        long timestamp = _timestamps.Unwrap(packet.Timestamp);
        if (!_isBuffering)
        {
            if (timestamp < _nextTimestamp && timestamp + _lastPacketTicks <= _nextTimestamp)
                return TooLate_NeedsLock();
            if (packet.PayloadType == _playingPayloadType)
                _delay.OnArrival((timestamp - _nextTimestamp + _waitingTicks) * 1000 / known);
        }

        _lateSince = null;
        if (_buffer.IsFull)
        {
            Flush_NeedsLock();
            StartBuffering_NeedsLock();
            flushed = true;
        }

        if (!_buffer.TryInsert(packet, sequence, timestamp))
            return Duplicate_NeedsLock();
        if (!flushed)
            return InsertResult.Accepted;
        _stats.Flushes++;
        return InsertResult.Flushed;
    }

    /// <summary>Counts a packet of the source; false where it came before.</summary>
    private bool Count_NeedsLock(in RtpPacket packet, out long sequence)
    {
        sequence = _sequences.Unwrap(packet.SequenceNumber);
        _receivedFromSource++;
        _firstSequence = Math.Min(_firstSequence, sequence);
        _highestSequence = Math.Max(_highestSequence, sequence);
        return _received.TryAdd(sequence);
    }

    private InsertResult Duplicate_NeedsLock()
    {
        _stats.DuplicatePackets++;
        return InsertResult.Duplicate;
    }

    private InsertResult TooLate_NeedsLock()
    {
        _stats.LatePackets++;
        Discard_NeedsLock(1);
        long now = _time.GetTimestamp();
        if (_lateSince is null || _time.GetElapsedTime(_lastLate, now) > MaxLateSpell)
            _lateSince = now;
        _lastLate = now;

        // The network became slower for good: wait for its packets instead of missing every one.
        if (_time.GetElapsedTime(_lateSince.Value, now) >= MaxLateSpell && _buffer.Count == 0)
            StartBuffering_NeedsLock();
        return InsertResult.TooLate;
    }

    private void Restart_NeedsLock(in RtpPacket packet)
    {
        _expectedBefore += ExpectedNow_NeedsLock();
        Flush_NeedsLock();
        foreach (ArrivalJitter jitter in _jitters.Values)
            jitter.Reset();
        _sequences.Reset();
        _timestamps.Reset();
        _received = default;
        _firstSequence = _highestSequence = _sequences.Unwrap(packet.SequenceNumber);
        _generation++;
        StartBuffering_NeedsLock();
    }

    private void Flush_NeedsLock()
    {
        _flushedPackets = _buffer.Count;
        Discard_NeedsLock(_buffer.Count);
        _buffer.Clear();
    }

    private void Discard_NeedsLock(int packets)
    {
        _stats.PacketsDiscarded += packets;
        _untoldDiscards += packets;
    }

    private int TakeDiscarded_NeedsLock()
    {
        int discarded = _untoldDiscards;
        _untoldDiscards = 0;
        return discarded;
    }

    /// <summary>Runs the meter's listeners: the application's code, hence never with <see cref="_lock"/> held.</summary>
    private static void TellDiscarded(int packets)
    {
        if (packets > 0)
            RtcEnhanceMeter.AddDiscardedPackets(packets);
    }

    private void AddJitter_NeedsLock(in RtpPacket packet, int clockRateHz)
    {
        if (_jitterClockRateHz != clockRateHz)
        {
            if (!_jitters.TryGetValue(clockRateHz, out _jitter))
                _jitters[clockRateHz] = _jitter = new ArrivalJitter(_time, clockRateHz);
            _jitter.Interrupt();
            _jitterClockRateHz = clockRateHz;
        }

        _jitter!.Add(packet.Timestamp, packet.ArrivalTimestamp);
    }

    private void StartBuffering_NeedsLock()
    {
        _isBuffering = true;

        // The pull that finds the first packet counts as well, though the packet may have come only just before it.
        _blocksUntilPlayout = ((_delay.TargetMs + 9) / 10) + 1;
        _trimsToTarget = false;
        _lateSince = null;
        _correction = DriftCorrection.None;
        _delay.Reset();
    }

    /// <summary>
    /// Plays from the oldest packet that waits; where far more waits than the target, or the delay had grown too long,
    /// from a newer one.
    /// </summary>
    private void StartPlayout_NeedsLock(int clockRateHz)
    {
        _isBuffering = false;
        long targetTicks = (long)_delay.TargetMs * clockRateHz / 1000;
        if (_trimsToTarget || _buffer.LastTimestamp - _buffer.FirstTimestamp > 2 * targetTicks)
        {
            int before = _buffer.Count;
            while (_buffer.LastTimestamp - _buffer.FirstTimestamp > targetTicks)
                _buffer.RemoveFirst();
            Discard_NeedsLock(before - _buffer.Count);
        }

        _nextTimestamp = _buffer.FirstTimestamp;
    }

    private long ExpectedNow_NeedsLock() => _generation == 0 ? 0 : _highestSequence - _firstSequence + 1;
}
