using System.Numerics;
using System.Runtime.InteropServices;

namespace RtcEnhance.Audio;

/// <summary>
/// Inner products of one set of taps, or two, with every place of a signal: what a filter is whose outputs are many.
/// Thread-safe.
/// </summary>
/// <remarks>
/// Lane = place: a tap is spread over a vector and meets as many neighbouring samples, so that no vector has to be summed
/// up. Several vectors of places at a time hide the add's latency; the places left over go vector by vector, then one by
/// one. Each place sums its products in the order of the taps, as a plain loop does, apart from the rounding of a fused
/// multiply-add.
/// </remarks>
internal static class SlidingProduct
{
    /// <summary>Writes <c>output[n] = sum over k of taps[k] * samples[n + k]</c>.</summary>
    /// <param name="taps">Any number of taps.</param>
    /// <param name="samples">At least as many as the taps and the outputs together less one; may not overlap the output.</param>
    /// <param name="output">Any number of places.</param>
    public static void Apply(ReadOnlySpan<float> taps, ReadOnlySpan<float> samples, Span<float> output)
    {
        CheckLengths(taps.Length, samples.Length, output.Length);
        ref var sample = ref MemoryMarshal.GetReference(samples);
        ref var result = ref MemoryMarshal.GetReference(output);
        var width = Vector<float>.Count;
        var n = 0;
        for (; n + 4 * width <= output.Length; n += 4 * width)
        {
            var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
            for (var k = 0; k < taps.Length; k++)
            {
                var tap = new Vector<float>(taps[k]);
                var place = (nuint)(n + k);
                a = Vector.MultiplyAddEstimate(tap, Vector.LoadUnsafe(ref sample, place), a);
                b = Vector.MultiplyAddEstimate(tap, Vector.LoadUnsafe(ref sample, place + (nuint)width), b);
                c = Vector.MultiplyAddEstimate(tap, Vector.LoadUnsafe(ref sample, place + (nuint)(2 * width)), c);
                d = Vector.MultiplyAddEstimate(tap, Vector.LoadUnsafe(ref sample, place + (nuint)(3 * width)), d);
            }

            a.StoreUnsafe(ref result, (nuint)n);
            b.StoreUnsafe(ref result, (nuint)(n + width));
            c.StoreUnsafe(ref result, (nuint)(n + 2 * width));
            d.StoreUnsafe(ref result, (nuint)(n + 3 * width));
        }

        for (; n + width <= output.Length; n += width)
        {
            var sum = Vector<float>.Zero;
            for (var k = 0; k < taps.Length; k++)
                sum = Vector.MultiplyAddEstimate(new Vector<float>(taps[k]), Vector.LoadUnsafe(ref sample, (nuint)(n + k)), sum);
            sum.StoreUnsafe(ref result, (nuint)n);
        }

        for (; n < output.Length; n++)
            output[n] = Sum(taps, samples[n..]);
    }

    /// <summary>Two filters over the same samples, each as the other overload computes it.</summary>
    /// <param name="first">Any number of taps.</param>
    /// <param name="second">As many taps.</param>
    /// <param name="samples">At least as many as the taps and the outputs together less one; may overlap neither output.</param>
    /// <param name="firstOutput">Any number of places.</param>
    /// <param name="secondOutput">As many places.</param>
    public static void Apply(
        ReadOnlySpan<float> first, ReadOnlySpan<float> second, ReadOnlySpan<float> samples, Span<float> firstOutput, Span<float> secondOutput)
    {
        CheckLengths(first.Length, samples.Length, firstOutput.Length);
        if (second.Length != first.Length || secondOutput.Length != firstOutput.Length)
            throw new ArgumentException($"Two filters of one length make outputs of one length; got {first.Length} and {second.Length} taps, {firstOutput.Length} and {secondOutput.Length} outputs.");
        ref var sample = ref MemoryMarshal.GetReference(samples);
        ref var firstResult = ref MemoryMarshal.GetReference(firstOutput);
        ref var secondResult = ref MemoryMarshal.GetReference(secondOutput);
        var width = Vector<float>.Count;
        var n = 0;
        for (; n + 3 * width <= firstOutput.Length; n += 3 * width)
        {
            var (a, b, c) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
            var (d, e, f) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
            for (var k = 0; k < first.Length; k++)
            {
                var place = (nuint)(n + k);
                var x = Vector.LoadUnsafe(ref sample, place);
                var y = Vector.LoadUnsafe(ref sample, place + (nuint)width);
                var z = Vector.LoadUnsafe(ref sample, place + (nuint)(2 * width));
                var tap = new Vector<float>(first[k]);
                a = Vector.MultiplyAddEstimate(tap, x, a);
                b = Vector.MultiplyAddEstimate(tap, y, b);
                c = Vector.MultiplyAddEstimate(tap, z, c);
                tap = new Vector<float>(second[k]);
                d = Vector.MultiplyAddEstimate(tap, x, d);
                e = Vector.MultiplyAddEstimate(tap, y, e);
                f = Vector.MultiplyAddEstimate(tap, z, f);
            }

            a.StoreUnsafe(ref firstResult, (nuint)n);
            b.StoreUnsafe(ref firstResult, (nuint)(n + width));
            c.StoreUnsafe(ref firstResult, (nuint)(n + 2 * width));
            d.StoreUnsafe(ref secondResult, (nuint)n);
            e.StoreUnsafe(ref secondResult, (nuint)(n + width));
            f.StoreUnsafe(ref secondResult, (nuint)(n + 2 * width));
        }

        Apply(first, samples[n..], firstOutput[n..]);
        Apply(second, samples[n..], secondOutput[n..]);
    }

    private static float Sum(ReadOnlySpan<float> taps, ReadOnlySpan<float> samples)
    {
        float sum = 0;
        for (var k = 0; k < taps.Length; k++)
            sum = float.MultiplyAddEstimate(taps[k], samples[k], sum);
        return sum;
    }

    /// <summary>The loads above are unchecked, so every length is checked here.</summary>
    private static void CheckLengths(int taps, int samples, int outputs)
    {
        if (outputs > 0 && samples < outputs + taps - 1)
            throw new ArgumentException($"{taps} taps at {outputs} places need {outputs + taps - 1} samples; got {samples}.");
    }
}
