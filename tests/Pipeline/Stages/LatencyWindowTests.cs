namespace RtcEnhance.Tests.Stages;

public sealed class LatencyWindowTests
{
    [Fact]
    public void Percentile_Empty_IsZero()
    {
        var window = new LatencyWindow();

        Assert.Equal((0, TimeSpan.Zero, TimeSpan.Zero), (window.Count, window.Percentile(0.95), window.Max));
    }

    [Fact]
    public void Percentile_AnyDurations_IsTheSortedOnesRoundedUpByAtMostOneBucket()
    {
        var random = new Random(1);
        foreach (int capacity in new[] { 1, 2, 20, 256, 4096 })
        {
            var window = new LatencyWindow(capacity);
            var all = new List<long>();
            for (int i = 0; i < 3 * capacity; i++)
            {
                long ticks = (long)Math.Exp(random.NextDouble() * 20);
                all.Add(ticks);
                window.Add(new TimeSpan(ticks));
                if (capacity > 256 && i % 997 != 0)
                    continue;

                long[] sorted = [.. all.TakeLast(capacity).Order()];
                Assert.Equal(sorted.Length, window.Count);
                Assert.Equal(sorted[^1], window.Max.Ticks);
                foreach (double fraction in new[] { 0, 0.5, 0.95, 0.99, 1 })
                {
                    long exact = sorted[Math.Max(0, (int)Math.Ceiling(fraction * sorted.Length) - 1)];
                    Assert.InRange(window.Percentile(fraction).Ticks, exact, exact + (exact / 32));
                }
            }
        }
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void Add_ExtremeDuration_IsKeptInRange(long ticks)
    {
        var window = new LatencyWindow(4);
        window.Add(new TimeSpan(ticks));

        Assert.Equal(Math.Max(0, ticks), window.Max.Ticks);
        Assert.InRange(window.Percentile(0.5).Ticks, 0, (1L << 30) - 1);
    }

    [Fact]
    public void Clear_Full_StartsAnew()
    {
        var window = new LatencyWindow(4);
        for (int i = 0; i < 9; i++)
            window.Add(TimeSpan.FromMilliseconds(200));
        window.Clear();
        window.Add(TimeSpan.FromMicroseconds(1));

        Assert.Equal((1, TimeSpan.FromMicroseconds(1)), (window.Count, window.Percentile(0.95)));
        Assert.Equal(TimeSpan.FromMicroseconds(1), window.Max);
    }

    [Fact]
    public void Constructor_OrPercentile_OutOfRange_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LatencyWindow(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LatencyWindow(4097));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LatencyWindow().Percentile(1.01));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LatencyWindow().Percentile(double.NaN));
    }
}
