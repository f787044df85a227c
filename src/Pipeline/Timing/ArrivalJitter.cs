namespace RtcEnhance;

/// <summary>
/// Interarrival jitter: the smoothed difference between packets' spacing at the receiver and at the sender. RFC 3550
/// section 6.4.1 and appendix A.8. One thread at a time; <see cref="Jitter"/> may be read from any.
/// </summary>
public sealed class ArrivalJitter
{
    private readonly double _rtpTicksPerArrivalTick;
    private readonly int _clockRateHz;
    private long _lastArrival;
    private uint _lastTimestamp;
    private bool _hasPacket;
    private double _jitterRtpTicks;

    /// <summary>A jitter of zero.</summary>
    /// <param name="time">The clock that arrivals are stamped on.</param>
    /// <param name="clockRateHz">The stream's RTP clock rate, 1 to 1,000,000 Hz.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="clockRateHz"/> is outside its range.</exception>
    public ArrivalJitter(TimeProvider time, int clockRateHz)
    {
        ArgumentNullException.ThrowIfNull(time);
        if (clockRateHz is < 1 or > 1_000_000)
            Throw.OutOfRange(nameof(clockRateHz), clockRateHz, "An RTP clock rate is 1 to 1000000 Hz.");
        _clockRateHz = clockRateHz;
        _rtpTicksPerArrivalTick = clockRateHz / (double)time.TimestampFrequency;
    }

    /// <summary>The jitter as a time.</summary>
    public TimeSpan Jitter => TimeSpan.FromSeconds(JitterRtpTicks / _clockRateHz);

    /// <summary>The jitter in RTP timestamp units, as a receiver report carries it (rounded down there).</summary>
    public double JitterRtpTicks => Volatile.Read(ref _jitterRtpTicks);

    /// <summary>Takes note of a packet, in order of arrival.</summary>
    /// <param name="rtpTimestamp">Its RTP timestamp.</param>
    /// <param name="arrivalTimestamp"><see cref="TimeProvider.GetTimestamp"/> at arrival.</param>
    public void Add(uint rtpTimestamp, long arrivalTimestamp)
    {
        if (_hasPacket)
        {
            double difference = ((arrivalTimestamp - _lastArrival) * _rtpTicksPerArrivalTick)
                - RtpArithmetic.Distance(rtpTimestamp, _lastTimestamp);
            Volatile.Write(ref _jitterRtpTicks, _jitterRtpTicks + ((Math.Abs(difference) - _jitterRtpTicks) / 16));
        }

        _hasPacket = true;
        _lastArrival = arrivalTimestamp;
        _lastTimestamp = rtpTimestamp;
    }

    /// <summary>
    /// Keeps the estimate and forgets the last packet: what came since was stamped at another clock rate, so that the
    /// distance to it means nothing (RFC 7160 section 4).
    /// </summary>
    internal void Interrupt() => _hasPacket = false;

    /// <summary>Forgets the stream.</summary>
    public void Reset()
    {
        _hasPacket = false;
        Volatile.Write(ref _jitterRtpTicks, 0);
    }
}
