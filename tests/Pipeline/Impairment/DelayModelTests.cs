using RtcEnhance.Testing;

namespace RtcEnhance.Tests.Impairment;

public class DelayModelTests
{
    private const int Packets = 100_000;

    private static double[] Delays(DelayDistribution distribution, double correlation, int seed = 1)
    {
        var model = new DelayModel(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(20), distribution, correlation, seed);
        var delays = new double[Packets];
        for (int i = 0; i < delays.Length; i++)
            delays[i] = model.Next().TotalMilliseconds;
        return delays;
    }

    [Theory]
    [InlineData(DelayDistribution.Normal, 0, 100)]
    [InlineData(DelayDistribution.Normal, 0.8, 100)]
    [InlineData(DelayDistribution.Gamma, 0, 128.28)]
    [InlineData(DelayDistribution.Gamma, 0.8, 128.28)]
    [InlineData(DelayDistribution.LogNormal, 0, 115.26)]
    [InlineData(DelayDistribution.LogNormal, 0.8, 115.26)]
    public void Delays_OverManyPackets_HaveTheAskedMoments(DelayDistribution distribution, double correlation, double mean)
    {
        double[] delays = Delays(distribution, correlation);
        double average = delays.Average();
        double variance = delays.Average(d => (d - average) * (d - average));
        double covariance = delays.Zip(delays.Skip(1), (a, b) => (a - average) * (b - average)).Average();

        Assert.InRange(average, mean - 1, mean + 1);
        Assert.InRange(Math.Sqrt(variance), 19.3, 20.7);
        Assert.InRange(covariance / variance, correlation - 0.03, correlation + 0.03);
    }

    [Theory]
    [InlineData(DelayDistribution.Gamma)]
    [InlineData(DelayDistribution.LogNormal)]
    public void OneSidedDelays_NeverFallBelowTheBase(DelayDistribution distribution)
        => Assert.All(Delays(distribution, 0), d => Assert.True(d >= 100));

    [Fact]
    public void NormalDelays_WiderThanTheBase_AreCutAtZero()
    {
        var model = new DelayModel(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(50), DelayDistribution.Normal, 0, 1);
        TimeSpan[] delays = [.. Enumerable.Range(0, 1000).Select(_ => model.Next())];

        Assert.All(delays, d => Assert.True(d >= TimeSpan.Zero));
        Assert.Contains(TimeSpan.Zero, delays);
    }

    [Fact]
    public void Delays_OfEqualSeeds_AreEqual()
    {
        Assert.Equal(Delays(DelayDistribution.Gamma, 0.5), Delays(DelayDistribution.Gamma, 0.5));
        Assert.NotEqual(Delays(DelayDistribution.Gamma, 0.5), Delays(DelayDistribution.Gamma, 0.5, seed: 2));
    }

    [Theory]
    [InlineData(-1, 0, 0)]
    [InlineData(0, -1, 0)]
    [InlineData(0, 20_000, 0)]
    [InlineData(0, 0, 1)]
    [InlineData(0, 0, double.NaN)]
    public void Model_OfImpossibleValues_IsRefused(double baseMs, double jitterMs, double correlation)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new DelayModel(
            TimeSpan.FromMilliseconds(baseMs), TimeSpan.FromMilliseconds(jitterMs), DelayDistribution.Gamma, correlation, 1));
}
