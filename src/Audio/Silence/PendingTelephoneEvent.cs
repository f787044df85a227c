namespace RtcEnhance.Audio;

/// <summary>What the packets so far say of one telephone event. One thread at a time.</summary>
internal struct PendingTelephoneEvent
{
    // What the duration field holds at most, and after which a longer event goes on in a new segment.
    private const int LongestSegment = 0xFFFF;

    private long _segmentStart;
    private long _end;
    private byte _volume;

    public PendingTelephoneEvent(byte code, byte volume, long start, long end, bool isEnded)
    {
        Code = code;
        _volume = volume;
        Start = _segmentStart = start;
        _end = end;
        IsEnded = isEnded;
    }

    /// <summary>Event code.</summary>
    public byte Code { get; }

    /// <summary>Unwrapped timestamp of the first segment.</summary>
    public long Start { get; }

    /// <summary>Unwrapped timestamp up to which the event is known to last.</summary>
    public readonly long End => _end;

    /// <summary>Whether its end was received.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>
    /// Takes in an update, a repeated end or a next segment of this event; false where the report is of another one. A
    /// segment follows on the one before without a marker, and its start tells it apart from the same key pressed again.
    /// </summary>
    public bool TryExtend(byte code, long start, long end, bool isEnded, bool isMarked)
    {
        if (code != Code)
            return false;
        bool isKnown = start == _segmentStart || (start >= Start && start < _end);
        bool isNextSegment = !IsEnded && !isMarked && (start == _end || start == _segmentStart + LongestSegment);
        if (!isKnown && !isNextSegment)
            return false;
        _segmentStart = Math.Max(_segmentStart, start);
        _end = Math.Max(_end, end);
        IsEnded |= isEnded;
        return true;
    }

    public readonly TelephoneEvent ToEvent(int clockRateHz) => new()
    {
        Code = Code,
        VolumeDbm0 = -_volume,
        Duration = new TimeSpan((_end - Start) * TimeSpan.TicksPerSecond / clockRateHz),
        RtpTimestamp = (uint)Start,
        IsEnd = IsEnded,
    };
}
