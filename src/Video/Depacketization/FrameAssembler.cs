using System.Runtime.InteropServices;

namespace RtcEnhance.Video;

/// <summary>
/// Puts packets of one stream in order and frames together. A frame leaves as soon as it is complete and everything
/// before it left or was given up; a hole is given up once packets behind it are old or many enough, and the frame it
/// tore is dropped. One thread at a time.
/// </summary>
internal sealed partial class FrameAssembler
{
    /// <summary>Packets that can wait, and the largest distance in sequence numbers that is believed at once.</summary>
    public const int Capacity = 2048;

    private const long Empty = long.MinValue;

    private readonly IDepacketizer _depacketizer;
    private readonly AccessUnitPool _pool;
    private readonly int _maxPacketsBehindHole;
    private readonly long _maxWaitTicks;
    private readonly Slot[] _slots = new Slot[Capacity];

    private CounterUnwrapper _unwrapper;
    private bool _started;
    private bool _hasTakenPackets;
    private long _head;
    private long _scanFrom;
    private long _probation;

    // What is known of the packet just before the head.
    private bool _mustFindStart;
    private bool _previousIsKnown;
    private bool _previousEndedFrame;
    private uint _previousTimestamp;
    private bool _hasDroppedTimestamp;
    private uint _droppedTimestamp;

    private bool _gap;
    private PayloadInfo _previousFrame;

    /// <summary>An assembler.</summary>
    /// <param name="depacketizer">The payload format.</param>
    /// <param name="pool">Where frames are rented.</param>
    /// <param name="maxPacketsBehindHole">A hole is given up when sequence numbers go further than this behind it.</param>
    /// <param name="maxWaitTicks">A hole is given up when the first packet behind it is older than this.</param>
    public FrameAssembler(IDepacketizer depacketizer, AccessUnitPool pool, int maxPacketsBehindHole, long maxWaitTicks)
    {
        _depacketizer = depacketizer;
        _pool = pool;
        _maxPacketsBehindHole = maxPacketsBehindHole;
        _maxWaitTicks = maxWaitTicks;
        Reset();
    }

    /// <summary>What it assembles.</summary>
    public VideoCodec Codec => _depacketizer.Codec;

    /// <summary>Frames of which at least one packet arrived and that were given up.</summary>
    public long FramesDropped { get; private set; }

    /// <summary>Packets of a kind that is skipped.</summary>
    public long UnsupportedPackets { get; private set; }

    /// <summary>First sequence number, unwrapped.</summary>
    public long FirstSequence { get; private set; }

    /// <summary>Highest sequence number, unwrapped.</summary>
    public long HighestSequence { get; private set; }

    /// <summary>Sequence numbers expected so far.</summary>
    public long ExpectedPackets => _started ? HighestSequence - FirstSequence + 1 : 0;

    /// <summary>Packets that <see cref="InsertResult.Flushed"/> threw away the last time.</summary>
    public int FlushedPackets { get; private set; }

    /// <summary>Packets that are not part of a frame yet; counted anew at every call.</summary>
    public int WaitingPackets
    {
        get
        {
            int count = 0;
            for (long s = _head; _started && s <= HighestSequence; s++)
                count += _slots[s & (Capacity - 1)].Sequence == s ? 1 : 0;
            return count;
        }
    }

    /// <summary>Puts a packet into its place.</summary>
    /// <param name="packet">The packet.</param>
    /// <returns>What became of it.</returns>
    public InsertResult Insert(in RtpPacket packet)
    {
        if (!_depacketizer.TryParse(packet.Payload.Span, out PayloadInfo info))
            return InsertResult.Malformed;

        long sequence = _unwrapper.Peek(packet.SequenceNumber);
        var result = InsertResult.Accepted;
        if (!_started)
        {
            Start(sequence);
        }
        else if (Math.Abs(sequence - _head) >= Capacity)
        {
            // One stray number must not throw the window away; two in a row are a sender that started over.
            if (sequence != _probation + 1)
            {
                _probation = sequence;
                return InsertResult.TooLate;
            }

            sequence = Flush(packet.SequenceNumber);
            result = InsertResult.Flushed;
        }

        ref Slot slot = ref _slots[sequence & (Capacity - 1)];
        if (slot.Sequence == sequence)
            return InsertResult.Duplicate;
        if (sequence < _head && !TryMoveStart(sequence))
            return InsertResult.TooLate;

        if (info.IsUnsupported)
            UnsupportedPackets++;
        slot.Sequence = sequence;
        slot.Packet = packet;
        slot.Info = info;
        _unwrapper.Unwrap(packet.SequenceNumber);
        HighestSequence = Math.Max(HighestSequence, sequence);
        return result;
    }

    /// <summary>Takes the next frame.</summary>
    /// <param name="now">The present tick, for giving up holes.</param>
    /// <param name="unit">The frame; the caller returns it to the pool.</param>
    /// <returns>False where no frame is ready.</returns>
    public bool TryTake(long now, out AccessUnit? unit)
    {
        unit = null;
        while (_started)
        {
            SkipToStart();
            if (!TryFindEnd(out long last, out long hole))
            {
                if (hole > HighestSequence || !IsGivenUp(hole, now))
                    return false;
                SkipHole(hole);
                continue;
            }

            unit = Assemble(last);
            if (unit is not null)
                return true;
        }

        return false;
    }

    /// <summary>Forgets the stream; counters stay.</summary>
    public void Reset()
    {
        foreach (ref Slot slot in _slots.AsSpan())
            slot = new Slot { Sequence = Empty };
        _unwrapper.Reset();
        _started = false;
        _hasTakenPackets = false;
        _probation = Empty;
        _mustFindStart = true;
        _previousIsKnown = false;
        _hasDroppedTimestamp = false;
        _gap = false;
        _previousFrame = new PayloadInfo { PictureId = -1, BaseLayerIndex = -1, TemporalLayer = -1 };
        _depacketizer.Reset();
    }

    private void Start(long sequence)
    {
        _started = true;
        FirstSequence = sequence;
        HighestSequence = sequence - 1;
        MoveHead(sequence);
    }

    // The first packets of a stream may come in any order, too.
    private bool TryMoveStart(long sequence)
    {
        if (_hasTakenPackets || HighestSequence - sequence >= Capacity)
            return false;
        MoveHead(sequence);
        FirstSequence = sequence;
        return true;
    }

    private long Flush(ushort sequenceNumber)
    {
        FlushedPackets = WaitingPackets;
        for (long s = _head; s <= HighestSequence; s++)
        {
            ref Slot slot = ref _slots[s & (Capacity - 1)];
            if (slot.Sequence == s && slot.Info.HasContent)
                CountDropped(slot.Packet.Timestamp);
        }

        foreach (ref Slot slot in _slots.AsSpan())
            slot = new Slot { Sequence = Empty };
        _unwrapper.Reset();
        long sequence = _unwrapper.Peek(sequenceNumber);
        FirstSequence = sequence - ExpectedPackets;
        HighestSequence = sequence - 1;
        OpenGap(sequence);
        _probation = Empty;
        return sequence;
    }

    private bool IsGivenUp(long hole, long now)
    {
        if (HighestSequence - hole > _maxPacketsBehindHole)
            return true;
        return now - _slots[FirstPresent(hole) & (Capacity - 1)].Packet.ArrivalTimestamp > _maxWaitTicks;
    }

    private long FirstPresent(long after)
    {
        long sequence = after + 1;
        while (_slots[sequence & (Capacity - 1)].Sequence != sequence)
            sequence++;
        return sequence;
    }

    private void SkipHole(long hole)
    {
        while (_head < hole)
            DropHead();
        OpenGap(FirstPresent(hole));
    }

    private void OpenGap(long head)
    {
        _gap = true;
        _mustFindStart = true;
        _previousIsKnown = false;
        _hasTakenPackets = true;
        MoveHead(head);
    }

    private void MoveHead(long sequence)
    {
        _head = sequence;
        _scanFrom = sequence;
    }

    private void CountDropped(uint timestamp)
    {
        if (_hasDroppedTimestamp && _droppedTimestamp == timestamp)
            return;
        _hasDroppedTimestamp = true;
        _droppedTimestamp = timestamp;
        FramesDropped++;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Slot
    {
        // Stays after the packet was taken, so that a duplicate is known as one.
        public long Sequence;
        public RtpPacket Packet;
        public PayloadInfo Info;
    }
}
