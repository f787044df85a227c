namespace RtcEnhance.Audio.Tests.Playout;

public class QuietDetectorTests
{
    [Fact]
    public void QuietStartAndEnd_CountWholeBlocksUpToALoudOne()
    {
        var detector = new QuietDetector(40);
        var signal = new int[200];
        signal[85] = 2000;
        detector.Observe(signal);

        Assert.Equal(80, detector.QuietStart(signal));
        Assert.Equal(80, detector.QuietEnd(signal));
        Assert.Equal(40, detector.QuietStart(signal.AsSpan(0, 79)));
        Assert.Equal(0, detector.QuietEnd(signal.AsSpan(0, 90)));
    }

    [Fact]
    public void Observe_QuietOnce_RaisesTheFloorSlowly()
    {
        var detector = new QuietDetector(40);
        int[] steady = [.. Enumerable.Repeat(100, 40)];
        detector.Observe(new int[40]);
        Assert.Equal(0, detector.QuietStart(steady));

        int calls = 0;
        while (detector.QuietStart(steady) == 0)
        {
            detector.Observe(steady);
            calls++;
        }

        Assert.InRange(calls, 150, 400);
    }

    [Fact]
    public void Observe_LoudForever_IsNeverQuiet()
    {
        var detector = new QuietDetector(40);
        int[] loud = [.. Enumerable.Repeat(3000, 40)];

        for (int i = 0; i < 10_000; i++)
            detector.Observe(loud);

        Assert.Equal(0, detector.QuietStart(loud));
    }
}
