using System.Numerics;

namespace RtcEnhance.Audio;

/// <summary>Sums of products for filters whose taps are zero-padded to whole vectors. Thread-safe.</summary>
internal static class InnerProduct
{
    /// <summary>Taps rounded up to whole vectors; samples must be readable that far.</summary>
    public static int PaddedLength(int taps) => (taps + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;

    /// <summary>
    /// Sum of products in two accumulators, which hide the add's latency. What lies past a filter's last tap is
    /// multiplied by a zero coefficient.
    /// </summary>
    /// <param name="taps">A multiple of the vector width.</param>
    /// <param name="samples">At least as many samples.</param>
    public static float Dot(ReadOnlySpan<float> taps, ReadOnlySpan<float> samples)
    {
        var even = Vector<float>.Zero;
        var odd = Vector<float>.Zero;
        var width = Vector<float>.Count;
        samples = samples[..taps.Length];
        var i = 0;
        for (; i <= taps.Length - 2 * width; i += 2 * width)
        {
            even += new Vector<float>(taps[i..]) * new Vector<float>(samples[i..]);
            odd += new Vector<float>(taps[(i + width)..]) * new Vector<float>(samples[(i + width)..]);
        }

        if (i < taps.Length)
            even += new Vector<float>(taps[i..]) * new Vector<float>(samples[i..]);
        return Vector.Sum(even + odd);
    }
}
