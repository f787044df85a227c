using System.Numerics;
using System.Runtime.InteropServices;

namespace RtcEnhance.Audio;

/// <summary>Sums of products, over whole vectors for filters whose taps are zero-padded to them. Thread-safe.</summary>
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
        var width = (nuint)Vector<float>.Count;
        var length = (nuint)taps.Length;
        // The loads below are unchecked.
        if (length % width != 0 || samples.Length < taps.Length)
            throw new ArgumentException($"Taps come in whole vectors of {width} and need as many samples; got {taps.Length} and {samples.Length}.");
        ref var tap = ref MemoryMarshal.GetReference(taps);
        ref var sample = ref MemoryMarshal.GetReference(samples);
        var even = Vector<float>.Zero;
        var odd = Vector<float>.Zero;
        nuint i = 0;
        for (; i + 2 * width <= length; i += 2 * width)
        {
            even += Vector.LoadUnsafe(ref tap, i) * Vector.LoadUnsafe(ref sample, i);
            odd += Vector.LoadUnsafe(ref tap, i + width) * Vector.LoadUnsafe(ref sample, i + width);
        }

        if (i < length)
            even += Vector.LoadUnsafe(ref tap, i) * Vector.LoadUnsafe(ref sample, i);
        return Vector.Sum(even + odd);
    }

    /// <summary>Sum of products of any number of samples, in whole vectors, two at a time, and a scalar rest.</summary>
    /// <param name="first">Samples.</param>
    /// <param name="second">At least as many.</param>
    public static float Sum(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        second = second[..first.Length];
        ref var a = ref MemoryMarshal.GetReference(first);
        ref var b = ref MemoryMarshal.GetReference(second);
        var width = Vector<float>.Count;
        var even = Vector<float>.Zero;
        var odd = Vector<float>.Zero;
        var i = 0;
        for (; i + 2 * width <= first.Length; i += 2 * width)
        {
            even = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref a, (nuint)i), Vector.LoadUnsafe(ref b, (nuint)i), even);
            odd = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref a, (nuint)(i + width)), Vector.LoadUnsafe(ref b, (nuint)(i + width)), odd);
        }

        var sum = Vector.Sum(even + odd);
        for (; i < first.Length; i++)
            sum += first[i] * second[i];
        return sum;
    }

    /// <summary>Sum of squares, as by <see cref="Sum"/>.</summary>
    public static float Energy(ReadOnlySpan<float> samples) => Sum(samples, samples);
}
