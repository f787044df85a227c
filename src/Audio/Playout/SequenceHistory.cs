namespace RtcEnhance.Audio;

/// <summary>
/// Which of the newest 64 sequence numbers have come: tells a copy of a packet that was played from one that is late,
/// and a pause from a loss. One thread at a time; the receiver's lock guards it.
/// </summary>
/// <remarks>A mutable struct: keep it in a field that is not read-only.</remarks>
internal struct SequenceHistory
{
    private const int Length = 64;

    // Bit n stands for _newest - n.
    private ulong _seen;
    private long _newest;

    /// <summary>Takes note of an unwrapped sequence number; false where it came before.</summary>
    public bool TryAdd(long sequence)
    {
        long ahead = sequence - _newest;
        if (_seen == 0 || ahead >= Length)
        {
            _newest = sequence;
            _seen = 1;
            return true;
        }

        if (ahead > 0)
        {
            _newest = sequence;
            _seen = (_seen << (int)ahead) | 1;
            return true;
        }

        if (ahead <= -Length)
            return true;
        ulong bit = 1UL << (int)-ahead;
        bool isNew = (_seen & bit) == 0;
        _seen |= bit;
        return isNew;
    }

    /// <summary>Whether a sequence number is known to have come.</summary>
    public readonly bool Contains(long sequence)
    {
        long behind = _newest - sequence;
        return _seen != 0 && behind is >= 0 and < Length && (_seen & (1UL << (int)behind)) != 0;
    }

    /// <summary>Whether all between two sequence numbers, both left out, are known to have come.</summary>
    public readonly bool ContainsAllBetween(long first, long last)
    {
        if (last - first > Length)
            return false;
        for (long sequence = first + 1; sequence < last; sequence++)
        {
            if (!Contains(sequence))
                return false;
        }

        return true;
    }
}
