using System.Runtime.CompilerServices;

namespace RtcEnhance.Inference;

/// <summary>
/// Exact sums of 3 x 3 convolutions over 16 channels of 8-bit activations by Winograd's minimal filtering F(4 x 4, 3 x 3):
/// 36 products of 16-bit words for 16 results instead of 144 (Lavin and Gray, "Fast Algorithms for Convolutional Neural
/// Networks", 2015). Its fractions are multiplied out: whole numbers give 576 times each sum. A vector holds the 16 channels
/// of one tile as words, or of two tiles of the same rows. Thread-safe.
/// </summary>
internal static class WinogradConvolution
{
    /// <summary>Rows made at a time, and samples of each row in a tile.</summary>
    public const int Rows = 4;

    /// <summary>Rows and columns of the source that a tile depends on.</summary>
    public const int Taps = 6;

    /// <summary>Bytes of room for what lies between the steps.</summary>
    public const int ScratchBytes = 4 * Taps * Taps * MostVectorBytes;

    /// <summary>Where floats are whole numbers, and half way to where they are not again: sums are floats with it added.</summary>
    public const float Anchor = 3 << 22;

    private const int Channels = ByteConvolution.Channels;
    private const int MostVectorBytes = 64;
    private const int SumsBytes = Channels * sizeof(int);

    // The largest bias that leaves room beside the anchor for sums of 24 partial ones: see QuantisedLayer.
    private const int MostBias = (1 << 22) - (24 * short.MaxValue) - 1;

    // Words of weights of a place within the tile: 8 pairs of inputs x 16 outputs x 2 inputs.
    private const int PlaceBytes = Channels * Channels * sizeof(short);

    // Weights stay within 16 bits: one of a row's is at most 128, as is the sum of those of one sign, so that no place gets
    // more than 12 x 12 x 128. The last place's factor is 24; the other half is added at the end.
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

    /// <summary>Tiles made at a time: those of a vector.</summary>
    public static int Tiles<TLanes>()
        where TLanes : struct, IWordLanes<TLanes>
        => TLanes.Count / (Channels / 2);

    /// <summary>Four rows of <see cref="Tiles"/>.</summary>
    /// <param name="source">The upper left sample that the first result depends on, 16 bytes to a sample.</param>
    /// <param name="rows">Byte offsets of the six rows from that sample.</param>
    /// <param name="distance">Bytes from there to the same of the second tile.</param>
    /// <param name="weights">From <see cref="Pack"/>.</param>
    /// <param name="biases">For each output, with <see cref="Anchor"/> added.</param>
    /// <param name="scratch">Room for <see cref="ScratchBytes"/>, at a multiple of 64.</param>
    /// <param name="sums">[4 rows x <paramref name="stride"/>], 16 sums to a sample as floats with <see cref="Anchor"/> added, the second tile's samples after the first's.</param>
    /// <param name="stride">Sums from one row to the next.</param>
    public static void Convolve<TLanes>(
        ref byte source, ReadOnlySpan<nint> rows, nint distance, ref short weights, ref float biases, ref byte scratch, ref float sums, nint stride)
        where TLanes : struct, IWordLanes<TLanes>
    {
        int bytes = TLanes.Count * sizeof(int);
        ref byte places = ref Unsafe.Add(ref scratch, Taps * Taps * bytes);
        SpreadColumns<TLanes>(ref source, rows, distance, ref scratch);
        SpreadRows<TLanes>(ref scratch, ref places);
        ref byte products = ref Unsafe.Add(ref places, Taps * Taps * bytes);
        Multiply<TLanes>(ref places, ref Unsafe.As<short, byte>(ref weights), ref products);
        GatherRows<TLanes>(ref products, ref scratch);
        GatherColumns<TLanes>(ref scratch, ref Unsafe.As<float, int>(ref biases), ref Unsafe.As<float, int>(ref sums), stride);
    }

    // Each step is a method with loops: the compiler gives up on inlining vector operations where there are too many of them in one.
    // Compiled for speed at once, as all the networks' kernels are: a host with the runtime's defaults would else see no
    // network for the first 20 s of its process.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SpreadColumns<TLanes>(ref byte source, ReadOnlySpan<nint> rows, nint distance, ref byte to)
        where TLanes : struct, IWordLanes<TLanes>
    {
        int bytes = TLanes.Count * sizeof(int);
        for (int column = 0; column < Taps; column++)
        {
            Spread(
                TLanes.LoadWords(ref source, rows[0], distance), TLanes.LoadWords(ref source, rows[1], distance), TLanes.LoadWords(ref source, rows[2], distance),
                TLanes.LoadWords(ref source, rows[3], distance), TLanes.LoadWords(ref source, rows[4], distance), TLanes.LoadWords(ref source, rows[5], distance),
                ref Unsafe.Add(ref to, column * bytes), Taps * bytes);
            source = ref Unsafe.Add(ref source, Channels);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SpreadRows<TLanes>(ref byte from, ref byte to)
        where TLanes : struct, IWordLanes<TLanes>
    {
        int bytes = TLanes.Count * sizeof(int);
        for (int row = 0; row < Taps; row++)
        {
            Spread(
                TLanes.Load(ref from, 0), TLanes.Load(ref from, bytes), TLanes.Load(ref from, 2 * bytes),
                TLanes.Load(ref from, 3 * bytes), TLanes.Load(ref from, 4 * bytes), TLanes.Load(ref from, 5 * bytes), ref to, bytes);
            from = ref Unsafe.Add(ref from, Taps * bytes);
            to = ref Unsafe.Add(ref to, Taps * bytes);
        }
    }

    // All inputs at a place by all outputs' weights: first the sums of the left tile or the first outputs, then the others.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<TLanes>(ref byte places, ref byte weights, ref byte to)
        where TLanes : struct, IWordLanes<TLanes>
    {
        int bytes = TLanes.Count * sizeof(int);
        for (int place = 0; place < Taps * Taps; place++)
        {
            Products(ref places, ref weights, 0, out TLanes a, out TLanes b);
            AddProducts(ref places, ref weights, 1, ref a, ref b);
            AddProducts(ref places, ref weights, 2, ref a, ref b);
            AddProducts(ref places, ref weights, 3, ref a, ref b);
            AddProducts(ref places, ref weights, 4, ref a, ref b);
            AddProducts(ref places, ref weights, 5, ref a, ref b);
            AddProducts(ref places, ref weights, 6, ref a, ref b);
            AddProducts(ref places, ref weights, 7, ref a, ref b);
            a.Store(ref to, 0);
            b.Store(ref to, bytes);
            places = ref Unsafe.Add(ref places, bytes);
            weights = ref Unsafe.Add(ref weights, PlaceBytes);
            to = ref Unsafe.Add(ref to, 2 * bytes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GatherRows<TLanes>(ref byte products, ref byte to)
        where TLanes : struct, IWordLanes<TLanes>
    {
        int bytes = TLanes.Count * sizeof(int);
        int second = TLanes.Count == Channels ? Rows * SumsBytes : bytes;
        for (int row = 0; row < Taps; row++)
        {
            for (int part = 0; part < 2; part++)
            {
                ref byte from = ref Unsafe.Add(ref products, part * bytes);
                Gather(
                    TLanes.Load(ref from, 0), TLanes.Load(ref from, 2 * bytes), TLanes.Load(ref from, 4 * bytes),
                    TLanes.Load(ref from, 6 * bytes), TLanes.Load(ref from, 8 * bytes), TLanes.Load(ref from, 10 * bytes),
                    out TLanes y0, out TLanes y1, out TLanes y2, out TLanes y3);
                ref byte first = ref Unsafe.Add(ref to, part * second);
                y0.Store(ref first, 0);
                y1.Store(ref first, SumsBytes);
                y2.Store(ref first, 2 * SumsBytes);
                y3.Store(ref first, 3 * SumsBytes);
            }

            products = ref Unsafe.Add(ref products, 2 * Taps * bytes);
            to = ref Unsafe.Add(ref to, 2 * Rows * bytes);
        }
    }

    // Sums are less than 2^20, and 576 times as much than 2^30, so that the errors of conversion and product are far from a half: rounding finds the sum.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GatherColumns<TLanes>(ref byte from, ref int biases, ref int sums, nint stride)
        where TLanes : struct, IWordLanes<TLanes>
    {
        int bytes = TLanes.Count * sizeof(int);
        int row = 2 * Rows * bytes;
        for (int at = 0; at < row; at += bytes)
        {
            Gather(
                TLanes.Load(ref from, at), TLanes.Load(ref from, at + row), TLanes.Load(ref from, at + (2 * row)),
                TLanes.Load(ref from, at + (3 * row)), TLanes.Load(ref from, at + (4 * row)), TLanes.Load(ref from, at + (5 * row)),
                out TLanes y0, out TLanes y1, out TLanes y2, out TLanes y3);
            TLanes bias = TLanes.Load(ref biases, at / sizeof(int) % Channels);
            TLanes.MultiplyAddFloats(y0, 1 / 576f, bias).Store(ref sums, 0);
            TLanes.MultiplyAddFloats(y1, 1 / 576f, bias).Store(ref sums, stride);
            TLanes.MultiplyAddFloats(y2, 1 / 576f, bias).Store(ref sums, 2 * stride);
            TLanes.MultiplyAddFloats(y3, 1 / 576f, bias).Store(ref sums, 3 * stride);
            sums = ref Unsafe.Add(ref sums, TLanes.Count);
        }
    }

    // The transform of the data. A row of it weighs samples of one sign with at most 8 and of the other with 2, so along
    // both axes at most 8 x 8 + 2 x 2 bytes add up: 17,340 fits a word. Products and sums of words wrap around at 32 bits,
    // which the results do not leave.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread<TLanes>(TLanes d0, TLanes d1, TLanes d2, TLanes d3, TLanes d4, TLanes d5, ref byte to, nint step)
        where TLanes : struct, IWordLanes<TLanes>
    {
        TLanes a = TLanes.SubtractWords(d4, TLanes.QuadrupleWords(d2));
        TLanes b = TLanes.SubtractWords(d3, TLanes.QuadrupleWords(d1));
        TLanes c = TLanes.SubtractWords(d4, d2);
        TLanes e = TLanes.SubtractWords(d3, d1);
        e = TLanes.AddWords(e, e);
        TLanes.AddWords(TLanes.SubtractWords(a, d2), TLanes.QuadrupleWords(d0)).Store(ref to, 0);
        TLanes.AddWords(a, b).Store(ref to, step);
        TLanes.SubtractWords(a, b).Store(ref to, 2 * step);
        TLanes.AddWords(c, e).Store(ref to, 3 * step);
        TLanes.SubtractWords(c, e).Store(ref to, 4 * step);
        TLanes.SubtractWords(TLanes.SubtractWords(d5, d3), TLanes.AddWords(e, e)).Store(ref to, 5 * step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddProducts<TLanes>(ref byte line, ref byte weights, int pair, ref TLanes a, ref TLanes b)
        where TLanes : struct, IWordLanes<TLanes>
    {
        Products(ref line, ref weights, pair, out TLanes p, out TLanes q);
        a += p;
        b += q;
    }

    // Two inputs by all outputs' weights.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Products<TLanes>(ref byte line, ref byte weights, int pair, out TLanes a, out TLanes b)
        where TLanes : struct, IWordLanes<TLanes>
    {
        TLanes inputs = TLanes.Broadcast4(ref line, pair * sizeof(int));
        TLanes run = TLanes.Load(ref weights, pair * SumsBytes);
        a = TLanes.MultiplyAddWords(inputs, run);
        b = TLanes.Count == Channels
            ? TLanes.MultiplyAddWords(TLanes.Broadcast4(ref line, (pair * sizeof(int)) + (Channels * sizeof(short))), run)
            : TLanes.MultiplyAddWords(inputs, TLanes.Load(ref weights, (pair * SumsBytes) + (TLanes.Count * sizeof(int))));
    }

    // The transform of the results.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gather<TLanes>(
        TLanes m0, TLanes m1, TLanes m2, TLanes m3, TLanes m4, TLanes m5, out TLanes y0, out TLanes y1, out TLanes y2, out TLanes y3)
        where TLanes : struct, IWordLanes<TLanes>
    {
        TLanes s = m1 + m2;
        TLanes d = m1 - m2;
        TLanes t = m3 + m4;
        TLanes e = m3 - m4;
        y0 = m0 + s + t;
        TLanes twice = e + e;
        TLanes rest = twice + twice + m5;
        y1 = d + twice;
        TLanes two = t + t;
        y2 = s + two + two;
        y3 = d + rest + rest;
    }
}
