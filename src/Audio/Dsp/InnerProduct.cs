using System.Numerics;
using System.Runtime.InteropServices;

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
        var (width, length) = CheckLengths(taps.Length, taps.Length, samples.Length);
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

    /// <summary>Two filters over the same samples, summed as by the other overload.</summary>
    /// <param name="first">A multiple of the vector width.</param>
    /// <param name="second">As many taps.</param>
    /// <param name="samples">At least as many samples.</param>
    public static (float First, float Second) Dot(ReadOnlySpan<float> first, ReadOnlySpan<float> second, ReadOnlySpan<float> samples)
    {
        var (width, length) = CheckLengths(first.Length, second.Length, samples.Length);
        ref var firstTap = ref MemoryMarshal.GetReference(first);
        ref var secondTap = ref MemoryMarshal.GetReference(second);
        ref var sample = ref MemoryMarshal.GetReference(samples);
        var firstSum = Vector<float>.Zero;
        var secondSum = Vector<float>.Zero;
        for (nuint i = 0; i < length; i += width)
        {
            var x = Vector.LoadUnsafe(ref sample, i);
            firstSum += Vector.LoadUnsafe(ref firstTap, i) * x;
            secondSum += Vector.LoadUnsafe(ref secondTap, i) * x;
        }

        return (Vector.Sum(firstSum), Vector.Sum(secondSum));
    }

    /// <summary>The loads above are unchecked, so every length is checked here.</summary>
    private static (nuint Width, nuint Length) CheckLengths(int first, int second, int samples)
    {
        if (first % Vector<float>.Count != 0 || second != first || samples < first)
            throw new ArgumentException($"Taps come in whole vectors of {Vector<float>.Count} and need as many samples; got {first}, {second} and {samples}.");
        return ((nuint)Vector<float>.Count, (nuint)first);
    }
}
