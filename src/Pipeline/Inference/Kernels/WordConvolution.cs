using System.Runtime.CompilerServices;

namespace RtcEnhance.Inference;

/// <summary>
/// Sums of a convolution over one channel of 16-bit samples, eight samples at a time. Each lane multiplies two
/// neighbouring columns of the kernel. Thread-safe.
/// </summary>
internal static class WordConvolution
{
    private const int Channels = ByteConvolution.Channels;

    /// <summary>Odd square kernels, up to 16 channels out.</summary>
    /// <param name="source">The upper left sample that the first result depends on.</param>
    /// <param name="rows">Element offsets of the source's rows from that sample, one for each row of the kernel.</param>
    /// <param name="weights">[kernel rows x pairs of columns x 16 outputs x 2 columns] words.</param>
    /// <param name="biases">One for each output.</param>
    /// <param name="outputs">Channels that go out.</param>
    /// <param name="sums">[samples x <paramref name="stride"/>], and 16 more that may be overwritten.</param>
    /// <param name="stride">Sums from one sample to the next, 8 or 16.</param>
    /// <param name="count">Samples, rounded up to eights.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Convolve<TLanes>(
        ref short source, ReadOnlySpan<nint> rows, ref int weights, ref int biases, int outputs, ref int sums, int stride, int count)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        int pairs = (rows.Length + 1) / 2;
        for (int x = 0; x < count; x += ByteConvolution.Samples)
        {
            for (int group = 0; group < outputs; group += TLanes.Count)
            {
                TLanes s0 = TLanes.Load(ref biases, group);
                TLanes s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
                ref int run = ref Unsafe.Add(ref weights, group);
                foreach (nint offset in rows)
                {
                    ref byte row = ref Unsafe.As<short, byte>(ref Unsafe.Add(ref source, offset));
                    for (int pair = 0; pair < pairs; pair++)
                    {
                        TLanes w = TLanes.Load(ref run, 0);
                        run = ref Unsafe.Add(ref run, Channels);
                        s0 += TLanes.MultiplyAddWords(TLanes.Broadcast4(ref row, 0), w);
                        s1 += TLanes.MultiplyAddWords(TLanes.Broadcast4(ref row, 2), w);
                        s2 += TLanes.MultiplyAddWords(TLanes.Broadcast4(ref row, 4), w);
                        s3 += TLanes.MultiplyAddWords(TLanes.Broadcast4(ref row, 6), w);
                        s4 += TLanes.MultiplyAddWords(TLanes.Broadcast4(ref row, 8), w);
                        s5 += TLanes.MultiplyAddWords(TLanes.Broadcast4(ref row, 10), w);
                        s6 += TLanes.MultiplyAddWords(TLanes.Broadcast4(ref row, 12), w);
                        s7 += TLanes.MultiplyAddWords(TLanes.Broadcast4(ref row, 14), w);
                        row = ref Unsafe.Add(ref row, 4);
                    }
                }

                // In rising order: at stride 8 a full vector's upper half is overwritten by the next sample.
                s0.Store(ref sums, group);
                s1.Store(ref sums, stride + group);
                s2.Store(ref sums, (2 * stride) + group);
                s3.Store(ref sums, (3 * stride) + group);
                s4.Store(ref sums, (4 * stride) + group);
                s5.Store(ref sums, (5 * stride) + group);
                s6.Store(ref sums, (6 * stride) + group);
                s7.Store(ref sums, (7 * stride) + group);
            }

            source = ref Unsafe.Add(ref source, ByteConvolution.Samples);
            sums = ref Unsafe.Add(ref sums, ByteConvolution.Samples * stride);
        }
    }
}
