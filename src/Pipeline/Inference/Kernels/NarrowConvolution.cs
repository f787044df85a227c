using System.Runtime.CompilerServices;

namespace RtcEnhance.Inference;

/// <summary>
/// Sums of convolutions over at most 8 channels of 8-bit activations to at most 8, eight samples at a time: two
/// neighbouring lanes hold an output's weights for all 8 inputs of a sample. Thread-safe.
/// </summary>
internal static class NarrowConvolution
{
    /// <summary>Bytes from one sample to the next, in source, sums and target.</summary>
    public const int Channels = 8;

    private const int RunBytes = Channels * Channels;

    /// <summary>3 x 3 kernel.</summary>
    /// <param name="above">The source's sample left of the first one, in the row above.</param>
    /// <param name="here">The same in the row itself.</param>
    /// <param name="below">The same in the row below.</param>
    /// <param name="weights">[3 rows x 3 columns x 8 outputs x 8 inputs].</param>
    /// <param name="biases">[8 outputs x 2]: each bias followed by zero.</param>
    /// <param name="sums">[samples x 8 outputs].</param>
    /// <param name="count">Samples, rounded up to eights.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Convolve3x3<TLanes>(
        ref byte above, ref byte here, ref byte below, ref byte weights, ref int biases, ref int sums, int count)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        for (int x = 0; x < count; x += ByteConvolution.Samples)
        {
            for (int group = 0; group < 2 * Channels; group += TLanes.Count)
            {
                TLanes s0 = TLanes.Load(ref biases, group);
                TLanes s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
                ref byte run = ref Unsafe.Add(ref weights, group * 4);
                for (int row = 0; row < 3; row++)
                {
                    ref byte source = ref (row == 0 ? ref above : ref (row == 1 ? ref here : ref below));
                    TLanes w0 = TLanes.Load(ref run, 0);
                    TLanes w1 = TLanes.Load(ref run, RunBytes);
                    TLanes w2 = TLanes.Load(ref run, 2 * RunBytes);
                    run = ref Unsafe.Add(ref run, 3 * RunBytes);
                    TLanes a = TLanes.Broadcast8(ref source, 0);
                    TLanes b = TLanes.Broadcast8(ref source, Channels);
                    TLanes c = TLanes.Broadcast8(ref source, 2 * Channels);
                    s0 += Sum(a, b, c, w0, w1, w2);
                    a = TLanes.Broadcast8(ref source, 3 * Channels);
                    s1 += Sum(b, c, a, w0, w1, w2);
                    b = TLanes.Broadcast8(ref source, 4 * Channels);
                    s2 += Sum(c, a, b, w0, w1, w2);
                    c = TLanes.Broadcast8(ref source, 5 * Channels);
                    s3 += Sum(a, b, c, w0, w1, w2);
                    a = TLanes.Broadcast8(ref source, 6 * Channels);
                    s4 += Sum(b, c, a, w0, w1, w2);
                    b = TLanes.Broadcast8(ref source, 7 * Channels);
                    s5 += Sum(c, a, b, w0, w1, w2);
                    c = TLanes.Broadcast8(ref source, 8 * Channels);
                    s6 += Sum(a, b, c, w0, w1, w2);
                    a = TLanes.Broadcast8(ref source, 9 * Channels);
                    s7 += Sum(b, c, a, w0, w1, w2);
                }

                ref int first = ref Unsafe.Add(ref sums, group / 2);
                StorePair(s0, s1, ref first);
                StorePair(s2, s3, ref Unsafe.Add(ref first, 2 * Channels));
                StorePair(s4, s5, ref Unsafe.Add(ref first, 4 * Channels));
                StorePair(s6, s7, ref Unsafe.Add(ref first, 6 * Channels));
            }

            above = ref Unsafe.Add(ref above, ByteConvolution.Samples * Channels);
            here = ref Unsafe.Add(ref here, ByteConvolution.Samples * Channels);
            below = ref Unsafe.Add(ref below, ByteConvolution.Samples * Channels);
            sums = ref Unsafe.Add(ref sums, ByteConvolution.Samples * Channels);
        }
    }

    // The three columns of a kernel row fit 16 bits together: see QuantisedLayer.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Sum<TLanes>(TLanes a, TLanes b, TLanes c, TLanes w0, TLanes w1, TLanes w2)
        where TLanes : struct, IIntegerLanes<TLanes>
        => TLanes.SumWordPairs(TLanes.AddWords(
            TLanes.AddWords(TLanes.MultiplyAddBytes(a, w0), TLanes.MultiplyAddBytes(b, w1)), TLanes.MultiplyAddBytes(c, w2)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePair<TLanes>(TLanes first, TLanes second, ref int sums)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        TLanes pair = TLanes.SumPairs(first, second);
        if (TLanes.Count == 2 * Channels)
            pair.Store(ref sums, 0);
        else
            pair.StoreHalves(ref sums, ref Unsafe.Add(ref sums, Channels));
    }
}
