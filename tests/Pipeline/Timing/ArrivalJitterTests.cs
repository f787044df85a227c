using RtcEnhance.Testing;

namespace RtcEnhance.Tests.Timing;

public sealed class ArrivalJitterTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Jitter_RegularArrivals_IsZeroAcrossTheTimestampWrap()
    {
        var jitter = new ArrivalJitter(_time, 48_000);
        for (uint i = 0; i < 100; i++)
            jitter.Add(uint.MaxValue - 20_000 + (960 * i), 200_000 * i);

        Assert.Equal(0, jitter.JitterRtpTicks, 6);
    }

    [Fact]
    public void Jitter_AnyArrivals_IsTheRecurrenceOfTheRfc()
    {
        var random = new Random(2);
        var jitter = new ArrivalJitter(_time, 8_000);
        double expected = 0;
        double lastTransit = 0;
        long arrival = 0;
        for (uint i = 0; i < 1_000; i++)
        {
            arrival = (200_000 * i) + random.Next(400_000);
            double transit = (arrival / 1_250.0) - (160 * i);
            if (i > 0)
                expected += (Math.Abs(transit - lastTransit) - expected) / 16;
            lastTransit = transit;
            jitter.Add(160 * i, arrival);
        }

        Assert.Equal(expected, jitter.JitterRtpTicks, 6);
        Assert.Equal(expected / 8, jitter.Jitter.TotalMilliseconds, 3);

        jitter.Reset();
        jitter.Add(0, arrival);
        Assert.Equal(TimeSpan.Zero, jitter.Jitter);
    }

    [Fact]
    public void Constructor_ClockRateOutOfRange_Throws()
        => Assert.Throws<ArgumentOutOfRangeException>(() => new ArrivalJitter(_time, 0));
}
