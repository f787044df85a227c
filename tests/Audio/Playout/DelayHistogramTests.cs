namespace RtcEnhance.Audio.Tests.Playout;

public class DelayHistogramTests
{
    private const int Bin = 5;
    private const long Half = 1 << 29;

    [Fact]
    public void Quantile_OneValueForLong_IsTheEndOfItsBin()
    {
        var histogram = new DelayHistogram();
        for (int i = 0; i < 300; i++)
            histogram.Add(42);

        Assert.Equal(45, histogram.Quantile(Half));
        Assert.Equal(45, histogram.Quantile(Share(0.97)));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.8)]
    [InlineData(0.97)]
    public void Quantile_RandomDelays_IsThatOfAPlainWeightedSum(double share)
    {
        var histogram = new DelayHistogram();
        var values = new List<(int Delay, double Weight)>();
        var random = new Random(1);
        for (int n = 0; n < 600; n++)
        {
            int delay = random.Next(400);
            histogram.Add(delay);
            double kept = Math.Min(0.992, 1 - (2.0 / (n + 2)));
            for (int i = 0; i < values.Count; i++)
                values[i] = (values[i].Delay, values[i].Weight * kept);
            values.Add((delay, 1 - kept));
        }

        double wanted = share * values.Sum(value => value.Weight);
        double sum = 0;
        int expected = -1;
        foreach ((int delay, double weight) in values.OrderBy(value => value.Delay / Bin))
        {
            sum += weight;
            expected = ((delay / Bin) + 1) * Bin;
            if (sum >= wanted)
                break;
        }

        Assert.Equal(expected, histogram.Quantile(Share(share)), (double)Bin);
    }

    [Fact]
    public void Add_AfterAChange_ForgetsWithinTheHalfLife()
    {
        var histogram = new DelayHistogram();
        for (int i = 0; i < 600; i++)
            histogram.Add(200);

        // 0.992^86 is one half.
        for (int i = 0; i < 84; i++)
            histogram.Add(20);
        Assert.Equal(205, histogram.Quantile(Half));
        for (int i = 0; i < 4; i++)
            histogram.Add(20);
        Assert.Equal(25, histogram.Quantile(Half));
    }

    [Fact]
    public void Quantile_OneLateIntervalEarly_DoesNotDecideAlone()
    {
        var histogram = new DelayHistogram();
        for (int i = 0; i < 8; i++)
            histogram.Add(10);
        histogram.Add(300);

        Assert.Equal(15, histogram.Quantile(Share(0.97)));

        histogram.Add(300);
        Assert.Equal(305, histogram.Quantile(Share(0.97)));
    }

    [Theory]
    [InlineData(-50, 5)]
    [InlineData(0, 5)]
    [InlineData(4, 5)]
    [InlineData(5, 10)]
    [InlineData(1999, 2000)]
    [InlineData(1_000_000, 2000)]
    public void Add_AnyDelay_FallsIntoABin(long delayMs, int expected)
    {
        var histogram = new DelayHistogram();
        for (int i = 0; i < 3; i++)
            histogram.Add(delayMs);

        Assert.Equal(expected, histogram.Quantile(Half));
    }

    [Fact]
    public void CopyTo_Another_SharesNothing()
    {
        var histogram = new DelayHistogram();
        var copy = new DelayHistogram();
        for (int i = 0; i < 20; i++)
            histogram.Add(100);

        histogram.CopyTo(copy);
        for (int i = 0; i < 200; i++)
            copy.Add(10);

        Assert.Equal(105, histogram.Quantile(Half));
        Assert.Equal(15, copy.Quantile(Half));
    }

    private static long Share(double share) => (long)(share * (1 << 30));
}
