using RtcEnhance.Testing.Metrics;
using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

[Trait("Category", "Simd")]
public sealed class PictureMetricsTests
{
    [Fact]
    public void Psnr_EverySampleOffByFive_IsThatOfTwentyFive()
    {
        byte[] a = Plane(20, 20, (x, y) => (byte)(50 + x + y));
        byte[] b = Plane(20, 20, (x, y) => (byte)(50 + x + y + ((x + y) % 2 == 0 ? 5 : -5)));

        Assert.Equal(10 * Math.Log10(255.0 * 255 / 25), Psnr.Compute(View(a), View(b)), 9);
        Assert.Equal(double.PositiveInfinity, Psnr.Compute(View(a), View(a)));
    }

    [Fact]
    public void Psnr_Border_LeavesTheEdgesOut()
    {
        byte[] a = Plane(20, 20, (x, y) => 100);
        byte[] b = Plane(20, 20, (x, y) => (byte)(x is 0 or 19 || y is 0 or 19 ? 0 : 101));

        Assert.Equal(1, Psnr.MeanSquaredError(View(a), View(b), 1), 9);
        Assert.Throws<ArgumentException>(() => Psnr.Compute(View(a), View(b), 10));
    }

    [Fact]
    public void Ssim_OneWindow_EqualsTheDirectSum()
    {
        var random = new Random(4);
        byte[] a = Plane(11, 11, (_, _) => (byte)random.Next(256));
        byte[] b = Plane(11, 11, (_, _) => (byte)random.Next(256));
        double weights = 0, meanA = 0, meanB = 0, squareA = 0, squareB = 0, product = 0;
        for (int i = 0; i < 121; i++)
        {
            double weight = Math.Exp(-(Math.Pow((i % 11) - 5, 2) + Math.Pow((i / 11) - 5, 2)) / (2 * 1.5 * 1.5));
            weights += weight;
            meanA += weight * a[i];
            meanB += weight * b[i];
            squareA += weight * a[i] * a[i];
            squareB += weight * b[i] * b[i];
            product += weight * a[i] * b[i];
        }

        meanA /= weights;
        meanB /= weights;
        double varianceA = (squareA / weights) - (meanA * meanA);
        double varianceB = (squareB / weights) - (meanB * meanB);
        double covariance = (product / weights) - (meanA * meanB);
        double expected = ((2 * meanA * meanB) + 6.5025) * ((2 * covariance) + 58.5225)
            / (((meanA * meanA) + (meanB * meanB) + 6.5025) * (varianceA + varianceB + 58.5225));

        Assert.Equal(expected, Ssim.Compute(View(a, 11), View(b, 11)), 9);
    }

    [Fact]
    public void Ssim_EqualPlanes_IsOneAndTooSmallOnesThrow()
    {
        byte[] a = Plane(20, 20, (x, y) => (byte)(x * y));

        Assert.Equal(1, Ssim.Compute(View(a), View(a)), 12);
        Assert.Throws<ArgumentException>(() => Ssim.Compute(View(a), View(a), 5));
    }

    private static byte[] Plane(int width, int height, Func<int, int, byte> sample)
        => [.. Enumerable.Range(0, width * height).Select(i => sample(i % width, i / width))];

    private static PlaneView View(byte[] samples, int width = 20) => new(samples, width, samples.Length / width, width);
}
