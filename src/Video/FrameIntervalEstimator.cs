namespace RtcEnhance.Video;

/// <summary>
/// The stream's frame interval, from RTP timestamps where both frames have one and from arrival where not. A median of
/// the last few gaps, so that a lost frame or a burst after a stall does not move it. One thread at a time.
/// </summary>
internal sealed class FrameIntervalEstimator
{
    private const int Gaps = 5;
    private const double RtpClockHz = 90_000;

    // Outside this range a gap says nothing about the frame rate: a duplicate timestamp, a jump, a pause.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly long[] _gaps = new long[Gaps];
    private int _count;
    private long _lastArrival;
    private uint? _lastRtp;
    private bool _started;
    private TimeSpan _interval;

    public FrameIntervalEstimator(TimeProvider time) => _time = time;

    /// <summary>Takes note of a frame.</summary>
    /// <returns>The interval; zero before a second frame.</returns>
    public TimeSpan OnFrame(uint? rtpTimestamp, long arrival)
    {
        if (_started)
        {
            TimeSpan gap = rtpTimestamp is { } rtp && _lastRtp is { } last
                ? TimeSpan.FromSeconds(unchecked((int)(rtp - last)) / RtpClockHz)
                : _time.GetElapsedTime(_lastArrival, arrival);
            if (gap >= Shortest && gap <= Longest)
                OnGap(gap.Ticks);
        }

        _started = true;
        _lastArrival = arrival;
        _lastRtp = rtpTimestamp;
        return _interval;
    }

    private void OnGap(long gap)
    {
        _gaps[_count % Gaps] = gap;
        _count++;
        int known = Math.Min(_count, Gaps);
        Span<long> sorted = stackalloc long[Gaps];
        _gaps.AsSpan(0, known).CopyTo(sorted);
        sorted[..known].Sort();
        _interval = TimeSpan.FromTicks(sorted[(known - 1) / 2]);
    }
}
