namespace RtcEnhance;

/// <summary>
/// Maps one stream's RTP timestamps to its sender's wall clock, from RTCP sender reports (RFC 3550 section 6.4.1), and
/// so tells how far apart two streams of one sender are played. Reports may come from one thread and
/// <see cref="ReportPlayout"/> from another; everything may be read from any.
/// </summary>
public sealed class PlayoutClock
{
    /// <summary>Reports that the fit is taken over.</summary>
    private const int Capacity = 32;

    /// <summary>Shortest span over which a skew is told from the reports' own jitter.</summary>
    private const double MinFitSeconds = 10;

    /// <summary>A report this far from the prediction means that a clock was stepped, and starts the fit anew.</summary>
    private const double StepSeconds = 0.1;

    /// <summary>More than any sampling clock is off; beyond it the reports are not trusted with a skew.</summary>
    private const double MaxSkew = 1e-3;

    private const long Unknown = long.MinValue;

    private readonly TimeProvider _time;
    private readonly double _nominalSecondsPerTick;
    private readonly long[] _rtpTicks = new long[Capacity];
    private readonly long[] _wallTicks = new long[Capacity];
    private int _count;
    private Mapping? _mapping;
    private long _playoutDelayTicks = Unknown;

    /// <summary>A clock that has seen no report.</summary>
    /// <param name="time">The clock that playout is stamped on.</param>
    /// <param name="clockRateHz">The stream's RTP clock rate, 1 to 1,000,000 Hz.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="clockRateHz"/> is outside its range.</exception>
    public PlayoutClock(TimeProvider time, int clockRateHz)
    {
        ArgumentNullException.ThrowIfNull(time);
        if (clockRateHz is < 1 or > 1_000_000)
            Throw.OutOfRange(nameof(clockRateHz), clockRateHz, "An RTP clock rate is 1 to 1000000 Hz.");
        _time = time;
        _nominalSecondsPerTick = 1.0 / clockRateHz;
    }

    /// <summary>
    /// How much faster than its nominal rate the RTP clock runs against the sender's wall clock, in parts per million;
    /// 0 until the reports span 10 s.
    /// </summary>
    public double SkewPpm
        => Volatile.Read(ref _mapping) is { } mapping ? ((_nominalSecondsPerTick / mapping.SecondsPerTick) - 1) * 1e6 : 0;

    /// <summary>How much later than <paramref name="audio"/> the video of the same instant is played.</summary>
    /// <param name="audio">The audio stream's clock.</param>
    /// <param name="video">The clock of the same sender's video stream, on the same <see cref="TimeProvider"/>.</param>
    /// <param name="videoLater">Positive where the video is late: the sound leads.</param>
    /// <returns>False until both have seen a report and, after it, a playout.</returns>
    public static bool TryGetOffset(PlayoutClock audio, PlayoutClock video, out TimeSpan videoLater)
    {
        ArgumentNullException.ThrowIfNull(audio);
        ArgumentNullException.ThrowIfNull(video);
        long audioDelay = Volatile.Read(ref audio._playoutDelayTicks);
        long videoDelay = Volatile.Read(ref video._playoutDelayTicks);
        bool isKnown = audioDelay != Unknown && videoDelay != Unknown;
        videoLater = isKnown ? new TimeSpan(videoDelay - audioDelay) : TimeSpan.Zero;
        return isKnown;
    }

    /// <summary>Takes note of a sender report of this stream.</summary>
    /// <param name="report">The report.</param>
    /// <returns>False where it is ignored: a duplicate, older than the newest one, or from a sender without a wall clock.</returns>
    public bool AddSenderReport(in RtcpSenderReport report)
    {
        if (report.NtpTimestamp == 0)
            return false;
        if (_mapping is { } mapping)
        {
            long sinceNewest = WallTicks((long)(report.NtpTimestamp - mapping.NtpTimestamp));
            int rtpSinceNewest = RtpArithmetic.Distance(report.RtpTimestamp, mapping.RtpTimestamp);
            if (sinceNewest <= 0 && rtpSinceNewest <= 0)
                return false;
            long wall = _wallTicks[_count - 1] + sinceNewest;
            if (Math.Abs(mapping.WallTicks(report.RtpTimestamp) - wall) > StepSeconds * TimeSpan.TicksPerSecond)
                Reset();
            else
                Append(_rtpTicks[_count - 1] + rtpSinceNewest, wall);
        }

        if (_count == 0)
            Append(report.RtpTimestamp, WallTicks(report.NtpTimestamp));
        Volatile.Write(ref _mapping, Fit(report));
        return true;
    }

    /// <summary>The sender's wall-clock time at which the media with this timestamp was sampled.</summary>
    /// <param name="rtpTimestamp">An RTP timestamp less than half the range from the newest report's.</param>
    /// <param name="wallTime">Time since the sender's NTP epoch (1900, or its start where its clock is not set).</param>
    /// <returns>False until a report was seen.</returns>
    public bool TryGetWallTime(uint rtpTimestamp, out TimeSpan wallTime)
    {
        Mapping? mapping = Volatile.Read(ref _mapping);
        wallTime = mapping is null ? TimeSpan.Zero : new TimeSpan(mapping.WallTicks(rtpTimestamp));
        return mapping is not null;
    }

    /// <summary>Says when the media with this timestamp is heard or seen. Allocates nothing.</summary>
    /// <param name="rtpTimestamp">Its RTP timestamp.</param>
    /// <param name="localTimestamp">A value of <see cref="TimeProvider.GetTimestamp"/>, past or to come.</param>
    public void ReportPlayout(uint rtpTimestamp, long localTimestamp)
    {
        if (TryGetWallTime(rtpTimestamp, out TimeSpan wallTime))
            Volatile.Write(ref _playoutDelayTicks, (_time.GetElapsedTime(0, localTimestamp) - wallTime).Ticks);
    }

    /// <summary>Forgets the stream, on the thread that adds reports; for a new synchronisation source.</summary>
    public void Reset()
    {
        _count = 0;
        Volatile.Write(ref _mapping, null);
        Volatile.Write(ref _playoutDelayTicks, Unknown);
    }

    /// <summary>NTP's units of 2^-32 s to ticks of 100 ns.</summary>
    private static long WallTicks(Int128 ntp) => (long)((ntp * TimeSpan.TicksPerSecond) >> 32);

    private void Append(long rtpTicks, long wallTicks)
    {
        if (_count == Capacity)
        {
            _count--;
            Array.Copy(_rtpTicks, 1, _rtpTicks, 0, _count);
            Array.Copy(_wallTicks, 1, _wallTicks, 0, _count);
        }

        _rtpTicks[_count] = rtpTicks;
        _wallTicks[_count] = wallTicks;
        _count++;
    }

    /// <summary>Least squares of wall time over RTP time, both counted from the newest report.</summary>
    private Mapping Fit(in RtcpSenderReport newest)
    {
        int last = _count - 1;
        double meanX = 0;
        double meanY = 0;
        for (int i = 0; i < _count; i++)
        {
            meanX += (_rtpTicks[i] - _rtpTicks[last]) * _nominalSecondsPerTick / _count;
            meanY += (_wallTicks[i] - _wallTicks[last]) / (double)TimeSpan.TicksPerSecond / _count;
        }

        double xx = 0;
        double xy = 0;
        for (int i = 0; i < _count; i++)
        {
            double x = ((_rtpTicks[i] - _rtpTicks[last]) * _nominalSecondsPerTick) - meanX;
            xx += x * x;
            xy += x * (((_wallTicks[i] - _wallTicks[last]) / (double)TimeSpan.TicksPerSecond) - meanY);
        }

        bool isLongEnough = _wallTicks[last] - _wallTicks[0] >= MinFitSeconds * TimeSpan.TicksPerSecond;
        double slope = isLongEnough && Math.Abs((xy / xx) - 1) <= MaxSkew ? xy / xx : 1;
        long origin = _wallTicks[last] + (long)((meanY - (slope * meanX)) * TimeSpan.TicksPerSecond);
        return new Mapping(newest.NtpTimestamp, newest.RtpTimestamp, origin, slope * _nominalSecondsPerTick);
    }

    /// <summary>Published whole, so that a reader never sees half of a new fit.</summary>
    private sealed record Mapping(ulong NtpTimestamp, uint RtpTimestamp, long OriginTicks, double SecondsPerTick)
    {
        public long WallTicks(uint rtpTimestamp)
            => OriginTicks
                + (long)(RtpArithmetic.Distance(rtpTimestamp, RtpTimestamp) * SecondsPerTick * TimeSpan.TicksPerSecond);
    }
}
