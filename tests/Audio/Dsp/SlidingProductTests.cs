namespace RtcEnhance.Audio.Tests;

[Trait("Category", "Simd")]
public class SlidingProductTests
{
    [Fact]
    public void Apply_OfManyLengths_EqualsTheScalarSums()
    {
        var random = new Random(4);
        foreach (var taps in new[] { 1, 2, 7, 53, 97, 177 })
        {
            for (var places = 0; places <= 130; places++)
            {
                var first = Noise(random, taps);
                var second = Noise(random, taps);
                var samples = Noise(random, places + taps - 1);
                var one = new float[places];
                var (both, other) = (new float[places], new float[places]);

                SlidingProduct.Apply(first, samples, one);
                SlidingProduct.Apply(first, second, samples, both, other);

                for (var n = 0; n < places; n++)
                {
                    Assert.Equal(Sum(first, samples, n), one[n], 4e-6);
                    Assert.Equal(Sum(first, samples, n), both[n], 4e-6);
                    Assert.Equal(Sum(second, samples, n), other[n], 4e-6);
                }
            }
        }
    }

    [Fact]
    public void Apply_WithLengthsThatDoNotFit_Throws()
    {
        Assert.Throws<ArgumentException>(() => SlidingProduct.Apply(new float[3], new float[11], new float[10]));
        Assert.Throws<ArgumentException>(() => SlidingProduct.Apply(new float[3], new float[3], new float[11], new float[10], new float[10]));
        Assert.Throws<ArgumentException>(() => SlidingProduct.Apply(new float[3], new float[2], new float[12], new float[10], new float[10]));
        Assert.Throws<ArgumentException>(() => SlidingProduct.Apply(new float[3], new float[3], new float[12], new float[10], new float[9]));
    }

    private static float[] Noise(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];

    private static double Sum(float[] taps, float[] samples, int place) => taps.Select((tap, k) => (double)tap * samples[place + k]).Sum();
}
