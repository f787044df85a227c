namespace RtcEnhance.Audio;

/// <summary>
/// Received packets in the order they are to be played, within a fixed capacity. Timestamps and sequence numbers are
/// unwrapped. One thread at a time; the receiver's lock guards it.
/// </summary>
internal sealed class PacketBuffer(int capacity)
{
    private readonly Entry[] _entries = new Entry[capacity];
    private int _count;

    public int Count => _count;

    public bool IsFull => _count == _entries.Length;

    public long FirstTimestamp => _entries[0].Timestamp;

    public long LastTimestamp => _entries[_count - 1].Timestamp;

    /// <summary>Inserts in order; false for a packet that is here already. The buffer must not be full.</summary>
    public bool TryInsert(in RtpPacket packet, long sequence, long timestamp)
    {
        int at = _count;
        while (at > 0 && _entries[at - 1].Sequence > sequence)
            at--;
        if (at > 0 && _entries[at - 1].Sequence == sequence)
            return false;

        Array.Copy(_entries, at, _entries, at + 1, _count - at);
        _entries[at] = new Entry(packet, sequence, timestamp);
        _count++;
        return true;
    }

    public bool TryPeek(out Entry entry)
    {
        entry = _count > 0 ? _entries[0] : default;
        return _count > 0;
    }

    public void RemoveFirst()
    {
        _count--;
        Array.Copy(_entries, 1, _entries, 0, _count);
        _entries[_count] = default;
    }

    public void Clear()
    {
        Array.Clear(_entries, 0, _count);
        _count = 0;
    }

    /// <summary>A packet with its unwrapped sequence number and timestamp.</summary>
    internal readonly record struct Entry(RtpPacket Packet, long Sequence, long Timestamp);
}
