using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

public class FreezeDetectorTests
{
    private static FreezeDetector Render(params IEnumerable<double> gapsMs)
    {
        var time = new ManualTimeProvider();
        var detector = new FreezeDetector(time);
        detector.OnRendered(time.GetTimestamp());
        foreach (double gap in gapsMs)
        {
            time.Advance(TimeSpan.FromMilliseconds(gap));
            detector.OnRendered(time.GetTimestamp());
        }

        return detector;
    }

    private static IEnumerable<double> Steady(int gaps, double ms) => Enumerable.Repeat(ms, gaps);

    // With 29 gaps of 30 ms the average of 30 is (870 + g) / 30, and average + 150 = g at g = 5370 / 29 = 185.17 ms.
    [Theory]
    [InlineData(185.1, 0)]
    [InlineData(185.2, 1)]
    [InlineData(1000, 1)]
    public void Gap_AtThirtyFramesASecond_FreezesFromTheAveragePlus150Ms(double gapMs, long freezes)
    {
        FreezeDetector detector = Render([.. Steady(40, 30), gapMs]);

        Assert.Equal(freezes, detector.FreezeCount);
        Assert.Equal(TimeSpan.FromMilliseconds(freezes * gapMs), detector.TotalFreezesDuration);
    }

    // With 29 gaps of 200 ms three averages are (5800 + g) / 10: they equal g at g = 644.4 ms, above average + 150.
    [Theory]
    [InlineData(644, 0)]
    [InlineData(645, 1)]
    public void Gap_AtFiveFramesASecond_FreezesFromThreeAverages(double gapMs, long freezes)
        => Assert.Equal(freezes, Render([.. Steady(40, 200), gapMs]).FreezeCount);

    [Theory]
    [InlineData(3, 0)]
    [InlineData(4, 1)]
    public void Gap_BeforeFiveGaps_IsNoFreeze(int steadyGaps, long freezes)
        => Assert.Equal(freezes, Render([.. Steady(steadyGaps, 30), 1000]).FreezeCount);

    [Fact]
    public void SlowerFrameRate_AfterAWhile_IsNoFreezeAnyMore()
    {
        FreezeDetector detector = Render([.. Steady(40, 30), .. Steady(40, 400)]);

        Assert.InRange(detector.FreezeCount, 1, 10);
    }

    [Fact]
    public void Gap_OfMoreThanFiveSeconds_IsAPauseAndNotInTheAverage()
    {
        FreezeDetector detector = Render([.. Steady(40, 30), 5001, .. Steady(5, 30), 200]);

        Assert.Equal((1, 5001), (detector.PauseCount, detector.TotalPausesDuration.TotalMilliseconds));
        Assert.Equal((1, 200), (detector.FreezeCount, detector.TotalFreezesDuration.TotalMilliseconds));
    }

    [Fact]
    public void Totals_OfAllGaps_AreTheirSumAndSumOfSquares()
    {
        FreezeDetector detector = Render(20, 30, 6000);

        Assert.Equal(6050, detector.TotalInterFrameDelay.TotalMilliseconds);
        Assert.Equal(0.0004 + 0.0009 + 36, detector.TotalSquaredInterFrameDelay, 9);
    }
}
