using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RtcEnhance.Inference;

/// <summary>
/// Exact sums of 3 x 3 convolutions over 16 channels of 8-bit activations by Winograd's minimal filtering F(4 x 4, 3 x 3):
/// 36 products of 16-bit words for 16 results instead of 144 (Lavin and Gray, "Fast Algorithms for Convolutional Neural
/// Networks", 2015). Its fractions are multiplied out: whole numbers give 576 times each sum. Only for machines where
/// <see cref="Avx512BW"/> is supported. Thread-safe.
/// </summary>
internal static class WinogradConvolution
{
    /// <summary>Lanes of the vectors of sums.</summary>
    public const int Lanes = 16;

    /// <summary>Rows made at a time.</summary>
    public const int Rows = 4;

    /// <summary>Samples of each row made at a time: two tiles side by side, one in each half of a vector of words.</summary>
    public const int Samples = 2 * Rows;

    /// <summary>Rows and columns of the source that a tile depends on.</summary>
    public const int Taps = 6;

    /// <summary>Bytes of room for what lies between the steps.</summary>
    public const int ScratchBytes = ((Taps * Taps) + Taps + (Taps * Samples)) * VectorBytes;

    /// <summary>Where floats are whole numbers, and half way to where they are not again: sums are added to it.</summary>
    public const float Anchor = 3 << 22;

    private const int Channels = ByteConvolution.Channels;
    private const int VectorBytes = 64;

    // The largest bias that leaves room beside the anchor for sums of 24 partial ones: see QuantisedLayer.
    private const int MostBias = (1 << 22) - (24 * short.MaxValue) - 1;

    // Words of weights of a place within the tile: 8 pairs of inputs x 16 outputs x 2 inputs.
    private const int PlaceBytes = Channels * Channels * sizeof(short);

    // Weights stay within 16 bits: 12 x 12 x 127. The last place's factor is 24; the other half is added at the end.
    private static readonly int[,] Factors = { { 6, 0, 0 }, { -4, -4, -4 }, { -4, 4, -4 }, { 1, 2, 4 }, { 1, -2, 4 }, { 0, 0, 12 } };

    /// <summary>True where a layer's sums can be made this way.</summary>
    public static bool Fits(QuantisedLayer layer) => layer.Layer.Kernel == 3 && Array.TrueForAll(layer.Biases, bias => Math.Abs(bias) <= MostBias);

    /// <summary>Transforms weights: [6 x 6 places x 8 pairs of inputs x 16 outputs x 2 inputs].</summary>
    public static AlignedBuffer<short> Pack(QuantisedLayer layer)
    {
        var packed = new AlignedBuffer<short>(Taps * Taps * Channels * Channels);
        for (int place = 0; place < Taps * Taps; place++)
        {
            for (int input = 0; input < layer.Layer.Inputs; input++)
            {
                for (int output = 0; output < layer.Layer.Outputs; output++)
                {
                    int sum = 0;
                    for (int tap = 0; tap < 9; tap++)
                        sum += Factors[place / Taps, tap / 3] * Factors[place % Taps, tap % 3] * layer.Weight(output, input, tap / 3, tap % 3);
                    packed[(((((place * Channels) + input) / 2 * Channels) + output) * 2) + (input % 2)] = checked((short)sum);
                }
            }
        }

        return packed;
    }

    /// <summary>Eight samples of four rows.</summary>
    /// <param name="source">The upper left sample that the first result depends on, 16 bytes to a sample.</param>
    /// <param name="rows">Byte offsets of the six rows from that sample.</param>
    /// <param name="weights">From <see cref="Pack"/>.</param>
    /// <param name="biases">For each output, with <see cref="Anchor"/> added.</param>
    /// <param name="scratch">Room for <see cref="ScratchBytes"/>, at a multiple of 64.</param>
    /// <param name="sums">[4 rows x <paramref name="stride"/>], 16 sums to a sample.</param>
    /// <param name="stride">Sums from one row to the next.</param>
    public static void Convolve(
        ref byte source, ReadOnlySpan<nint> rows, ref short weights, ref float biases, ref byte scratch, ref int sums, nint stride)
    {
        ref byte line = ref Unsafe.Add(ref scratch, Taps * Taps * VectorBytes);
        ref byte half = ref Unsafe.Add(ref line, Taps * VectorBytes);
        for (int column = 0; column < Taps; column++)
        {
            Spread(
                Pair(ref source, rows[0]), Pair(ref source, rows[1]), Pair(ref source, rows[2]),
                Pair(ref source, rows[3]), Pair(ref source, rows[4]), Pair(ref source, rows[5]),
                ref Unsafe.Add(ref scratch, column * VectorBytes), Taps * VectorBytes);
            source = ref Unsafe.Add(ref source, Channels);
        }

        ref byte run = ref Unsafe.As<short, byte>(ref weights);
        for (int row = 0; row < Taps; row++)
        {
            ref byte at = ref Unsafe.Add(ref scratch, row * Taps * VectorBytes);
            Spread(Words(ref at, 0), Words(ref at, 1), Words(ref at, 2), Words(ref at, 3), Words(ref at, 4), Words(ref at, 5), ref line, VectorBytes);
            ref byte to = ref Unsafe.Add(ref half, row * Samples * VectorBytes);
            Multiply(ref line, ref run, 0, out Vector512<int> a0, out Vector512<int> b0);
            Multiply(ref line, ref run, 1, out Vector512<int> a1, out Vector512<int> b1);
            Multiply(ref line, ref run, 2, out Vector512<int> a2, out Vector512<int> b2);
            Multiply(ref line, ref run, 3, out Vector512<int> a3, out Vector512<int> b3);
            Multiply(ref line, ref run, 4, out Vector512<int> a4, out Vector512<int> b4);
            Multiply(ref line, ref run, 5, out Vector512<int> a5, out Vector512<int> b5);
            Gather(a0, a1, a2, a3, a4, a5, out Vector512<int> y0, out Vector512<int> y1, out Vector512<int> y2, out Vector512<int> y3);
            Store(y0, ref to, 0);
            Store(y1, ref to, 1);
            Store(y2, ref to, 2);
            Store(y3, ref to, 3);
            Gather(b0, b1, b2, b3, b4, b5, out y0, out y1, out y2, out y3);
            Store(y0, ref to, 4);
            Store(y1, ref to, 5);
            Store(y2, ref to, 6);
            Store(y3, ref to, 7);
            run = ref Unsafe.Add(ref run, Taps * PlaceBytes);
        }

        Vector512<float> bias = Vector512.LoadUnsafe(ref biases);
        for (int sample = 0; sample < Samples; sample++)
        {
            Gather(
                Integers(ref half, 0), Integers(ref half, Samples), Integers(ref half, 2 * Samples),
                Integers(ref half, 3 * Samples), Integers(ref half, 4 * Samples), Integers(ref half, 5 * Samples),
                out Vector512<int> y0, out Vector512<int> y1, out Vector512<int> y2, out Vector512<int> y3);
            Divide(y0, bias).StoreUnsafe(ref sums);
            Divide(y1, bias).StoreUnsafe(ref sums, (nuint)stride);
            Divide(y2, bias).StoreUnsafe(ref sums, (nuint)(2 * stride));
            Divide(y3, bias).StoreUnsafe(ref sums, (nuint)(3 * stride));
            half = ref Unsafe.Add(ref half, VectorBytes);
            sums = ref Unsafe.Add(ref sums, Channels);
        }
    }

    // A sample of the left tile and the one at the same place of the right tile.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Pair(ref byte source, nint offset)
        => Avx512BW.ConvertToVector512Int16(Vector256.Create(
            Vector128.LoadUnsafe(ref source, (nuint)offset), Vector128.LoadUnsafe(ref source, (nuint)(offset + (Rows * Channels)))));

    // The transform of the data; from 0..127 it leads to at most 6,350 when done along both axes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread(
        Vector512<short> d0, Vector512<short> d1, Vector512<short> d2, Vector512<short> d3, Vector512<short> d4, Vector512<short> d5, ref byte to, nint step)
    {
        Vector512<short> a = d4 - (d2 << 2);
        Vector512<short> b = d3 - (d1 << 2);
        Vector512<short> c = d4 - d2;
        Vector512<short> e = d3 - d1;
        e += e;
        Store(a - d2 + (d0 << 2), ref to);
        Store(a + b, ref Unsafe.Add(ref to, step));
        Store(a - b, ref Unsafe.Add(ref to, 2 * step));
        Store(c + e, ref Unsafe.Add(ref to, 3 * step));
        Store(c - e, ref Unsafe.Add(ref to, 4 * step));
        Store(d5 - d3 - (e + e), ref Unsafe.Add(ref to, 5 * step));
    }

    // All inputs of both tiles at a place by all outputs' weights.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply(ref byte line, ref byte weights, int place, out Vector512<int> a, out Vector512<int> b)
    {
        line = ref Unsafe.Add(ref line, place * VectorBytes);
        weights = ref Unsafe.Add(ref weights, place * PlaceBytes);
        Vector512<short> w = Words(ref weights, 0);
        a = Avx512BW.MultiplyAddAdjacent(Inputs(ref line, 0), w);
        b = Avx512BW.MultiplyAddAdjacent(Inputs(ref line, 8), w);
        w = Words(ref weights, 1);
        a += Avx512BW.MultiplyAddAdjacent(Inputs(ref line, 1), w);
        b += Avx512BW.MultiplyAddAdjacent(Inputs(ref line, 9), w);
        w = Words(ref weights, 2);
        a += Avx512BW.MultiplyAddAdjacent(Inputs(ref line, 2), w);
        b += Avx512BW.MultiplyAddAdjacent(Inputs(ref line, 10), w);
        w = Words(ref weights, 3);
        a += Avx512BW.MultiplyAddAdjacent(Inputs(ref line, 3), w);
        b += Avx512BW.MultiplyAddAdjacent(Inputs(ref line, 11), w);
        w = Words(ref weights, 4);
        a += Avx512BW.MultiplyAddAdjacent(Inputs(ref line, 4), w);
        b += Avx512BW.MultiplyAddAdjacent(Inputs(ref line, 12), w);
        w = Words(ref weights, 5);
        a += Avx512BW.MultiplyAddAdjacent(Inputs(ref line, 5), w);
        b += Avx512BW.MultiplyAddAdjacent(Inputs(ref line, 13), w);
        w = Words(ref weights, 6);
        a += Avx512BW.MultiplyAddAdjacent(Inputs(ref line, 6), w);
        b += Avx512BW.MultiplyAddAdjacent(Inputs(ref line, 14), w);
        w = Words(ref weights, 7);
        a += Avx512BW.MultiplyAddAdjacent(Inputs(ref line, 7), w);
        b += Avx512BW.MultiplyAddAdjacent(Inputs(ref line, 15), w);
    }

    // The transform of the results.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gather(
        Vector512<int> m0, Vector512<int> m1, Vector512<int> m2, Vector512<int> m3, Vector512<int> m4, Vector512<int> m5,
        out Vector512<int> y0, out Vector512<int> y1, out Vector512<int> y2, out Vector512<int> y3)
    {
        Vector512<int> s = m1 + m2;
        Vector512<int> d = m1 - m2;
        Vector512<int> t = m3 + m4;
        Vector512<int> e = m3 - m4;
        y0 = m0 + s + t;
        Vector512<int> twice = e + e;
        Vector512<int> rest = twice + twice + m5;
        y1 = d + twice;
        y2 = s + (t << 2);
        y3 = d + rest + rest;
    }

    // Sums are less than 2^20, so that the errors of conversion and product are far from a half: rounding finds the sum.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Divide(Vector512<int> sum, Vector512<float> bias)
        => Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(sum), Vector512.Create(1 / 576f), bias).AsInt32() - Vector512.Create(BitConverter.SingleToInt32Bits(Anchor));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Inputs(ref byte line, int pair)
        => Vector512.Create(Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref line, pair * sizeof(int)))).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Words(ref byte start, int vector) => Vector512.LoadUnsafe(ref start, (nuint)(vector * VectorBytes)).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Integers(ref byte start, int vector) => Vector512.LoadUnsafe(ref start, (nuint)(vector * VectorBytes)).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<short> vector, ref byte to) => vector.AsByte().StoreUnsafe(ref to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<int> vector, ref byte start, int at) => vector.AsByte().StoreUnsafe(ref start, (nuint)(at * VectorBytes));
}
