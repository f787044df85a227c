using RtcEnhance.Video;
using static RtcEnhance.Tests.Video.FramesForTests;

namespace RtcEnhance.Tests.Video;

[Trait("Category", "Simd")]
public sealed class EdgeAdaptiveUpscalerTests
{
    [Theory]
    [InlineData(1, 1, 2, 2)]
    [InlineData(1, 1, 5, 3)]
    [InlineData(2, 2, 4, 4)]
    [InlineData(45, 31, 90, 62)]
    [InlineData(64, 20, 128, 40)]
    [InlineData(45, 31, 68, 47)]
    [InlineData(33, 21, 99, 63)]
    [InlineData(40, 30, 30, 40)]
    [InlineData(20, 15, 40, 50)]
    public void Process_AnySize_IsWithinOneOfTheReference(int width, int height, int targetWidth, int targetHeight)
    {
        using VideoFrame source = Smooth(width, height);
        using VideoFrame target = Empty(targetWidth, targetHeight);

        Upscale(new EdgeAdaptiveUpscaler(), source, target);

        double[] expected = ReferenceEasu.Resize(Samples(source.Y), width, height, targetWidth, targetHeight);
        byte[] found = Samples(target.Y);
        double worst = Enumerable.Range(0, found.Length).Max(i => Math.Abs(found[i] - expected[i]));
        Assert.True(worst < 1, $"off by {worst}");
    }

    [Fact]
    public void Process_Noise_StaysBetweenTheFourNearestSamples()
    {
        using VideoFrame source = Random(50, 40, 11);
        using VideoFrame target = Empty(100, 80);

        Upscale(new EdgeAdaptiveUpscaler(), source, target);

        for (int y = 1; y < 79; y++)
        {
            for (int x = 1; x < 99; x++)
            {
                ReadOnlySpan<byte> upper = source.Y.Row((y - 1) / 2);
                ReadOnlySpan<byte> lower = source.Y.Row((y + 1) / 2);
                byte[] near = [upper[(x - 1) / 2], upper[(x + 1) / 2], lower[(x - 1) / 2], lower[(x + 1) / 2]];
                Assert.InRange(target.Y.Row(y)[x], near.Min(), near.Max());
            }
        }
    }

    [Fact]
    public void Process_Chroma_EqualsBicubic()
    {
        using VideoFrame source = Random(50, 40, 12);
        using VideoFrame target = Empty(100, 80);
        using VideoFrame bicubic = Empty(100, 80);

        Upscale(new EdgeAdaptiveUpscaler(), source, target);
        Upscale(new BicubicUpscaler(), source, bicubic);

        Assert.Equal(Samples(bicubic.U), Samples(target.U));
        Assert.Equal(Samples(bicubic.V), Samples(target.V));
    }

    // Diagonal waves with flat parts: edges in every direction, and no place where rounding decides the direction.
    private static VideoFrame Smooth(int width, int height)
    {
        VideoFrame frame = Constant(width, height, 0, 128, 128);
        for (int y = 0; y < height; y++)
        {
            Span<byte> row = frame.Y.Row(y);
            for (int x = 0; x < width; x++)
                row[x] = (byte)Math.Clamp(128 + (170 * Math.Sin((x * 0.5) + (y * 0.31) + (0.02 * x * y))), 0, 255);
        }

        return frame;
    }
}
