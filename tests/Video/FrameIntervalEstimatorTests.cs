using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

public class FrameIntervalEstimatorTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly FrameIntervalEstimator _estimator;

    public FrameIntervalEstimatorTests() => _estimator = new FrameIntervalEstimator(_time);

    private double OnFrameMs(uint? rtp, double advanceMs)
    {
        _time.Advance(TimeSpan.FromMilliseconds(advanceMs));
        return _estimator.OnFrame(rtp, _time.GetTimestamp()).TotalMilliseconds;
    }

    [Fact]
    public void FirstFrame_HasNoInterval() => Assert.Equal(0, OnFrameMs(5, 0));

    [Fact]
    public void Interval_WithRtpTimestamps_IgnoresArrivalJitterAndWraps()
    {
        OnFrameMs(uint.MaxValue - 100, 0);

        Assert.Equal(50, OnFrameMs(unchecked(uint.MaxValue - 100 + 4500), 3));
        Assert.Equal(50, OnFrameMs(unchecked(uint.MaxValue - 100 + 9000), 120));
    }

    [Fact]
    public void Interval_WithoutTimestamps_IsThatOfArrival()
    {
        OnFrameMs(null, 0);
        Assert.Equal(40, OnFrameMs(null, 40));
        Assert.Equal(40, OnFrameMs(3000, 40));
    }

    [Fact]
    public void Interval_AfterALostFrameOrAJump_Stays()
    {
        uint rtp = 0;
        for (int i = 0; i < 6; i++)
            OnFrameMs(rtp += 3000, 33);

        Assert.Equal(100.0 / 3, OnFrameMs(rtp += 6000, 66), 3);
        Assert.Equal(100.0 / 3, OnFrameMs(rtp += 900_000, 33), 3);
        Assert.Equal(100.0 / 3, OnFrameMs(rtp - 50_000, 33), 3);
        Assert.Equal(100.0 / 3, OnFrameMs(rtp - 50_000, 33), 3);
    }

    [Fact]
    public void Interval_AfterTheRateChanged_FollowsWithinAFewFrames()
    {
        uint rtp = 0;
        for (int i = 0; i < 6; i++)
            OnFrameMs(rtp += 3000, 33);
        double interval = 0;
        for (int i = 0; i < 3; i++)
            interval = OnFrameMs(rtp += 1500, 17);

        Assert.Equal(100.0 / 6, interval, 3);
    }
}
