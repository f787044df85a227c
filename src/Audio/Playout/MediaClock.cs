namespace RtcEnhance.Audio;

/// <summary>
/// Places packets on one time line in ms, whatever their RTP clocks do: a change of clock rate, a timestamp that goes
/// backwards, and a jump that neither the sequence numbers nor the time of arrival explain, are taken to continue where
/// the packet before them ended. One thread at a time; the receiver's lock guards it.
/// </summary>
internal sealed class MediaClock
{
    /// <summary>A jump is less than this far from what was expected only by chance.</summary>
    private const int JumpMs = 500;

    /// <summary>Clock rates that a stream alternates between; one more replaces the one unused for longest.</summary>
    private const int MaxRates = 4;

    private readonly Anchor[] _anchors = new Anchor[MaxRates];
    private bool _hasPacket;
    private long _newestSequence;
    private long _newestMs;
    private long _newestArrivalMs;
    private int _packetMs;

    /// <summary>Duration of the stream's packets as far as it is known.</summary>
    public int PacketMs => _packetMs;

    /// <summary>The place of a packet in ms, counted from the first one.</summary>
    public long Map(long sequence, long timestamp, int clockRateHz, long arrivalMs)
    {
        long steps = _hasPacket ? sequence - _newestSequence : 0;
        long bySequence = _newestMs + (steps * _packetMs);
        long ms = bySequence;
        bool isAnchored = false;
        ref Anchor anchor = ref Find(clockRateHz);
        if (anchor.ClockRateHz == clockRateHz)
        {
            long byTimestamp = anchor.Ms + ((timestamp - anchor.Timestamp) * 1000 / clockRateHz);
            long byArrival = _newestMs + arrivalMs - _newestArrivalMs;
            bool isBackwards = steps > 0 && byTimestamp < _newestMs;
            isAnchored = !isBackwards && (Math.Abs(byTimestamp - bySequence) <= JumpMs || Math.Abs(byTimestamp - byArrival) <= JumpMs);
            ms = isAnchored ? byTimestamp : bySequence;
        }

        if (_hasPacket && steps <= 0)
            return ms;
        if (steps == 1 && ms - _newestMs is > 0 and <= 120)
            _packetMs = (int)(ms - _newestMs);

        // Kept while it holds: every new one would round anew.
        anchor = isAnchored ? anchor with { Sequence = sequence } : new Anchor(clockRateHz, timestamp, ms, sequence);
        _hasPacket = true;
        _newestSequence = sequence;
        _newestMs = ms;
        _newestArrivalMs = arrivalMs;
        return ms;
    }

    public void Reset()
    {
        Array.Clear(_anchors);
        _hasPacket = false;
        _newestMs = 0;
        _packetMs = 0;
    }

    private ref Anchor Find(int clockRateHz)
    {
        int oldest = 0;
        for (int i = 0; i < MaxRates; i++)
        {
            if (_anchors[i].ClockRateHz == clockRateHz)
                return ref _anchors[i];
            if (_anchors[i].ClockRateHz == 0 || (_anchors[oldest].ClockRateHz != 0 && _anchors[i].Sequence < _anchors[oldest].Sequence))
                oldest = i;
        }

        return ref _anchors[oldest];
    }

    private readonly record struct Anchor(int ClockRateHz, long Timestamp, long Ms, long Sequence);
}
