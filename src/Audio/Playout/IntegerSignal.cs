using System.Numerics;
using System.Runtime.InteropServices;

namespace RtcEnhance.Audio;

/// <summary>
/// Signals as integers, so that what is decided from them is the same on every machine: sums of integers do not depend
/// on their order. Thread-safe.
/// </summary>
internal static class IntegerSignal
{
    // 2047 products of two values of so many bits and a sign fit 32 bits; a splice compares at most 1440 samples.
    private const int ScaledBits = 10;

    /// <summary>Rounds to 16-bit values, half to even, and clips; not-a-number is silence.</summary>
    /// <param name="samples">[-1, 1].</param>
    /// <param name="integers">At least as long.</param>
    public static void Quantize(ReadOnlySpan<float> samples, Span<int> integers)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(samples);
        var output = MemoryMarshal.Cast<int, Vector<int>>(integers);
        for (int i = 0; i < vectors.Length; i++)
        {
            var scaled = Vector.Min(Vector.Max(vectors[i] * 32768f, new Vector<float>(short.MinValue)), new Vector<float>(short.MaxValue));
            output[i] = Vector.ConvertToInt32(Vector.Round(scaled));
        }

        for (int i = vectors.Length * Vector<float>.Count; i < samples.Length; i++)
            integers[i] = Pcm16.FromFloat(samples[i]);
    }

    /// <summary>Takes the mean from one channel of interleaved samples and returns it.</summary>
    public static int RemoveMean(Span<int> signal, int channel, int channels)
    {
        long sum = 0;
        for (int i = channel; i < signal.Length; i += channels)
            sum += signal[i];
        int mean = (int)(sum * channels / Math.Max(1, signal.Length));
        for (int i = channel; i < signal.Length; i += channels)
            signal[i] -= mean;
        return mean;
    }

    /// <summary>Shifts a signal until 1024 is its largest magnitude, so that <see cref="Dot"/> does not overflow.</summary>
    public static void Scale(ReadOnlySpan<int> signal, Span<int> scaled)
    {
        int bits = 0;
        foreach (int sample in signal)
            bits |= Math.Abs(sample);
        int shift = Math.Max(0, BitOperations.Log2((uint)bits | 1) + 1 - ScaledBits);
        for (int i = 0; i < signal.Length; i++)
            scaled[i] = signal[i] >> shift;
    }

    /// <summary>Sum of products of two signals of one length.</summary>
    public static int Dot(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        int length = Math.Min(first.Length, second.Length);
        ref int a = ref MemoryMarshal.GetReference(first);
        ref int b = ref MemoryMarshal.GetReference(second);
        var sums = Vector<int>.Zero;
        int i = 0;
        for (; i <= length - Vector<int>.Count; i += Vector<int>.Count)
            sums += Vector.LoadUnsafe(ref a, (nuint)i) * Vector.LoadUnsafe(ref b, (nuint)i);
        int sum = Vector.Sum(sums);
        for (; i < length; i++)
            sum += first[i] * second[i];
        return sum;
    }
}
