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
            var second = Noise(random, length);
            var samples = Noise(random, length + 3);

            var (firstSum, secondSum) = InnerProduct.Dot(first, second, samples);

            Assert.Equal(Sum(first, samples), InnerProduct.Dot(first, samples), 4e-6);
            Assert.Equal(Sum(first, samples), firstSum, 4e-6);
            Assert.Equal(Sum(second, samples), secondSum, 4e-6);
        }
    }

    [Fact]
    public void Dot_WithLengthsThatDoNotFit_Throws()
    {
        var width = Vector<float>.Count;

        Assert.Throws<ArgumentException>(() => InnerProduct.Dot(new float[width], new float[width - 1]));
        Assert.Throws<ArgumentException>(() => InnerProduct.Dot(new float[width + 1], new float[2 * width]));
        Assert.Throws<ArgumentException>(() => InnerProduct.Dot(new float[width], new float[2 * width], new float[2 * width]));
    }

    private static float[] Noise(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];

    private static double Sum(float[] taps, float[] samples) => taps.Select((tap, i) => (double)tap * samples[i]).Sum();
}
