using System.Numerics;

namespace RtcEnhance.Loopback.Scoring;

/// <summary>Finds by how much a recording lags the original. Thread-safe.</summary>
public static class Alignment
{
    private const int CoarseStep = 8;

    /// <summary>The lag with the largest correlation.</summary>
    /// <param name="original">What was sent.</param>
    /// <param name="recording">What was played, same rate.</param>
    /// <param name="maxLag">Largest lag looked at, in samples.</param>
    /// <returns>0 to <paramref name="maxLag"/>.</returns>
    public static int FindLag(ReadOnlySpan<float> original, ReadOnlySpan<float> recording, int maxLag)
    {
        // Coarse on a decimated envelope-free signal, then exact around the winner.
        float[] a = Decimate(original);
        float[] b = Decimate(recording);
        int coarse = Best(a, b, 0, maxLag / CoarseStep);
        return Best(original, recording, Math.Max(0, (coarse - 2) * CoarseStep), Math.Min(maxLag, (coarse + 2) * CoarseStep));
    }

    /// <summary>The recording moved back by its lag and cut or padded to the original's length.</summary>
    /// <param name="recording">What was played.</param>
    /// <param name="lag">Its lag in samples.</param>
    /// <param name="length">Length of the result.</param>
    /// <returns>The aligned samples.</returns>
    public static float[] Shift(ReadOnlySpan<float> recording, int lag, int length)
    {
        var aligned = new float[length];
        ReadOnlySpan<float> rest = recording[Math.Min(lag, recording.Length)..];
        rest[..Math.Min(rest.Length, length)].CopyTo(aligned);
        return aligned;
    }

    /// <summary>The sum of the products of two signals.</summary>
    /// <param name="a">One signal.</param>
    /// <param name="b">The other one, as long.</param>
    /// <returns>The sum.</returns>
    public static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = Vector<float>.Zero;
        int i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
            sum += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        double total = Vector.Sum(sum);
        for (; i < a.Length; i++)
            total += a[i] * b[i];
        return total;
    }

    private static float[] Decimate(ReadOnlySpan<float> samples)
    {
        var decimated = new float[samples.Length / CoarseStep];
        for (int i = 0; i < decimated.Length; i++)
        {
            float sum = 0;
            for (int k = 0; k < CoarseStep; k++)
                sum += samples[(i * CoarseStep) + k];
            decimated[i] = sum;
        }

        return decimated;
    }

    private static int Best(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int from, int to)
    {
        int best = from;
        double highest = double.MinValue;
        for (int lag = from; lag <= to && lag < b.Length; lag++)
        {
            int count = Math.Min(a.Length, b.Length - lag);
            double correlation = Dot(a[..count], b.Slice(lag, count));
            if (correlation > highest)
            {
                highest = correlation;
                best = lag;
            }
        }

        return best;
    }
}
