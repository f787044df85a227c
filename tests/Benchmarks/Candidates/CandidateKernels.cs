using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using RtcEnhance.Inference;

namespace RtcEnhance.Benchmarks.Candidates;

/// <summary>Sums of the layers that the engine does not have, over 8-bit activations. Thread-safe.</summary>
internal static class CandidateKernels
{
    private const int Channels = ByteConvolution.Channels;
    private const int Narrow = NarrowConvolution.Channels;
    private const int RunBytes = Channels * 4;

    /// <summary>Depthwise 3 x 3: 64 sums at a time, which is 4 samples of 16 channels or 8 of 8.</summary>
    /// <param name="above">The sample left of the first one, in the row above.</param>
    /// <param name="here">The same in the row itself.</param>
    /// <param name="below">The same in the row below.</param>
    /// <param name="weights">[5 pairs of taps x 2 halves of a lane x 8 channels x 2 taps], see <see cref="PackDepthwise"/>.</param>
    /// <param name="biases">16, repeated from 8 where there are 8 channels.</param>
    /// <param name="sums">Takes the sums, sample by sample.</param>
    /// <param name="channels">8 or 16.</param>
    /// <param name="count">Sums, a multiple of 64.</param>
    public static void Depthwise(ref byte above, ref byte here, ref byte below, ref byte weights, ref int biases, ref int sums, int channels, int count)
    {
        Vector512<int> bias = Vector512.LoadUnsafe(ref biases);
        Vector512<long> first = Vector512.Create(0L, 1, 8, 9, 2, 3, 10, 11);
        Vector512<long> second = Vector512.Create(4L, 5, 12, 13, 6, 7, 14, 15);
        for (int i = 0; i < count; i += Vector512<byte>.Count)
        {
            Vector512<short> low = default;
            Vector512<short> high = default;
            Add(ref low, ref high, Load(ref above, i), Load(ref above, i + channels), ref weights, 0);
            Add(ref low, ref high, Load(ref here, i), Load(ref here, i + channels), ref weights, 1);
            Add(ref low, ref high, Load(ref below, i), Load(ref below, i + channels), ref weights, 2);
            Add(ref low, ref high, Load(ref above, i + (2 * channels)), Load(ref here, i + (2 * channels)), ref weights, 3);
            Add(ref low, ref high, Load(ref below, i + (2 * channels)), Vector512<byte>.Zero, ref weights, 4);
            Vector512<short> a = Avx512F.PermuteVar8x64x2(low.AsInt64(), first, high.AsInt64()).AsInt16();
            Vector512<short> b = Avx512F.PermuteVar8x64x2(low.AsInt64(), second, high.AsInt64()).AsInt16();
            (Avx512F.ConvertToVector512Int32(a.GetLower()) + bias).StoreUnsafe(ref sums, (nuint)i);
            (Avx512F.ConvertToVector512Int32(a.GetUpper()) + bias).StoreUnsafe(ref sums, (nuint)i + 16);
            (Avx512F.ConvertToVector512Int32(b.GetLower()) + bias).StoreUnsafe(ref sums, (nuint)i + 32);
            (Avx512F.ConvertToVector512Int32(b.GetUpper()) + bias).StoreUnsafe(ref sums, (nuint)i + 48);
        }
    }

    /// <summary>Three columns of one row or, given three rows, one column; eight samples at a time.</summary>
    /// <param name="first">The first tap of the first sample.</param>
    /// <param name="second">The same of the second tap.</param>
    /// <param name="third">The same of the third tap.</param>
    /// <param name="weights">[quads x 3 taps x 16 outputs x 4 inputs], or [3 taps x 8 outputs x 8 inputs].</param>
    /// <param name="biases">One for each output; where there are 8, each followed by zero.</param>
    /// <param name="sums">[samples x <paramref name="channels"/>].</param>
    /// <param name="channels">8 or 16, in and out.</param>
    /// <param name="count">Samples, a multiple of 8.</param>
    public static void Line<TLanes>(ref byte first, ref byte second, ref byte third, ref byte weights, ref int biases, ref int sums, int channels, int count)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        if (channels == Narrow)
        {
            for (int x = 0; x < count; x += 2)
            {
                for (int group = 0; group < 2 * Narrow; group += TLanes.Count)
                {
                    ref byte run = ref Unsafe.Add(ref weights, group * 4);
                    TLanes bias = TLanes.Load(ref biases, group);
                    TLanes s0 = bias + ThreeEights<TLanes>(ref first, ref second, ref third, x * Narrow, ref run);
                    TLanes s1 = bias + ThreeEights<TLanes>(ref first, ref second, ref third, (x + 1) * Narrow, ref run);
                    StorePair(s0, s1, ref Unsafe.Add(ref sums, (x * Narrow) + (group / 2)));
                }
            }

            return;
        }

        for (int x = 0; x < count; x += 8)
        {
            for (int group = 0; group < Channels; group += TLanes.Count)
            {
                TLanes s0 = TLanes.Load(ref biases, group);
                TLanes s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
                for (int quad = 0; quad < 4; quad++)
                {
                    ref byte run = ref Unsafe.Add(ref weights, (quad * 3 * RunBytes) + (group * 4));
                    TLanes w0 = TLanes.Load(ref run, 0);
                    TLanes w1 = TLanes.Load(ref run, RunBytes);
                    TLanes w2 = TLanes.Load(ref run, 2 * RunBytes);
                    ref byte a = ref Unsafe.Add(ref first, (x * Channels) + (4 * quad));
                    ref byte b = ref Unsafe.Add(ref second, (x * Channels) + (4 * quad));
                    ref byte c = ref Unsafe.Add(ref third, (x * Channels) + (4 * quad));
                    s0 += Three(ref a, ref b, ref c, 0, w0, w1, w2);
                    s1 += Three(ref a, ref b, ref c, Channels, w0, w1, w2);
                    s2 += Three(ref a, ref b, ref c, 2 * Channels, w0, w1, w2);
                    s3 += Three(ref a, ref b, ref c, 3 * Channels, w0, w1, w2);
                    s4 += Three(ref a, ref b, ref c, 4 * Channels, w0, w1, w2);
                    s5 += Three(ref a, ref b, ref c, 5 * Channels, w0, w1, w2);
                    s6 += Three(ref a, ref b, ref c, 6 * Channels, w0, w1, w2);
                    s7 += Three(ref a, ref b, ref c, 7 * Channels, w0, w1, w2);
                }

                Store(ref Unsafe.Add(ref sums, (x * Channels) + group), s0, s1, s2, s3, s4, s5, s6, s7);
            }
        }
    }

    /// <summary>One place; as <see cref="Line"/> with weights of one tap.</summary>
    public static void Point<TLanes>(ref byte source, ref byte weights, ref int biases, ref int sums, int channels, int count)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        if (channels == Narrow)
        {
            for (int group = 0; group < 2 * Narrow; group += TLanes.Count)
            {
                TLanes w = TLanes.Load(ref weights, group * 4);
                TLanes bias = TLanes.Load(ref biases, group);
                for (int x = 0; x < count; x += 2)
                {
                    TLanes s0 = bias + TLanes.SumWordPairs(TLanes.MultiplyAddBytes(TLanes.Broadcast8(ref source, x * Narrow), w));
                    TLanes s1 = bias + TLanes.SumWordPairs(TLanes.MultiplyAddBytes(TLanes.Broadcast8(ref source, (x + 1) * Narrow), w));
                    StorePair(s0, s1, ref Unsafe.Add(ref sums, (x * Narrow) + (group / 2)));
                }
            }

            return;
        }

        for (int x = 0; x < count; x += 8)
        {
            for (int group = 0; group < Channels; group += TLanes.Count)
            {
                TLanes s0 = TLanes.Load(ref biases, group);
                TLanes s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
                for (int quad = 0; quad < 4; quad++)
                {
                    TLanes w = TLanes.Load(ref weights, (quad * RunBytes) + (group * 4));
                    ref byte a = ref Unsafe.Add(ref source, (x * Channels) + (4 * quad));
                    s0 += One(ref a, 0, w);
                    s1 += One(ref a, Channels, w);
                    s2 += One(ref a, 2 * Channels, w);
                    s3 += One(ref a, 3 * Channels, w);
                    s4 += One(ref a, 4 * Channels, w);
                    s5 += One(ref a, 5 * Channels, w);
                    s6 += One(ref a, 6 * Channels, w);
                    s7 += One(ref a, 7 * Channels, w);
                }

                Store(ref Unsafe.Add(ref sums, (x * Channels) + group), s0, s1, s2, s3, s4, s5, s6, s7);
            }
        }
    }

    /// <summary>A 6 x 6 kernel over words at every second sample, up to 16 channels out: a 3 x 3 one over folded luma.</summary>
    /// <param name="source">The upper left sample that the first result depends on.</param>
    /// <param name="rows">Offsets of the six rows from it.</param>
    /// <param name="weights">[6 rows x 3 pairs of columns x 16 outputs x 2] words.</param>
    /// <param name="biases">One for each output.</param>
    /// <param name="sums">[samples x <paramref name="stride"/>], and 16 more.</param>
    /// <param name="stride">8 or 16.</param>
    /// <param name="outputs">Channels that go out.</param>
    /// <param name="count">Results, a multiple of 8.</param>
    public static void Folded<TLanes>(ref short source, ReadOnlySpan<nint> rows, ref int weights, ref int biases, ref int sums, int stride, int outputs, int count)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        for (int x = 0; x < count; x += 8)
        {
            for (int group = 0; group < outputs; group += TLanes.Count)
            {
                TLanes s0 = TLanes.Load(ref biases, group);
                TLanes s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
                ref int run = ref Unsafe.Add(ref weights, group);
                foreach (nint offset in rows)
                {
                    ref byte row = ref Unsafe.As<short, byte>(ref Unsafe.Add(ref source, offset + (2 * x)));
                    for (int pair = 0; pair < 3; pair++)
                    {
                        TLanes w = TLanes.Load(ref run, 0);
                        run = ref Unsafe.Add(ref run, Channels);
                        s0 += TLanes.MultiplyAddWords(TLanes.Broadcast4(ref row, 0), w);
                        s1 += TLanes.MultiplyAddWords(TLanes.Broadcast4(ref row, 4), w);
                        s2 += TLanes.MultiplyAddWords(TLanes.Broadcast4(ref row, 8), w);
                        s3 += TLanes.MultiplyAddWords(TLanes.Broadcast4(ref row, 12), w);
                        s4 += TLanes.MultiplyAddWords(TLanes.Broadcast4(ref row, 16), w);
                        s5 += TLanes.MultiplyAddWords(TLanes.Broadcast4(ref row, 20), w);
                        s6 += TLanes.MultiplyAddWords(TLanes.Broadcast4(ref row, 24), w);
                        s7 += TLanes.MultiplyAddWords(TLanes.Broadcast4(ref row, 28), w);
                        row = ref Unsafe.Add(ref row, 4);
                    }
                }

                ref int to = ref Unsafe.Add(ref sums, (x * stride) + group);
                s0.Store(ref to, 0);
                s1.Store(ref to, stride);
                s2.Store(ref to, 2 * stride);
                s3.Store(ref to, 3 * stride);
                s4.Store(ref to, 4 * stride);
                s5.Store(ref to, 5 * stride);
                s6.Store(ref to, 6 * stride);
                s7.Store(ref to, 7 * stride);
            }
        }
    }

    /// <summary>Weights for <see cref="Depthwise"/>.</summary>
    public static AlignedBuffer<byte> PackDepthwise(QuantisedLayer layer)
    {
        (int A, int B)[] taps = [(0, 1), (3, 4), (6, 7), (2, 5), (8, -1)];
        var packed = new AlignedBuffer<byte>(5 * 2 * 16);
        for (int i = 0; i < 5 * 16; i++)
        {
            int channel = i % 16 % layer.Layer.Outputs;
            (int a, int b) = taps[i / 16];
            packed[2 * i] = (byte)layer.Weight(channel, 0, 0, a);
            packed[(2 * i) + 1] = b < 0 ? (byte)0 : (byte)layer.Weight(channel, 0, 0, b);
        }

        return packed;
    }

    /// <summary>Weights for <see cref="Line"/>, or of the middle tap for <see cref="Point"/>.</summary>
    public static AlignedBuffer<byte> PackLine(QuantisedLayer layer, int taps, int channels)
    {
        int middle = layer.Layer.Kernel / 2;
        var packed = new AlignedBuffer<byte>(4 * taps * RunBytes);
        for (int input = 0; input < layer.Layer.Inputs; input++)
        {
            for (int tap = 0; tap < taps; tap++)
            {
                for (int output = 0; output < layer.Layer.Outputs; output++)
                {
                    int at = channels == Narrow
                        ? (((tap * Narrow) + output) * Narrow) + input
                        : (((input / 4 * taps) + tap) * RunBytes) + (output * 4) + (input % 4);
                    packed[at] = (byte)layer.Weight(output, input, middle, tap);
                }
            }
        }

        return packed;
    }

    /// <summary>Weights for <see cref="Folded"/>: channel 2 y + x of a place is the sample in row y and column x of its block.</summary>
    public static AlignedBuffer<int> PackFolded(QuantisedLayer layer)
    {
        var packed = new AlignedBuffer<int>(6 * 3 * Channels);
        for (int row = 0; row < 6; row++)
        {
            for (int pair = 0; pair < 3; pair++)
            {
                for (int output = 0; output < layer.Layer.Outputs; output++)
                {
                    int low = layer.Weight(output, row % 2 * 2, row / 2, pair);
                    int high = layer.Weight(output, (row % 2 * 2) + 1, row / 2, pair);
                    packed[(((row * 3) + pair) * Channels) + output] = (low & 0xFFFF) | (high << 16);
                }
            }
        }

        return packed;
    }

    private static Vector512<byte> Load(ref byte start, int offset) => Vector512.LoadUnsafe(ref start, (nuint)offset);

    private static Vector512<sbyte> Broadcast(ref byte start) => Vector512.Create(Vector128.LoadUnsafe(ref start)).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref Vector512<short> low, ref Vector512<short> high, Vector512<byte> a, Vector512<byte> b, ref byte weights, int pair)
    {
        ref byte run = ref Unsafe.Add(ref weights, pair * 32);
        Vector512<sbyte> lowWeights = Broadcast(ref run);
        Vector512<sbyte> highWeights = Broadcast(ref Unsafe.Add(ref run, 16));
        low += Avx512BW.MultiplyAddAdjacent(Avx512BW.UnpackLow(a, b), lowWeights);
        high += Avx512BW.MultiplyAddAdjacent(Avx512BW.UnpackHigh(a, b), highWeights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Three<TLanes>(ref byte a, ref byte b, ref byte c, int offset, TLanes w0, TLanes w1, TLanes w2)
        where TLanes : struct, IIntegerLanes<TLanes>
        => TLanes.SumWordPairs(TLanes.AddWords(
            TLanes.AddWords(TLanes.MultiplyAddBytes(TLanes.Broadcast4(ref a, offset), w0), TLanes.MultiplyAddBytes(TLanes.Broadcast4(ref b, offset), w1)),
            TLanes.MultiplyAddBytes(TLanes.Broadcast4(ref c, offset), w2)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes ThreeEights<TLanes>(ref byte a, ref byte b, ref byte c, int offset, ref byte weights)
        where TLanes : struct, IIntegerLanes<TLanes>
        => TLanes.SumWordPairs(TLanes.AddWords(
            TLanes.AddWords(
                TLanes.MultiplyAddBytes(TLanes.Broadcast8(ref a, offset), TLanes.Load(ref weights, 0)),
                TLanes.MultiplyAddBytes(TLanes.Broadcast8(ref b, offset), TLanes.Load(ref weights, Narrow * Narrow))),
            TLanes.MultiplyAddBytes(TLanes.Broadcast8(ref c, offset), TLanes.Load(ref weights, 2 * Narrow * Narrow))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePair<TLanes>(TLanes first, TLanes second, ref int sums)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        TLanes pair = TLanes.SumPairs(first, second);
        if (TLanes.Count == 2 * Narrow)
            pair.Store(ref sums, 0);
        else
            pair.StoreHalves(ref sums, ref Unsafe.Add(ref sums, Narrow));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes One<TLanes>(ref byte a, int offset, TLanes w)
        where TLanes : struct, IIntegerLanes<TLanes>
        => TLanes.SumWordPairs(TLanes.MultiplyAddBytes(TLanes.Broadcast4(ref a, offset), w));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TLanes>(ref int to, TLanes s0, TLanes s1, TLanes s2, TLanes s3, TLanes s4, TLanes s5, TLanes s6, TLanes s7)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        s0.Store(ref to, 0);
        s1.Store(ref to, Channels);
        s2.Store(ref to, 2 * Channels);
        s3.Store(ref to, 3 * Channels);
        s4.Store(ref to, 4 * Channels);
        s5.Store(ref to, 5 * Channels);
        s6.Store(ref to, 6 * Channels);
        s7.Store(ref to, 7 * Channels);
    }
}
