using System.Numerics;
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

        int columns = width - Window + 1;
        var rows = new RowSums[Window];
        for (int r = 0; r < Window; r++)
            rows[r] = new RowSums(width);
        var vertical = new RowSums(width);
        double total = 0;
        for (int y = 0; y < height; y++)
        {
            rows[y % Window].Load(reference.Row(border + y).Slice(border, width), test.Row(border + y).Slice(border, width));
            if (y < Window - 1)
                continue;
            vertical.Sum(rows, y - Window + 1);
            total += SumRow(vertical, columns);
        }

        return total / ((double)columns * (height - Window + 1));
    }

    private static double[] Gaussian(double sigma)
    {
        var weights = new double[Window];
        for (int i = 0; i < Window; i++)
            weights[i] = Math.Exp(-(i - (Window / 2)) * (i - (Window / 2)) / (2 * sigma * sigma));
        double sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }

    /// <summary>Similarities of one row of windows, from sums along y: the sums along x are taken here.</summary>
    private static double SumRow(RowSums vertical, int columns)
    {
        double total = 0;
        int x = 0;
        for (; x <= columns - Vector<double>.Count; x += Vector<double>.Count)
        {
            total += Vector.Sum(Similarity(
                Horizontal(vertical.A, x), Horizontal(vertical.B, x), Horizontal(vertical.AA, x), Horizontal(vertical.BB, x), Horizontal(vertical.AB, x)));
        }

        for (; x < columns; x++)
        {
            total += Similarity(
                new(Single(vertical.A, x)), new(Single(vertical.B, x)), new(Single(vertical.AA, x)), new(Single(vertical.BB, x)), new(Single(vertical.AB, x)))[0];
        }

        return total;
    }

    private static Vector<double> Similarity(Vector<double> a, Vector<double> b, Vector<double> aa, Vector<double> bb, Vector<double> ab)
    {
        Vector<double> variances = aa - (a * a) + bb - (b * b);
        Vector<double> covariance = ab - (a * b);
        return (((2 * a * b) + new Vector<double>(C1)) * ((2 * covariance) + new Vector<double>(C2)))
            / (((a * a) + (b * b) + new Vector<double>(C1)) * (variances + new Vector<double>(C2)));
    }

    private static Vector<double> Horizontal(double[] values, int x)
    {
        var sum = Vector<double>.Zero;
        for (int i = 0; i < Window; i++)
            sum += Weights[i] * new Vector<double>(values, x + i);
        return sum;
    }

    private static double Single(double[] values, int x)
    {
        double sum = 0;
        for (int i = 0; i < Window; i++)
            sum += Weights[i] * values[x + i];
        return sum;
    }

    /// <summary>A row of both pictures, and its squares and products.</summary>
    private sealed class RowSums(int width)
    {
        public double[] A { get; } = new double[width];

        public double[] B { get; } = new double[width];

        public double[] AA { get; } = new double[width];

        public double[] BB { get; } = new double[width];

        public double[] AB { get; } = new double[width];

        public void Load(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
        {
            for (int x = 0; x < a.Length; x++)
            {
                double valueA = a[x];
                double valueB = b[x];
                A[x] = valueA;
                B[x] = valueB;
                AA[x] = valueA * valueA;
                BB[x] = valueB * valueB;
                AB[x] = valueA * valueB;
            }
        }

        public void Sum(RowSums[] rows, int first)
        {
            Sum(rows, first, static row => row.A);
            Sum(rows, first, static row => row.B);
            Sum(rows, first, static row => row.AA);
            Sum(rows, first, static row => row.BB);
            Sum(rows, first, static row => row.AB);
        }

        private void Sum(RowSums[] rows, int first, Func<RowSums, double[]> part)
        {
            double[] target = part(this);
            Array.Clear(target);
            for (int i = 0; i < Window; i++)
            {
                double[] source = part(rows[(first + i) % Window]);
                double weight = Weights[i];
                int x = 0;
                for (; x <= target.Length - Vector<double>.Count; x += Vector<double>.Count)
                    (new Vector<double>(target, x) + (weight * new Vector<double>(source, x))).CopyTo(target, x);
                for (; x < target.Length; x++)
                    target[x] += weight * source[x];
            }
        }
    }
}
