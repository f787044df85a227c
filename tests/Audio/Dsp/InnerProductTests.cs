using System.Numerics;

namespace RtcEnhance.Audio.Tests;

[Trait("Category", "Simd")]
public class InnerProductTests
{
    [Fact]
    public void Dot_OfEveryLengthTo200_EqualsTheScalarSum()
    {
        var random = new Random(2);
        for (var length = 0; length <= 200; length += Vector<float>.Count)
        {
            var first = Noise(random, length);
            var samples = Noise(random, length + 3);

            Assert.Equal(Sum(first, samples), InnerProduct.Dot(first, samples), 4e-6);
        }
    }

    [Fact]
    public void Sum_OfEveryLengthTo200_EqualsTheScalarSum()
    {
        var random = new Random(2);
        for (var length = 0; length <= 200; length++)
        {
            var first = Noise(random, length);
            var second = Noise(random, length + 3);

            Assert.Equal(Sum(first, second), InnerProduct.Sum(first, second), 2e-5);
            Assert.Equal(Sum(first, first), InnerProduct.Energy(first), 2e-5);
        }
    }

    [Fact]
    public void Dot_WithLengthsThatDoNotFit_Throws()
    {
        var width = Vector<float>.Count;

        Assert.Throws<ArgumentException>(() => InnerProduct.Dot(new float[width], new float[width - 1]));
        Assert.Throws<ArgumentException>(() => InnerProduct.Dot(new float[width + 1], new float[2 * width]));
        Assert.Throws<ArgumentOutOfRangeException>(() => InnerProduct.Sum(new float[2], new float[1]));
    }

    private static float[] Noise(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];

    private static double Sum(float[] taps, float[] samples) => taps.Select((tap, i) => (double)tap * samples[i]).Sum();
}
