using System.Runtime.CompilerServices;

namespace RtcEnhance.Inference;

/// <summary>
/// Sums of convolutions over 8-bit activations, eight samples at a time. A vector holds a run of output channels, each
/// lane four weights of one; four input channels of a sample are broadcast to all lanes, and shared by the three
/// columns of the kernel that see them. Thread-safe.
/// </summary>
internal static class ByteConvolution
{
    /// <summary>Samples made side by side.</summary>
    public const int Samples = 8;

    /// <summary>Samples that a layer makes at a time: few enough for their sums to stay in the first cache.</summary>
    public const int MostSamples = 32;

    /// <summary>Bytes from one sample of the source to the next, and 32-bit lanes of weights in a run.</summary>
    public const int Channels = 16;

    private const int RunBytes = Channels * 4;

    /// <summary>Samples to make at a place of a run: whole eights.</summary>
    public static int CountAt(int x, ColumnRun run) => Math.Min((run.End - x + Samples - 1) / Samples * Samples, MostSamples);

    /// <summary>3 x 3 kernel, up to 16 channels in and out.</summary>
    /// <param name="above">The source's sample left of the first one, in the row above.</param>
    /// <param name="here">The same in the row itself.</param>
    /// <param name="below">The same in the row below.</param>
    /// <param name="weights">[3 rows x quads x 3 columns x 16 outputs x 4 inputs].</param>
    /// <param name="quads">Groups of four input channels.</param>
    /// <param name="biases">One for each output.</param>
    /// <param name="outputs">Channels that go out.</param>
    /// <param name="sums">[samples x <paramref name="stride"/>], and 16 more that may be overwritten.</param>
    /// <param name="stride">Sums from one sample to the next, 8 or 16.</param>
    /// <param name="count">Samples, rounded up to eights.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Convolve3x3<TLanes>(
        ref byte above, ref byte here, ref byte below, ref byte weights, int quads, ref int biases, int outputs, ref int sums, int stride, int count)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        for (int x = 0; x < count; x += Samples)
        {
            for (int group = 0; group < outputs; group += TLanes.Count)
            {
                TLanes s0 = TLanes.Load(ref biases, group);
                TLanes s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
                ref byte run = ref Unsafe.Add(ref weights, group * 4);
                for (int row = 0; row < 3; row++)
                {
                    ref byte source = ref (row == 0 ? ref above : ref (row == 1 ? ref here : ref below));
                    for (int quad = 0; quad < quads; quad++)
                    {
                        TLanes w0 = TLanes.Load(ref run, 0);
                        TLanes w1 = TLanes.Load(ref run, RunBytes);
                        TLanes w2 = TLanes.Load(ref run, 2 * RunBytes);
                        run = ref Unsafe.Add(ref run, 3 * RunBytes);
                        TLanes a = TLanes.Broadcast4(ref source, 0);
                        TLanes b = TLanes.Broadcast4(ref source, Channels);
                        TLanes c = TLanes.Broadcast4(ref source, 2 * Channels);
                        s0 += Sum(a, b, c, w0, w1, w2);
                        a = TLanes.Broadcast4(ref source, 3 * Channels);
                        s1 += Sum(b, c, a, w0, w1, w2);
                        b = TLanes.Broadcast4(ref source, 4 * Channels);
                        s2 += Sum(c, a, b, w0, w1, w2);
                        c = TLanes.Broadcast4(ref source, 5 * Channels);
                        s3 += Sum(a, b, c, w0, w1, w2);
                        a = TLanes.Broadcast4(ref source, 6 * Channels);
                        s4 += Sum(b, c, a, w0, w1, w2);
                        b = TLanes.Broadcast4(ref source, 7 * Channels);
                        s5 += Sum(c, a, b, w0, w1, w2);
                        c = TLanes.Broadcast4(ref source, 8 * Channels);
                        s6 += Sum(a, b, c, w0, w1, w2);
                        a = TLanes.Broadcast4(ref source, 9 * Channels);
                        s7 += Sum(b, c, a, w0, w1, w2);
                        source = ref Unsafe.Add(ref source, 4);
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

            above = ref Unsafe.Add(ref above, Samples * Channels);
            here = ref Unsafe.Add(ref here, Samples * Channels);
            below = ref Unsafe.Add(ref below, Samples * Channels);
            sums = ref Unsafe.Add(ref sums, Samples * stride);
        }
    }

    /// <summary>1 x 1 kernel; parameters as above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Convolve1x1<TLanes>(
        ref byte source, ref byte weights, int quads, ref int biases, int outputs, ref int sums, int stride, int count)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        for (int group = 0; group < outputs; group += TLanes.Count)
        {
            for (int sample = 0; sample < count; sample++)
            {
                TLanes sum = TLanes.Load(ref biases, group);
                for (int quad = 0; quad < quads; quad++)
                {
                    TLanes values = TLanes.Broadcast4(ref source, (sample * Channels) + (4 * quad));
                    sum += TLanes.SumWordPairs(TLanes.MultiplyAddBytes(values, TLanes.Load(ref weights, (quad * RunBytes) + (4 * group))));
                }

                sum.Store(ref sums, (sample * stride) + group);
            }
        }
    }

    // The three columns of a kernel row fit 16 bits together: see QuantisedLayer.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Sum<TLanes>(TLanes a, TLanes b, TLanes c, TLanes w0, TLanes w1, TLanes w2)
        where TLanes : struct, IIntegerLanes<TLanes>
        => TLanes.SumWordPairs(TLanes.AddWords(
            TLanes.AddWords(TLanes.MultiplyAddBytes(a, w0), TLanes.MultiplyAddBytes(b, w1)), TLanes.MultiplyAddBytes(c, w2)));
}
