namespace RtcEnhance.Benchmarks;

/// <summary>
/// The two Matlab functions that published super-resolution figures rest on, in double precision. Thread-safe.
/// </summary>
public static class MatlabImage
{
    /// <summary><c>imresize(image, 1 / scale)</c>: bicubic, widened against aliasing, mirrored edges, columns before rows.</summary>
    /// <param name="image">The picture; its sides divided by <paramref name="scale"/> are whole numbers.</param>
    /// <param name="scale">Above 1.</param>
    public static RgbImage Reduce(RgbImage image, double scale)
    {
        ArgumentNullException.ThrowIfNull(image);
        var width = (int)(image.Width / scale);
        var height = (int)(image.Height / scale);
        var upright = new double[3 * image.Width * height];
        for (int y = 0; y < height; y++)
        {
            (int first, double[] weights) = Taps(y, scale);
            for (int x = 0; x < 3 * image.Width; x++)
            {
                double sum = 0;
                for (int t = 0; t < weights.Length; t++)
                    sum += weights[t] * image.Pixels[(3 * image.Width * Mirror(first + t, image.Height)) + x];
                upright[(3 * image.Width * y) + x] = sum;
            }
        }

        var pixels = new byte[3 * width * height];
        for (int x = 0; x < 3 * width; x++)
        {
            (int first, double[] weights) = Taps(x / 3, scale);
            for (int y = 0; y < height; y++)
            {
                double sum = 0;
                for (int t = 0; t < weights.Length; t++)
                    sum += weights[t] * upright[(3 * image.Width * y) + (3 * Mirror(first + t, image.Width)) + (x % 3)];
                pixels[(3 * width * y) + x] = (byte)Math.Clamp(Math.Round(sum, MidpointRounding.AwayFromZero), 0, 255);
            }
        }

        return new RgbImage(width, height, pixels);
    }

    /// <summary>The first plane of <c>rgb2ycbcr</c> (BT.601, 16 to 235); of a grey picture its own values.</summary>
    public static byte[] Luma(RgbImage image, bool isGrey)
    {
        ArgumentNullException.ThrowIfNull(image);
        var luma = new byte[image.Width * image.Height];
        for (int i = 0; i < luma.Length; i++)
        {
            double y = 16 + (((65.481 * image.Pixels[3 * i]) + (128.553 * image.Pixels[(3 * i) + 1]) + (24.966 * image.Pixels[(3 * i) + 2])) / 255);
            luma[i] = isGrey ? image.Pixels[3 * i] : (byte)Math.Round(y, MidpointRounding.AwayFromZero);
        }

        return luma;
    }

    // The cubic stretched to the scale's width around an output sample, and the first sample that it weighs.
    private static (int First, double[] Weights) Taps(int target, double scale)
    {
        double center = ((target + 0.5) * scale) - 0.5;
        int first = (int)Math.Floor(center - (2 * scale)) + 1;
        var weights = new double[(int)Math.Ceiling(center + (2 * scale)) - first];
        for (int t = 0; t < weights.Length; t++)
        {
            double x = Math.Abs(first + t - center) / scale;
            weights[t] = x <= 1
                ? (1.5 * x * x * x) - (2.5 * x * x) + 1
                : (-0.5 * x * x * x) + (2.5 * x * x) - (4 * x) + 2;
        }

        double sum = weights.Sum();
        return (first, Array.ConvertAll(weights, weight => weight / sum));
    }

    private static int Mirror(int index, int length)
    {
        int period = 2 * length;
        index = ((index % period) + period) % period;
        return index < length ? index : period - 1 - index;
    }
}
