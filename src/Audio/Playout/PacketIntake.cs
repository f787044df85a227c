namespace RtcEnhance.Audio;

/// <summary>
/// The network's side of a receiver: tells streams apart, unwraps and counts, measures the delay, and puts what is to be
/// played into the packet buffer. One thread at a time; the receiver's lock guards it.
/// </summary>
internal sealed class PacketIntake
{
    /// <summary>Packets are this long, or shorter and then the buffer holds less.</summary>
    private const int UsualPacketMs = 10;

    // Below every sequence number, and far from overflow.
    private const long NoSequence = long.MinValue / 2;

    private readonly SourceTracker _source = new();
    private readonly MediaClock _media = new();
    private readonly NackTracker _missing = new();
    private readonly TimeProvider _time;

    // By payload type.
    private readonly PayloadKind[] _kinds = new PayloadKind[256];
    private readonly int[] _clockRates = new int[256];
    private readonly TelephoneEventQueue?[] _events = new TelephoneEventQueue?[256];
    private readonly TelephoneEventQueue[] _eventQueues;

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

    /// <param name="options">What the stream may carry and how long it may wait.</param>
    public PacketIntake(AudioReceiverOptions options)
    {
        _time = options.Time;
        Buffer = new PacketBuffer(options.PacketBufferCapacity);
        Delay = new DelayManager(options.Enhancement.PlayoutDelay, HeldMs(UsualPacketMs));
        foreach (byte payloadType in options.Decoders.Keys)
            _kinds[payloadType] = PayloadKind.Audio;
        foreach ((byte payloadType, int clockRateHz) in options.ComfortNoise)
        {
            if (_kinds[payloadType] == PayloadKind.Unknown)
                (_kinds[payloadType], _clockRates[payloadType]) = (PayloadKind.ComfortNoise, clockRateHz);
        }

        foreach ((byte payloadType, int clockRateHz) in options.TelephoneEvents)
        {
            (_kinds[payloadType], _clockRates[payloadType]) = (PayloadKind.TelephoneEvent, clockRateHz);
            _events[payloadType] = new TelephoneEventQueue(clockRateHz);
        }

        foreach (byte payloadType in options.RedundantAudio)
            _kinds[payloadType] = PayloadKind.Redundant;
        _eventQueues = [.. _events.OfType<TelephoneEventQueue>()];
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

    /// <summary>Streams so far.</summary>
    public int Sources { get; private set; }

    /// <summary>The stream that is played; null before its first packet.</summary>
    public uint? Ssrc { get; private set; }

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
        Stats.LastPacketReceivedTimestamp = packet.ArrivalTimestamp;
        RtpPacket primary = packet;
        RedPayload red = default;
        if (_kinds[packet.PayloadType] == PayloadKind.Redundant)
        {
            if (!RedPayload.TryParse(packet, out red))
            {
                Stats.MalformedPackets++;
                return InsertResult.Malformed;
            }

            foreach (RedBlock block in red)
            {
                if (block.IsPrimary)
                    primary = WithPayload(packet, block.PayloadType, packet.Timestamp, block.Data);
            }
        }

        PayloadKind kind = _kinds[primary.PayloadType];
        int clockRateHz = _clockRates[primary.PayloadType];
        if (kind is PayloadKind.Unknown or PayloadKind.Redundant)
        {
            Stats.UnknownPayloadTypePackets++;
            if (_source.Owns(packet))
                Count(packet, _jitterClockRateHz, out _);
            return InsertResult.UnknownPayloadType;
        }

        // Until a type was decoded its clock is not known; 48 kHz makes the tolerated jump the widest.
        bool flushed = false;
        switch (_source.Admit(packet, clockRateHz > 0 ? clockRateHz : 48000))
        {
            case SourceDecision.Hold:
                Discard(1);
                return InsertResult.TooLate;
            case SourceDecision.Restart:
                flushed = Generation > 0;
                Stats.Flushes += flushed ? 1 : 0;
                Restart(packet);
                break;
            default:
                break;
        }

        if (clockRateHz > 0 && kind == PayloadKind.Audio)
            AddJitter(packet, clockRateHz);
        if (!Count(packet, kind == PayloadKind.Audio ? clockRateHz : _jitterClockRateHz, out long sequence))
            return Duplicate();
        if (_events[primary.PayloadType] is { } events)
            return InsertEvent(events, primary);

        if (Buffer.IsFull && sequence > LastTaken)
        {
            Flush();
            Generation++;
            Stats.Flushes++;
            flushed = true;
        }

        InsertResult result = Insert(primary, sequence, kind == PayloadKind.ComfortNoise, isRedundant: false);
        if (red.BlockCount > 1)
            InsertRedundant(packet, red, sequence, clockRateHz);
        return result == InsertResult.Accepted && flushed ? InsertResult.Flushed : result;
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

    /// <summary>Duration of the waiting packets that follow one another, and the last one taken, without a gap.</summary>
    public long ContiguousMs
    {
        get
        {
            int count = 0;
            for (long last = LastTaken; count < Buffer.Count && _received.ContainsAllBetween(last, Buffer[count].Sequence); count++)
                last = Buffer[count].Sequence;
            return (long)count * _media.PacketMs;
        }
    }

    /// <summary>Takes note of how far decoding has come: what is missing before is not worth asking for any more.</summary>
    public void OnDecoded(long nextTimestamp) => _missing.OnDecoded(LastTaken, nextTimestamp);

    /// <summary>Takes note of a block: the telephone events up to there are due.</summary>
    /// <param name="playedTimestamp">Up to where the stream is played.</param>
    /// <param name="clockRateHz">Of that timestamp; 0 where the place is not known.</param>
    public void OnPlayed(long playedTimestamp, int clockRateHz)
    {
        foreach (TelephoneEventQueue events in _eventQueues)
        {
            if (events.ClockRateHz == clockRateHz)
                events.Advance(playedTimestamp);
            else
                events.AdvanceUntimed();
        }
    }

    public bool TryTakeEvent(out TelephoneEvent telephoneEvent)
    {
        foreach (TelephoneEventQueue events in _eventQueues)
        {
            if (events.TryTake(out telephoneEvent))
                return true;
        }

        telephoneEvent = default;
        return false;
    }

    public int GetNackList(int roundTripMs, Span<ushort> destination)
    {
        int count = _missing.GetNackList(roundTripMs, Block * 10, destination);
        Stats.NackCount += count > 0 ? 1 : 0;
        return count;
    }

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
        if (!Buffer.TryInsert(entry, out bool replacesCopy))
            return isRedundant ? InsertResult.Duplicate : Duplicate();
        Stats.FecPacketsDiscarded += replacesCopy ? 1 : 0;
        return InsertResult.Accepted;
    }

    private long Place(long sequence, long timestamp, int clockRateHz, long block, bool isRedundant)
    {
        long mediaMs = _media.Map(sequence, timestamp, clockRateHz, block * 10);
        if (_media.PacketMs is > 0 and var packetMs)
            Delay.CapMs = HeldMs(Math.Min(packetMs, UsualPacketMs));
        if (!isRedundant)
            Delay.OnArrival(block, mediaMs);
        return mediaMs;
    }

    /// <summary>Three quarters of the buffer: the rest is for bursts.</summary>
    private int HeldMs(int packetMs) => Buffer.Capacity * packetMs * 3 / 4;

    /// <summary>Counts a packet of the source; false where it came before.</summary>
    private bool Count(in RtpPacket packet, int clockRateHz, out long sequence)
    {
        sequence = _sequences.Unwrap(packet.SequenceNumber);
        if (clockRateHz > 0)
            _missing.OnPacket(sequence, _timestamps.Peek(packet.Timestamp), clockRateHz, Block * 10);
        _receivedFromSource++;
        _firstSequence = Math.Min(_firstSequence, sequence);
        _highestSequence = Math.Max(_highestSequence, sequence);
        return _received.TryAdd(sequence);
    }

    private InsertResult InsertEvent(TelephoneEventQueue events, in RtpPacket packet)
    {
        if (events.Insert(_timestamps.Peek(packet.Timestamp), packet.Marker, packet.Payload.Span))
            return InsertResult.Accepted;
        Stats.MalformedPackets++;
        return InsertResult.Malformed;
    }

    /// <summary>
    /// Puts the copies of earlier payloads where those are missing. A block has no sequence number: it is told from its
    /// age, in packets, and where their length is not known from its place (RFC 2198 section 4).
    /// </summary>
    private void InsertRedundant(in RtpPacket packet, in RedPayload red, long sequence, int clockRateHz)
    {
        long packetTicks = (long)_media.PacketMs * clockRateHz / 1000;
        int left = red.BlockCount;
        foreach (RedBlock block in red)
        {
            left--;
            if (block.IsPrimary)
                return;
            long age = packetTicks > 0 ? Math.Max(1, (block.TimestampOffset + (packetTicks / 2)) / packetTicks) : left;
            RtpPacket copy = WithPayload(packet, block.PayloadType, block.Timestamp, block.Data);
            if (_events[block.PayloadType] is { } events)
            {
                events.Insert(_timestamps.Peek(block.Timestamp), marker: false, block.Data.Span);
                continue;
            }

            Stats.FecPacketsReceived++;
            Stats.FecBytesReceived += block.Data.Length;
            PayloadKind kind = _kinds[block.PayloadType];
            bool isWanted = kind is PayloadKind.Audio or PayloadKind.ComfortNoise
                && sequence - age > LastTaken && !_received.Contains(sequence - age) && !Buffer.IsFull;
            if (isWanted && Insert(copy, sequence - age, kind == PayloadKind.ComfortNoise, isRedundant: true) == InsertResult.Accepted)
                _missing.OnRecovered(sequence - age);
            else
                Stats.FecPacketsDiscarded++;
        }
    }

    private static RtpPacket WithPayload(in RtpPacket packet, byte payloadType, uint timestamp, ReadOnlyMemory<byte> payload) => new(
        packet.Ssrc, packet.SequenceNumber, timestamp, payloadType, packet.Marker, packet.ArrivalTimestamp, payload);

    private InsertResult Duplicate()
    {
        Stats.DuplicatePackets++;
        return InsertResult.Duplicate;
    }

    private void Restart(in RtpPacket packet)
    {
        _expectedBefore += ExpectedNow;
        Ssrc = packet.Ssrc;
        Sources++;
        Flush();
        foreach (ArrivalJitter jitter in _jitters.Values)
            jitter.Reset();
        _sequences.Reset();
        _timestamps.Reset();
        _timestamps.Unwrap(packet.Timestamp);
        _received = default;
        _media.Reset();
        _firstSequence = _highestSequence = _sequences.Unwrap(packet.SequenceNumber);
        LastTaken = NoSequence;
        _missing.Reset();
        foreach (TelephoneEventQueue events in _eventQueues)
            events.Restart();
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
