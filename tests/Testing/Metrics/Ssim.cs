using RtcEnhance.Video;

namespace RtcEnhance.Testing.Metrics;

/// <summary>
/// Structural similarity of 8-bit planes as in Wang et al. 2004: a Gaussian window of 11x11 with sigma 1.5,
/// K1 = 0.01, K2 = 0.03, peak 255; the mean over every place where the whole window lies inside the plane (5 samples at
/// each edge are centres of no window). Thread-safe.
/// </summary>
public static class Ssim
{
    private const int Window = 11;
    private const double C1 = 0.01 * 255 * 0.01 * 255;
    private const double C2 = 0.03 * 255 * 0.03 * 255;

    private static readonly double[] Weights = Gaussian(1.5);

    /// <summary>The mean similarity over a plane.</summary>
    /// <param name="reference">The original.</param>
    /// <param name="test">What is judged; of the same size.</param>
    /// <param name="border">Samples left out at every edge before windows are laid.</param>
    /// <returns>At most 1, which means equal.</returns>
    /// <exception cref="ArgumentException">Sizes differ, or no whole window fits.</exception>
    public static double Compute(PlaneView reference, PlaneView test, int border = 0)
    {
        int width = reference.Width - (2 * border);
        int height = reference.Height - (2 * border);
        if (reference.Width != test.Width || reference.Height != test.Height || width < Window || height < Window)
            throw new ArgumentException($"Planes of {reference.Width}x{reference.Height} and {test.Width}x{test.Height} cannot be compared by windows of {Window}x{Window} inside a border of {border}.", nameof(test));

        // Window sums of a, b, a^2, b^2 and a b along x for eleven rows at a time, then along y.
        int columns = width - Window + 1;
        var rows = new double[Window][];
        for (int r = 0; r < Window; r++)
            rows[r] = new double[5 * columns];
        double total = 0;
        for (int y = 0; y < height; y++)
        {
            SumAlongRow(reference.Row(border + y).Slice(border, width), test.Row(border + y).Slice(border, width), rows[y % Window]);
            if (y >= Window - 1)
                total += SumAlongColumns(rows, y - Window + 1, columns);
        }

        return total / ((double)columns * (height - Window + 1));
    }

    private static double[] Gaussian(double sigma)
    {
        var weights = new double[Window];
        for (int i = 0; i < Window; i++)
            weights[i] = Math.Exp(-(i - (Window / 2)) * (i - (Window / 2)) / (2 * sigma * sigma));
        double sum = weights.Sum();
        for (int i = 0; i < Window; i++)
            weights[i] /= sum;
        return weights;
    }

    private static void SumAlongRow(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, double[] sums)
    {
        for (int x = 0; x < sums.Length / 5; x++)
        {
            double sumA = 0, sumB = 0, sumAA = 0, sumBB = 0, sumAB = 0;
            for (int i = 0; i < Window; i++)
            {
                double valueA = a[x + i];
                double valueB = b[x + i];
                double weight = Weights[i];
                sumA += weight * valueA;
                sumB += weight * valueB;
                sumAA += weight * valueA * valueA;
                sumBB += weight * valueB * valueB;
                sumAB += weight * valueA * valueB;
            }

            sums[5 * x] = sumA;
            sums[(5 * x) + 1] = sumB;
            sums[(5 * x) + 2] = sumAA;
            sums[(5 * x) + 3] = sumBB;
            sums[(5 * x) + 4] = sumAB;
        }
    }

    private static double SumAlongColumns(double[][] rows, int firstRow, int columns)
    {
        double total = 0;
        Span<double> sums = stackalloc double[5];
        for (int x = 0; x < columns; x++)
        {
            sums.Clear();
            for (int i = 0; i < Window; i++)
            {
                ReadOnlySpan<double> row = rows[(firstRow + i) % Window].AsSpan(5 * x, 5);
                for (int s = 0; s < 5; s++)
                    sums[s] += Weights[i] * row[s];
            }

            double varianceA = sums[2] - (sums[0] * sums[0]);
            double varianceB = sums[3] - (sums[1] * sums[1]);
            double covariance = sums[4] - (sums[0] * sums[1]);
            total += ((2 * sums[0] * sums[1]) + C1) * ((2 * covariance) + C2)
                / (((sums[0] * sums[0]) + (sums[1] * sums[1]) + C1) * (varianceA + varianceB + C2));
        }

        return total;
    }
}
