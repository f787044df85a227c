namespace RtcEnhance.Audio;

/// <summary>
/// The network's side of a receiver: tells streams apart, unwraps and counts, measures the delay, and puts what is to be
/// played into the packet buffer. One thread at a time; the receiver's lock guards it.
/// </summary>
internal sealed class PacketIntake
{
    // Below every sequence number, and far from overflow.
    private const long NoSequence = long.MinValue / 2;

    private readonly SourceTracker _source = new();
    private readonly MediaClock _media = new();
    private readonly TimeProvider _time;

    // By payload type.
    private readonly PayloadKind[] _kinds = new PayloadKind[256];
    private readonly int[] _clockRates = new int[256];

    /// <summary>By clock rate: packets of two rates may alternate.</summary>
    private readonly Dictionary<int, ArrivalJitter> _jitters = [];
    private ArrivalJitter? _jitter;
    private int _jitterClockRateHz;
    private CounterUnwrapper _sequences;
    private SequenceHistory _received;
    private CounterUnwrapper _timestamps;
    private long _firstSequence;
    private long _highestSequence;
    private long _expectedBefore;
    private long _receivedFromSource;

    /// <summary>Counted here, and by the playout while it holds the lock.</summary>
    public InboundAudioStats Stats;

    public PacketIntake(AudioReceiverOptions options)
    {
        _time = options.Time;
        Buffer = new PacketBuffer(options.PacketBufferCapacity);
        Delay = new DelayManager(options.Enhancement.PlayoutDelay, options.PacketBufferCapacity * 10 * 3 / 4);
        foreach (byte payloadType in options.Decoders.Keys)
            _kinds[payloadType] = PayloadKind.Audio;
        foreach ((byte payloadType, int clockRateHz) in options.ComfortNoise)
        {
            if (_kinds[payloadType] == PayloadKind.Unknown)
                (_kinds[payloadType], _clockRates[payloadType]) = (PayloadKind.ComfortNoise, clockRateHz);
        }
    }

    public PacketBuffer Buffer { get; }

    public DelayManager Delay { get; }

    /// <summary>The block that is pulled next; the clock of all delays.</summary>
    public long Block { get; set; }

    /// <summary>Changes where what is in the buffer does not continue what was taken from it.</summary>
    public int Generation { get; private set; }

    /// <summary>Sequence number taken from the buffer last: what comes at or before it is too late.</summary>
    public long LastTaken { get; set; } = NoSequence;

    /// <summary>A payload type whose decoder is to be made, because its clock rate is not known; -1 where there is none.</summary>
    public int UnmadePayloadType { get; private set; } = -1;

    /// <summary>How many packets the last flush threw away.</summary>
    public int FlushedPackets { get; private set; }

    /// <summary>Discarded packets that the meter was not told of yet.</summary>
    public int UntoldDiscards { get; private set; }

    public long PacketsLost => _expectedBefore + ExpectedNow - _receivedFromSource;

    public double JitterSeconds => _jitter?.Jitter.TotalSeconds ?? 0;

    private long ExpectedNow => Generation == 0 ? 0 : _highestSequence - _firstSequence + 1;

    /// <summary>Takes a packet; nothing is decoded here.</summary>
    public InsertResult Insert(in RtpPacket packet)
    {
        Stats.PacketsReceived++;
        Stats.BytesReceived += packet.Payload.Length;
        Stats.HeaderBytesReceived += packet.HeaderBytes;
        PayloadKind kind = _kinds[packet.PayloadType];
        if (kind == PayloadKind.Unknown)
        {
            Stats.UnknownPayloadTypePackets++;
            if (_source.Owns(packet))
                Count(packet, out _);
            return InsertResult.UnknownPayloadType;
        }

        // Until a type was decoded its clock is not known; 48 kHz makes the tolerated jump the widest.
        int clockRateHz = _clockRates[packet.PayloadType];
        bool flushed = false;
        switch (_source.Admit(packet, clockRateHz > 0 ? clockRateHz : 48000))
        {
            case SourceDecision.Hold:
                Discard(1);
                return InsertResult.TooLate;
            case SourceDecision.Restart:
                flushed = Generation > 0;
                Restart(packet);
                break;
            default:
                break;
        }

        if (clockRateHz > 0)
            AddJitter(packet, clockRateHz);
        if (!Count(packet, out long sequence))
            return Duplicate();

        if (Buffer.IsFull)
        {
            Flush();
            Generation++;
            flushed = true;
        }

        InsertResult result = Insert(packet, sequence, kind == PayloadKind.ComfortNoise, isRedundant: false);
        if (result != InsertResult.Accepted || !flushed)
            return result;
        Stats.Flushes++;
        return InsertResult.Flushed;
    }

    /// <summary>Takes note of a payload type's clock rate, or with -1 that it cannot be decoded, and places what waits.</summary>
    public void SetClockRate(byte payloadType, int clockRateHz)
    {
        _clockRates[payloadType] = clockRateHz;
        if (UnmadePayloadType == payloadType)
            UnmadePayloadType = -1;
        for (int i = 0; i < Buffer.Count && clockRateHz > 0; i++)
        {
            ref PacketBuffer.Entry entry = ref Buffer[i];
            if (entry.Packet.PayloadType == payloadType)
                entry = entry with { MediaMs = Place(entry.Sequence, entry.Timestamp, clockRateHz, entry.Block, entry.IsRedundant) };
        }
    }

    /// <summary>Whether every packet between two sequence numbers has come, be it audio or not.</summary>
    public bool HasAllBetween(long first, long last) => _received.ContainsAllBetween(first, last);

    /// <summary>
    /// Whether packets came after the last one taken and none of them is missing or waits: telephone events, or a type
    /// that is not played. The sender is there and says nothing.
    /// </summary>
    public bool IsSilenceKnown => _highestSequence > LastTaken && _received.ContainsAllBetween(LastTaken, _highestSequence + 1);

    public void Discard(int packets)
    {
        Stats.PacketsDiscarded += packets;
        UntoldDiscards += packets;
    }

    public int TakeUntoldDiscards()
    {
        int discards = UntoldDiscards;
        UntoldDiscards = 0;
        return discards;
    }

    private InsertResult Insert(in RtpPacket packet, long sequence, bool isComfortNoise, bool isRedundant)
    {
        long timestamp = _timestamps.Unwrap(packet.Timestamp);
        int clockRateHz = _clockRates[packet.PayloadType];
        long mediaMs = PacketBuffer.Entry.UnknownMediaMs;
        if (clockRateHz > 0)
            mediaMs = Place(sequence, timestamp, clockRateHz, Block, isRedundant);
        else if (clockRateHz == 0)
            UnmadePayloadType = packet.PayloadType;

        if (sequence <= LastTaken)
        {
            Stats.LatePackets++;
            Discard(1);
            return InsertResult.TooLate;
        }

        var entry = new PacketBuffer.Entry(packet, sequence, timestamp, mediaMs, Block, isComfortNoise, isRedundant);
        return Buffer.TryInsert(entry) ? InsertResult.Accepted : Duplicate();
    }

    private long Place(long sequence, long timestamp, int clockRateHz, long block, bool isRedundant)
    {
        long mediaMs = _media.Map(sequence, timestamp, clockRateHz, block * 10);
        if (!isRedundant)
            Delay.OnArrival(block, mediaMs);
        return mediaMs;
    }

    /// <summary>Counts a packet of the source; false where it came before.</summary>
    private bool Count(in RtpPacket packet, out long sequence)
    {
        sequence = _sequences.Unwrap(packet.SequenceNumber);
        _receivedFromSource++;
        _firstSequence = Math.Min(_firstSequence, sequence);
        _highestSequence = Math.Max(_highestSequence, sequence);
        return _received.TryAdd(sequence);
    }

    private InsertResult Duplicate()
    {
        Stats.DuplicatePackets++;
        return InsertResult.Duplicate;
    }

    private void Restart(in RtpPacket packet)
    {
        _expectedBefore += ExpectedNow;
        Flush();
        foreach (ArrivalJitter jitter in _jitters.Values)
            jitter.Reset();
        _sequences.Reset();
        _timestamps.Reset();
        _received = default;
        _media.Reset();
        _firstSequence = _highestSequence = _sequences.Unwrap(packet.SequenceNumber);
        LastTaken = NoSequence;
        Delay.Restart();
        Generation++;
    }

    private void Flush()
    {
        FlushedPackets = Buffer.Count;
        Discard(Buffer.Count);
        Buffer.Clear();
    }

    private void AddJitter(in RtpPacket packet, int clockRateHz)
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

    private enum PayloadKind : byte
    {
        Unknown,
        Audio,
        ComfortNoise,
        TelephoneEvent,
        Redundant,
    }
}
