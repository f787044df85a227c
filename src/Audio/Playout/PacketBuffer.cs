namespace RtcEnhance.Audio;

/// <summary>
/// Received packets in the order they are to be played, within a fixed capacity. Timestamps and sequence numbers are
/// unwrapped. One thread at a time; the receiver's lock guards it.
/// </summary>
internal sealed class PacketBuffer(int capacity)
{
    private readonly Entry[] _entries = new Entry[capacity];
    private int _first;
    private int _count;

    public int Capacity => _entries.Length;

    public int Count => _count;

    public bool IsFull => _count == _entries.Length;

    public ref Entry this[int index] => ref _entries[(_first + index) % _entries.Length];

    /// <summary>
    /// Inserts in order; false for a packet that is here already, unless it replaces a redundant copy. The buffer must
    /// not be full.
    /// </summary>
    public bool TryInsert(in Entry entry, out bool replacesCopy)
    {
        replacesCopy = false;
        int at = _count;
        while (at > 0 && this[at - 1].Sequence > entry.Sequence)
            at--;
        if (at > 0 && this[at - 1].Sequence == entry.Sequence)
        {
            if (entry.IsRedundant || !this[at - 1].IsRedundant)
                return false;
            this[at - 1] = entry;
            replacesCopy = true;
            return true;
        }

        for (int i = _count; i > at; i--)
            this[i] = this[i - 1];
        this[at] = entry;
        _count++;
        return true;
    }

    public bool TryPeek(out Entry entry)
    {
        entry = _count > 0 ? _entries[_first] : default;
        return _count > 0;
    }

    public void RemoveFirst()
    {
        _entries[_first] = default;
        _first = (_first + 1) % _entries.Length;
        _count--;
    }

    public void Clear()
    {
        Array.Clear(_entries);
        _first = 0;
        _count = 0;
    }

    /// <summary>A packet with its unwrapped sequence number and timestamp.</summary>
    /// <param name="Packet">The packet; of a redundant block, with that block as payload.</param>
    /// <param name="Sequence">Unwrapped sequence number.</param>
    /// <param name="Timestamp">Unwrapped timestamp in its own RTP clock.</param>
    /// <param name="MediaMs">Place on the stream's time line; unknown until the payload type's decoder tells its clock rate.</param>
    /// <param name="Block">The block that was to be pulled next when the packet arrived.</param>
    /// <param name="IsComfortNoise">Whether it describes noise instead of carrying samples.</param>
    /// <param name="IsRedundant">Whether it is a copy that came with a later packet.</param>
    internal readonly record struct Entry(
        RtpPacket Packet, long Sequence, long Timestamp, long MediaMs, long Block, bool IsComfortNoise, bool IsRedundant)
    {
        public const long UnknownMediaMs = long.MinValue;
    }
}
