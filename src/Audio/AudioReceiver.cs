namespace RtcEnhance.Audio;

/// <summary>
/// Takes RTP packets as they arrive and yields finished audio at the device's rate, always as many samples as asked
/// for: received where they are there in time, concealed where they are not, silence before the first packet. It never
/// blocks on the network and never throws on what the network sent. Insert and pull may be two different threads.
/// </summary>
public sealed partial class AudioReceiver : IDisposable
{
    /// <summary>Packets in a row that come too late before the playout moves to them: 200 ms of 20 ms packets.</summary>
    private const int MaxConsecutiveLate = 10;

    private readonly AudioReceiverOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Lock _playoutLock = new();
    private readonly PacketBuffer _buffer;
    private readonly DelayManager _delay;
    private readonly SourceTracker _source = new();
    private readonly Dictionary<byte, int> _clockRates = [];
    private ArrivalJitter? _jitter;
    private int _jitterClockRateHz;
    private CounterUnwrapper _sequences;
    private CounterUnwrapper _timestamps;

    private bool _isBuffering = true;
    private int _blocksUntilPlayout;
    private int _generation;
    private int _consecutiveLate;
    private long _nextTimestamp;
    private byte _lastPayloadType;
    private long _firstSequence;
    private long _highestSequence;
    private long _expectedBefore;
    private int _flushedPackets;
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
    }

    /// <summary>Rate and channels of the output.</summary>
    public AudioFormat OutputFormat => _options.OutputFormat;

    /// <summary>Hands over a packet; nothing is decoded here.</summary>
    /// <param name="packet">The packet; its payload must not change any more.</param>
    /// <returns>What became of it.</returns>
    public InsertResult InsertPacket(in RtpPacket packet)
    {
        InsertResult result;
        lock (_lock)
            result = Insert_NeedsLock(packet);
        if (result == InsertResult.Flushed)
            _options.Observer?.NotifyBufferFlushed("audio", _flushedPackets);
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
        CodecChain? codec = Volatile.Read(ref _codec);
        lock (_lock)
        {
            return _stats with
            {
                PacketsLost = _expectedBefore + ExpectedNow_NeedsLock() - _stats.PacketsReceived + _stats.UnknownPayloadTypePackets,
                Jitter = _jitter?.Jitter.TotalSeconds ?? 0,
                Concealment = codec?.Concealment.GetStats() ?? default,
                BandwidthExtension = codec?.Output.ExtensionStats ?? default,
            };
        }
    }

    /// <summary>Frees the decoders. Pulling afterwards yields silence.</summary>
    public void Dispose()
    {
        lock (_playoutLock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            foreach (CodecChain codec in _codecs.Values)
                codec.Dispose();
        }
    }

    private InsertResult Insert_NeedsLock(in RtpPacket packet)
    {
        if (!_options.Decoders.ContainsKey(packet.PayloadType))
        {
            _stats = _stats with { UnknownPayloadTypePackets = _stats.UnknownPayloadTypePackets + 1, PacketsReceived = _stats.PacketsReceived + 1 };
            return InsertResult.UnknownPayloadType;
        }

        _stats = _stats with
        {
            PacketsReceived = _stats.PacketsReceived + 1,
            BytesReceived = _stats.BytesReceived + packet.Payload.Length,
            HeaderBytesReceived = _stats.HeaderBytesReceived + packet.HeaderBytes,
        };

        // Until a type was decoded its clock is not known; 48 kHz makes the tolerated jump the widest.
        int clockRateHz = _clockRates.TryGetValue(packet.PayloadType, out int known) ? known : 48000;
        bool flushed = false;
        switch (_source.Admit(packet, clockRateHz))
        {
            case SourceDecision.Hold:
                _stats = _stats with { PacketsDiscarded = _stats.PacketsDiscarded + 1 };
                return InsertResult.TooLate;
            case SourceDecision.Restart:
                flushed = _generation > 0;
                Restart_NeedsLock(packet);
                break;
            default:
                break;
        }

        long sequence = _sequences.Unwrap(packet.SequenceNumber);
        long timestamp = _timestamps.Unwrap(packet.Timestamp);
        _highestSequence = Math.Max(_highestSequence, sequence);
        if (known != 0)
            AddJitter_NeedsLock(packet, known);
        _lastPayloadType = packet.PayloadType;

        if (!_isBuffering)
        {
            long slackTicks = timestamp - _nextTimestamp;
            if (slackTicks < 0 && timestamp + _lastPacketTicks <= _nextTimestamp)
                return TooLate_NeedsLock();
            _delay.OnArrival(slackTicks * 1000 / clockRateHz);
        }

        _consecutiveLate = 0;
        if (_buffer.IsFull)
        {
            Flush_NeedsLock();
            StartBuffering_NeedsLock();
            flushed = true;
        }

        if (!_buffer.TryInsert(packet, sequence, timestamp))
        {
            _stats = _stats with { DuplicatePackets = _stats.DuplicatePackets + 1 };
            return InsertResult.Duplicate;
        }

        if (flushed)
        {
            _stats = _stats with { Flushes = _stats.Flushes + 1 };
            return InsertResult.Flushed;
        }

        return InsertResult.Accepted;
    }

    private InsertResult TooLate_NeedsLock()
    {
        _stats = _stats with { LatePackets = _stats.LatePackets + 1, PacketsDiscarded = _stats.PacketsDiscarded + 1 };
        RtcEnhanceMeter.AddDiscardedPackets(1);

        // The network became slower for good: wait for its packets anew instead of missing every one.
        if (++_consecutiveLate >= MaxConsecutiveLate && _buffer.Count == 0)
            StartBuffering_NeedsLock();
        return InsertResult.TooLate;
    }

    private void Restart_NeedsLock(in RtpPacket packet)
    {
        _expectedBefore += ExpectedNow_NeedsLock();
        Flush_NeedsLock();
        _jitter?.Reset();
        _sequences.Reset();
        _timestamps.Reset();
        _firstSequence = _highestSequence = _sequences.Unwrap(packet.SequenceNumber);
        _generation++;
        StartBuffering_NeedsLock();
    }

    private void Flush_NeedsLock()
    {
        _flushedPackets = _buffer.Count;
        _stats = _stats with { PacketsDiscarded = _stats.PacketsDiscarded + _buffer.Count };
        RtcEnhanceMeter.AddDiscardedPackets(_buffer.Count);
        _buffer.Clear();
    }

    private void AddJitter_NeedsLock(in RtpPacket packet, int clockRateHz)
    {
        if (_jitter is null || _jitterClockRateHz != clockRateHz)
        {
            _jitter = new ArrivalJitter(_time, clockRateHz);
            _jitterClockRateHz = clockRateHz;
        }

        _jitter.Add(packet.Timestamp, packet.ArrivalTimestamp);
    }

    private void StartBuffering_NeedsLock()
    {
        _isBuffering = true;
        _blocksUntilPlayout = Math.Max(1, _delay.TargetMs / 10);
        _consecutiveLate = 0;
        _delay.Reset();
    }

    private long ExpectedNow_NeedsLock() => _generation == 0 ? 0 : _highestSequence - _firstSequence + 1;
}
