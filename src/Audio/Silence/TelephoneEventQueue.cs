namespace RtcEnhance.Audio;

/// <summary>
/// Makes one event of the many packets that report it (RFC 4733) and gives events out in the order of their timestamps.
/// An event is due once playout has reached its start and its end was received; where the end was lost, once playout has
/// reached the next event, or is half a second past the end known so far. Events of a stream that has ended are due at
/// once. Bounded: where too many wait, the last of them is dropped. One thread at a time.
/// </summary>
internal sealed class TelephoneEventQueue
{
    /// <summary>Events that wait at most.</summary>
    internal const int Capacity = 64;

    private const int ReportBytes = 4;
    private const int MaxReports = 16;

    // Events given out, so that the repetitions of their ends are known for what they are.
    private const int RememberedEvents = 8;

    private readonly int _clockRateHz;
    private readonly PendingTelephoneEvent[] _pending = new PendingTelephoneEvent[Capacity];
    private readonly PendingTelephoneEvent[] _past = new PendingTelephoneEvent[RememberedEvents];
    private int _count;
    // The first of those that wait, whose stream has ended.
    private int _leftOver;
    private long _pastCount;
    private long _newestPastStart;
    private long _playout;
    private long _idleTicks;

    /// <param name="clockRateHz">RTP clock rate of the events, at least 1 Hz.</param>
    internal TelephoneEventQueue(int clockRateHz)
    {
        _clockRateHz = clockRateHz;
        Restart();
    }

    /// <summary>RTP clock rate of the events.</summary>
    internal int ClockRateHz => _clockRateHz;

    /// <summary>Payloads that broke the format.</summary>
    internal long MalformedPayloads { get; private set; }

    /// <summary>Reports of events that came after a newer one had been given out, or while too many waited.</summary>
    internal long DroppedReports { get; private set; }

    /// <summary>Takes in a packet, in any order and any number of times.</summary>
    /// <param name="timestamp">The packet's unwrapped RTP timestamp.</param>
    /// <param name="marker">The packet's marker: an event begins.</param>
    /// <param name="payload">Up to 16 reports of 4 bytes, each of which begins where the one before ends.</param>
    /// <returns>False, and nothing taken in, where the payload breaks the format.</returns>
    internal bool Insert(long timestamp, bool marker, ReadOnlySpan<byte> payload)
    {
        if (payload.Length is 0 or > MaxReports * ReportBytes || payload.Length % ReportBytes != 0)
        {
            MalformedPayloads++;
            return false;
        }

        _idleTicks = 0;
        while (!payload.IsEmpty)
        {
            ReadOnlySpan<byte> report = payload[..ReportBytes];
            payload = payload[ReportBytes..];
            long end = timestamp + ((report[2] << 8) | report[3]);

            // What another event follows on within the packet is over, whether it says so or not.
            bool isEnded = (report[1] & 0x80) != 0 || !payload.IsEmpty;
            Insert(report[0], (byte)(report[1] & 0x3F), timestamp, end, isEnded, marker);
            timestamp = end;
            marker = true;
        }

        return true;
    }

    /// <summary>Says up to where the stream is played.</summary>
    /// <param name="playoutTimestamp">On the same unwrapped clock as the packets.</param>
    internal void Advance(long playoutTimestamp) => _playout = playoutTimestamp;

    /// <summary>
    /// Says that 10 ms were played whose place on the events' clock is not known: events are then due as they come, but
    /// no sooner than they are over.
    /// </summary>
    internal void AdvanceUntimed()
    {
        _idleTicks += _clockRateHz / 100;
        if (_count > _leftOver)
            _playout = _pending[_count - 1].End + _idleTicks;
    }

    /// <summary>Takes the oldest event if it is due.</summary>
    internal bool TryTake(out TelephoneEvent telephoneEvent)
    {
        telephoneEvent = default;
        if (_count == 0)
            return false;

        ref readonly PendingTelephoneEvent first = ref _pending[0];
        bool isLeftOver = _leftOver > 0;
        bool isDue = isLeftOver || (_playout >= first.Start
            && (first.IsEnded
                || (_count > 1 && _playout >= _pending[1].Start)
                || _playout - first.End >= _clockRateHz / 2));
        if (!isDue)
            return false;
        telephoneEvent = first.ToEvent(_clockRateHz);
        if (isLeftOver)
        {
            _leftOver--;
        }
        else
        {
            _past[_pastCount++ % RememberedEvents] = first;
            _newestPastStart = first.Start;
        }

        _count--;
        Array.Copy(_pending, 1, _pending, 0, _count);
        return true;
    }

    /// <summary>Another stream begins. What waits of the one before is given out first; the counts stay.</summary>
    internal void Restart()
    {
        _leftOver = _count;
        _pastCount = 0;
        _newestPastStart = long.MinValue;
        _playout = long.MinValue / 2;
    }

    private void Insert(byte code, byte volume, long start, long end, bool isEnded, bool isMarked)
    {
        for (int i = _count - 1; i >= _leftOver; i--)
        {
            if (_pending[i].TryExtend(code, start, end, isEnded, isMarked))
                return;
        }

        for (int i = 0; i < Math.Min(_pastCount, RememberedEvents); i++)
        {
            if (_past[i].TryExtend(code, start, end, isEnded, isMarked))
                return;
        }

        bool isFull = _count == Capacity;
        bool isLast = _leftOver == _count || start >= _pending[_count - 1].Start;
        if (start < _newestPastStart || (isFull && isLast))
        {
            DroppedReports++;
            return;
        }

        // Whatever claims to be far ahead makes room: it must not keep the stream's own events out.
        if (isFull)
        {
            DroppedReports++;
            _count--;
        }

        int at = _count;
        while (at > _leftOver && _pending[at - 1].Start > start)
            at--;
        Array.Copy(_pending, at, _pending, at + 1, _count - at);
        _pending[at] = new PendingTelephoneEvent(code, volume, start, end, isEnded);
        _count++;
    }
}
