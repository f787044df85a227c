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
    private double _nominalSecondsPerTick;
    private readonly long[] _rtpTicks = new long[Capacity];
    private readonly long[] _wallTicks = new long[Capacity];
    private int _count;
    private Mapping? _mapping;
    private Playout _playout = new(0);

    /// <summary>A clock that has seen no report.</summary>
    /// <param name="time">The clock that playout is stamped on.</param>
    /// <param name="clockRateHz">The stream's RTP clock rate, 1 to 1,000,000 Hz.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="clockRateHz"/> is outside its range.</exception>
    public PlayoutClock(TimeProvider time, int clockRateHz)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _nominalSecondsPerTick = SecondsPerTick(clockRateHz);
    }

    /// <summary>
    /// How much faster than its nominal rate the RTP clock runs against the sender's wall clock, in parts per million;
    /// 0 until the reports span 10 s.
    /// </summary>
    public double SkewPpm
        => Volatile.Read(ref _mapping) is { } mapping ? ((mapping.NominalSecondsPerTick / mapping.SecondsPerTick) - 1) * 1e6 : 0;

    /// <summary>
    /// W3C estimatedPlayoutTimestamp: the sender's wall-clock time of the media that is heard or seen now, extrapolated
    /// from the last playout, as a time since the sender's NTP epoch. Null until a report and, after it, a playout were seen.
    /// </summary>
    public TimeSpan? EstimatedPlayoutTimestamp
        => TryGetPlayoutDelay(out long delayTicks, out _) ? new TimeSpan(LocalTicks(_time.GetTimestamp()) - delayTicks) : null;

    /// <summary>The clock that playout is stamped on.</summary>
    internal TimeProvider Time => _time;

    /// <summary>How much later than <paramref name="audio"/> the video of the same instant is played.</summary>
    /// <param name="audio">The audio stream's clock.</param>
    /// <param name="video">The clock of the same sender's video stream, on the same <see cref="TimeProvider"/>.</param>
    /// <param name="videoLater">Positive where the video is late: the sound leads.</param>
    /// <returns>False until both have seen a report and, after it, a playout.</returns>
    public static bool TryGetOffset(PlayoutClock audio, PlayoutClock video, out TimeSpan videoLater)
    {
        ArgumentNullException.ThrowIfNull(audio);
        ArgumentNullException.ThrowIfNull(video);
        bool isKnown = audio.TryGetPlayoutDelay(out long audioDelay, out _) & video.TryGetPlayoutDelay(out long videoDelay, out _);
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
            long step = wall - mapping.WallTicks(report.RtpTimestamp);
            if (Math.Abs(step) > StepSeconds * TimeSpan.TicksPerSecond)
                Restart(step);
            else
                Append(_rtpTicks[_count - 1] + rtpSinceNewest, wall);
        }

        if (_count == 0)
            Append(report.RtpTimestamp, WallTicks(report.NtpTimestamp));
        Volatile.Write(ref _mapping, Fit(report.NtpTimestamp, report.RtpTimestamp));
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
        if (Volatile.Read(ref _mapping) is { } mapping)
            Volatile.Write(ref mapping.Playout.DelayTicks, LocalTicks(localTimestamp) - mapping.WallTicks(rtpTimestamp));
    }

    /// <summary>
    /// Goes on at another clock rate, on the thread that adds reports; for a change of codec. Reports of the old rate are
    /// forgotten. Until one of the new rate comes the stream counts as played with the delay that it had; a report from
    /// before the first playout is taken to be of the new rate.
    /// </summary>
    /// <param name="clockRateHz">The stream's RTP clock rate, 1 to 1,000,000 Hz. The rate of before changes nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="clockRateHz"/> is outside its range.</exception>
    public void SetClockRate(int clockRateHz)
    {
        double secondsPerTick = SecondsPerTick(clockRateHz);
        if (secondsPerTick == _nominalSecondsPerTick)
            return;
        _nominalSecondsPerTick = secondsPerTick;
        if (_count > 0 && _mapping is { } mapping && !TryGetPlayoutDelay(out _, out _))
        {
            _rtpTicks[0] = _rtpTicks[_count - 1];
            _wallTicks[0] = _wallTicks[_count - 1];
            _count = 1;
            Volatile.Write(ref _mapping, Fit(mapping.NtpTimestamp, mapping.RtpTimestamp));
            return;
        }

        _count = 0;
        Volatile.Write(ref _mapping, null);
    }

    /// <summary>Forgets the stream, on the thread that adds reports; for a new synchronisation source.</summary>
    public void Reset() => Restart(0);

    /// <summary>How much later on the local clock than on the sender's wall clock the media is played.</summary>
    /// <param name="delayTicks">Local ticks less wall ticks: of use only as a difference to another such value.</param>
    /// <param name="steppedTicks">By how much the wall clock is known to have been stepped so far: <paramref name="delayTicks"/> plus it does not step.</param>
    /// <returns>False where it is not known.</returns>
    internal bool TryGetPlayoutDelay(out long delayTicks, out long steppedTicks)
    {
        Playout playout = Volatile.Read(ref _playout);
        delayTicks = Volatile.Read(ref playout.DelayTicks);
        steppedTicks = playout.SteppedTicks;
        return delayTicks != Unknown;
    }

    /// <summary>As <see cref="TryGetWallTime(uint, out TimeSpan)"/>, with the steps that the wall clock made so far.</summary>
    internal bool TryGetWallTime(uint rtpTimestamp, out long wallTicks, out long steppedTicks)
    {
        Mapping? mapping = Volatile.Read(ref _mapping);
        wallTicks = mapping?.WallTicks(rtpTimestamp) ?? 0;
        steppedTicks = mapping?.Playout.SteppedTicks ?? 0;
        return mapping is not null;
    }

    /// <summary>A value of <see cref="TimeProvider.GetTimestamp"/> in ticks of 100 ns.</summary>
    internal long LocalTicks(long timestamp) => _time.GetElapsedTime(0, timestamp).Ticks;

    private static double SecondsPerTick(int clockRateHz)
    {
        if (clockRateHz is < 1 or > 1_000_000)
            Throw.OutOfRange(nameof(clockRateHz), clockRateHz, "An RTP clock rate is 1 to 1000000 Hz.");
        return 1.0 / clockRateHz;
    }

    private void Restart(long stepTicks)
    {
        _count = 0;
        Volatile.Write(ref _mapping, null);
        Volatile.Write(ref _playout, new Playout(_playout.SteppedTicks + stepTicks));
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
    private Mapping Fit(ulong ntpTimestamp, uint rtpTimestamp)
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
        return new Mapping(ntpTimestamp, rtpTimestamp, origin, slope * _nominalSecondsPerTick, _nominalSecondsPerTick, _playout);
    }

    /// <summary>Published whole, so that a reader never sees half of a new fit.</summary>
    private sealed record Mapping(
        ulong NtpTimestamp, uint RtpTimestamp, long OriginTicks, double SecondsPerTick, double NominalSecondsPerTick, Playout Playout)
    {
        public long WallTicks(uint rtpTimestamp)
            => OriginTicks
                + (long)(RtpArithmetic.Distance(rtpTimestamp, RtpTimestamp) * SecondsPerTick * TimeSpan.TicksPerSecond);
    }
    /// <summary>The playout of one stretch without steps: a late report of the one before cannot be taken for its own.</summary>
    private sealed class Playout(long steppedTicks)
    {
        public readonly long SteppedTicks = steppedTicks;
        public long DelayTicks = Unknown;
    }
}
