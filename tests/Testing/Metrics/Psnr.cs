using RtcEnhance.Video;

namespace RtcEnhance.Testing.Metrics;

/// <summary>Peak signal-to-noise ratio of 8-bit planes. Thread-safe.</summary>
public static class Psnr
{
    /// <summary>The ratio over a plane.</summary>
    /// <param name="reference">The original.</param>
    /// <param name="test">What is judged; of the same size.</param>
    /// <param name="border">Samples left out at every edge.</param>
    /// <returns>Decibels; positive infinity where the planes are equal.</returns>
    /// <exception cref="ArgumentException">Sizes differ, or nothing is left inside the border.</exception>
    public static double Compute(PlaneView reference, PlaneView test, int border = 0)
        => FromMeanSquaredError(MeanSquaredError(reference, test, border));

    /// <summary>The mean squared error over a plane, to be averaged over planes or frames.</summary>
    /// <param name="reference">The original.</param>
    /// <param name="test">What is judged; of the same size.</param>
    /// <param name="border">Samples left out at every edge.</param>
    /// <returns>The mean squared difference.</returns>
    /// <exception cref="ArgumentException">Sizes differ, or nothing is left inside the border.</exception>
    public static double MeanSquaredError(PlaneView reference, PlaneView test, int border = 0)
    {
        int width = reference.Width - (2 * border);
        int height = reference.Height - (2 * border);
        if (reference.Width != test.Width || reference.Height != test.Height || width < 1 || height < 1)
            throw new ArgumentException($"Planes of {reference.Width}x{reference.Height} and {test.Width}x{test.Height} cannot be compared inside a border of {border}.", nameof(test));
        long sum = 0;
        for (int y = border; y < border + height; y++)
        {
            ReadOnlySpan<byte> a = reference.Row(y).Slice(border, width);
            ReadOnlySpan<byte> b = test.Row(y).Slice(border, width);
            for (int x = 0; x < width; x++)
            {
                int difference = a[x] - b[x];
                sum += difference * difference;
            }
        }

        return (double)sum / ((long)width * height);
    }

    /// <summary>The ratio of a mean squared error against a peak of 255.</summary>
    /// <param name="meanSquaredError">The error.</param>
    /// <returns>Decibels; positive infinity for no error.</returns>
    public static double FromMeanSquaredError(double meanSquaredError)
        => 10 * Math.Log10(255.0 * 255.0 / meanSquaredError);
}
