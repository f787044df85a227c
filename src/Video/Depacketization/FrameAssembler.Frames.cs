namespace RtcEnhance.Video;

internal sealed partial class FrameAssembler
{
    // Drops padding and, after a hole, the rest of the frame that the hole tore.
    private void SkipToStart()
    {
        while (_slots[_head & (Capacity - 1)].Sequence == _head)
        {
            ref Slot slot = ref _slots[_head & (Capacity - 1)];
            if (!slot.Info.HasContent)
            {
                Consume(ref slot);
                continue;
            }

            if (!_mustFindStart || IsStart(slot))
            {
                _mustFindStart = false;
                return;
            }

            DropHead();
        }
    }

    private bool IsStart(in Slot slot)
    {
        uint timestamp = slot.Packet.Timestamp;
        if (_previousIsKnown && (_previousEndedFrame || _previousTimestamp != timestamp))
            return true;
        return slot.Info.StartsFrame && !(_hasDroppedTimestamp && _droppedTimestamp == timestamp);
    }

    private void DropHead()
    {
        ref Slot slot = ref _slots[_head & (Capacity - 1)];
        if (slot.Info.HasContent)
        {
            CountDropped(slot.Packet.Timestamp);
            _previousIsKnown = true;
            _previousEndedFrame = slot.Packet.Marker;
            _previousTimestamp = slot.Packet.Timestamp;
        }

        _gap = true;
        Consume(ref slot);
    }

    // A frame ends with the marker, or where the packet behind it has another timestamp.
    private bool TryFindEnd(out long last, out long hole)
    {
        last = -1;
        hole = _head;
        if (_slots[_head & (Capacity - 1)].Sequence != _head)
            return false;

        uint timestamp = _slots[_head & (Capacity - 1)].Packet.Timestamp;
        for (long s = _scanFrom; ; s++)
        {
            ref Slot slot = ref _slots[s & (Capacity - 1)];
            if (slot.Sequence != s)
            {
                _scanFrom = s;
                hole = s;
                return false;
            }

            if (!slot.Info.HasContent)
                continue;
            if (slot.Packet.Timestamp != timestamp)
            {
                last = s - 1;
                return true;
            }

            if (slot.Packet.Marker)
            {
                last = s;
                return true;
            }
        }
    }

    private AccessUnit? Assemble(long last)
    {
        ref Slot first = ref _slots[_head & (Capacity - 1)];
        PayloadInfo firstInfo = first.Info;
        AccessUnit unit = _pool.Rent();
        unit.Ssrc = first.Packet.Ssrc;
        unit.Codec = _depacketizer.Codec;
        unit.RtpTimestamp = first.Packet.Timestamp;
        unit.FirstArrival = long.MaxValue;
        unit.LastArrival = long.MinValue;

        bool isWhole = true;
        while (_head <= last)
        {
            ref Slot slot = ref _slots[_head & (Capacity - 1)];
            if (slot.Info.HasContent)
            {
                isWhole = isWhole && _depacketizer.Append(slot.Packet.Payload.Span, slot.Info, unit);
                unit.PacketCount++;
                unit.FirstArrival = Math.Min(unit.FirstArrival, slot.Packet.ArrivalTimestamp);
                unit.LastArrival = Math.Max(unit.LastArrival, slot.Packet.ArrivalTimestamp);
            }

            Consume(ref slot);
        }

        AssemblyResult result = isWhole ? _depacketizer.Complete(unit) : AssemblyResult.Broken;
        if (result == AssemblyResult.Frame)
        {
            unit.HasGap = _gap && !_depacketizer.IsContinuous(_previousFrame, firstInfo);
            _gap = false;
            _previousFrame = firstInfo;
            return unit;
        }

        if (result == AssemblyResult.Broken)
        {
            CountDropped(unit.RtpTimestamp);
            _gap = true;
        }

        _pool.Return(unit);
        return null;
    }

    private void Consume(ref Slot slot)
    {
        slot.Packet = default;
        _hasTakenPackets = true;
        MoveHead(_head + 1);
    }
}
