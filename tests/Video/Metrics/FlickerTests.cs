using RtcEnhance.Testing.Metrics;
using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

public sealed class FlickerTests
{
    [Fact]
    public void Compute_FourSamples_EqualsTheSumByHand()
    {
        byte[] referenceBefore = [10, 20, 30, 40];
        byte[] reference = [12, 20, 25, 240];
        byte[] testBefore = [100, 200, 0, 255];
        byte[] test = [101, 203, 0, 0];

        // Changes: 2, 0, -5, 200 in the original; 1, 3, 0, -255 in what is judged.
        Assert.Equal((1 + 3 + 5 + 455) / 4.0, Flicker.Compute(View(referenceBefore), View(reference), View(testBefore), View(test)), 12);
    }

    [Fact]
    public void Compute_ConstantError_IsNoFlicker()
    {
        byte[] referenceBefore = [10, 20, 30, 40];
        byte[] reference = [50, 0, 30, 45];
        byte[] testBefore = [17, 27, 37, 47];
        byte[] test = [57, 7, 37, 52];

        Assert.Equal(0, Flicker.Compute(View(referenceBefore), View(reference), View(testBefore), View(test)));
    }

    [Fact]
    public void Compute_Stride_LeavesThePaddingOut()
    {
        byte[] plain = [1, 2, 3, 4];
        byte[] padded = [1, 2, 200, 3, 4, 200];

        Assert.Equal(0, Flicker.Compute(View(plain), View(plain), View(plain), new PlaneView(padded, 2, 2, 3)));
    }

    [Fact]
    public void Compute_OtherSize_Throws()
        => Assert.Throws<ArgumentException>(() => Flicker.Compute(View([1, 2, 3, 4]), View([1, 2, 3, 4]), View([1, 2, 3, 4, 5, 6]), View([1, 2, 3, 4])));

    private static PlaneView View(byte[] samples) => new(samples, samples.Length / 2, 2, samples.Length / 2);
}
