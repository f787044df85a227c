using System.Runtime.CompilerServices;

namespace RtcEnhance.Inference;

/// <summary>
/// Sums of a last layer: a vector holds whole samples, all channels of each, and the weights of one output are repeated
/// for every sample. The results are planes, one for each output. Where there are 32 registers, four outputs share what
/// is loaded. Thread-safe.
/// </summary>
internal static class ResidualConvolution
{
    private const int Wide = ByteConvolution.Channels;
    private const int Narrow = NarrowConvolution.Channels;

    /// <summary>A row of one output; up to 16 channels in.</summary>
    /// <param name="source">The upper left sample that the first result depends on, 16 bytes to a sample.</param>
    /// <param name="rows">Byte offsets of the source's rows from that sample, one for each row of the kernel: 1 or 3.</param>
    /// <param name="weights">[kernel rows x columns x 16 inputs].</param>
    /// <param name="sums">Room for the next multiple of <see cref="RowRing{T}.Block"/> of <paramref name="count"/>.</param>
    /// <param name="count">Samples.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ConvolveWide<TLanes>(ref byte source, ReadOnlySpan<nint> rows, ref byte weights, ref int sums, int count)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        nint bytes = 4 * TLanes.Count;
        for (int x = 0; x < count; x += TLanes.Count)
        {
            TLanes s0 = default, s1 = default, s2 = default, s3 = default;
            ref byte run = ref weights;
            foreach (nint offset in rows)
            {
                ref byte row = ref Unsafe.Add(ref source, offset + ((nint)x * Wide));
                TLanes w = TLanes.Broadcast16(ref run, 0);
                TLanes p0 = TLanes.MultiplyAddBytes(TLanes.Load(ref row, 0), w);
                TLanes p1 = TLanes.MultiplyAddBytes(TLanes.Load(ref row, bytes), w);
                TLanes p2 = TLanes.MultiplyAddBytes(TLanes.Load(ref row, 2 * bytes), w);
                TLanes p3 = TLanes.MultiplyAddBytes(TLanes.Load(ref row, 3 * bytes), w);
                run = ref Unsafe.Add(ref run, Wide);
                for (int column = 1; column < rows.Length; column++)
                {
                    row = ref Unsafe.Add(ref row, Wide);
                    w = TLanes.Broadcast16(ref run, 0);
                    p0 = TLanes.AddWords(p0, TLanes.MultiplyAddBytes(TLanes.Load(ref row, 0), w));
                    p1 = TLanes.AddWords(p1, TLanes.MultiplyAddBytes(TLanes.Load(ref row, bytes), w));
                    p2 = TLanes.AddWords(p2, TLanes.MultiplyAddBytes(TLanes.Load(ref row, 2 * bytes), w));
                    p3 = TLanes.AddWords(p3, TLanes.MultiplyAddBytes(TLanes.Load(ref row, 3 * bytes), w));
                    run = ref Unsafe.Add(ref run, Wide);
                }

                s0 += TLanes.SumWordPairs(p0);
                s1 += TLanes.SumWordPairs(p1);
                s2 += TLanes.SumWordPairs(p2);
                s3 += TLanes.SumWordPairs(p3);
            }

            TLanes.SumPairs(TLanes.SumPairs(s0, s1), TLanes.SumPairs(s2, s3)).Store(ref sums, x);
        }
    }

    /// <summary>As <see cref="ConvolveWide"/>, for up to 8 channels in: 8 bytes to a sample, and to a weight's run.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ConvolveNarrow<TLanes>(ref byte source, ReadOnlySpan<nint> rows, ref byte weights, ref int sums, int count)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        nint bytes = 4 * TLanes.Count;
        for (int x = 0; x < count; x += TLanes.Count)
        {
            TLanes s0 = default, s1 = default;
            ref byte run = ref weights;
            foreach (nint offset in rows)
            {
                ref byte row = ref Unsafe.Add(ref source, offset + ((nint)x * Narrow));
                TLanes w = TLanes.Broadcast8(ref run, 0);
                TLanes p0 = TLanes.MultiplyAddBytes(TLanes.Load(ref row, 0), w);
                TLanes p1 = TLanes.MultiplyAddBytes(TLanes.Load(ref row, bytes), w);
                run = ref Unsafe.Add(ref run, Narrow);
                for (int column = 1; column < rows.Length; column++)
                {
                    row = ref Unsafe.Add(ref row, Narrow);
                    w = TLanes.Broadcast8(ref run, 0);
                    p0 = TLanes.AddWords(p0, TLanes.MultiplyAddBytes(TLanes.Load(ref row, 0), w));
                    p1 = TLanes.AddWords(p1, TLanes.MultiplyAddBytes(TLanes.Load(ref row, bytes), w));
                    run = ref Unsafe.Add(ref run, Narrow);
                }

                s0 += TLanes.SumWordPairs(p0);
                s1 += TLanes.SumWordPairs(p1);
            }

            TLanes.SumPairs(s0, s1).Store(ref sums, x);
        }
    }

    /// <summary>As <see cref="ConvolveWide"/> and <see cref="ConvolveNarrow"/>, four outputs at once, for vectors of 16 lanes alone.</summary>
    /// <typeparam name="TLanes">The machine's vectors.</typeparam>
    /// <typeparam name="TSample">What a sample is: <see cref="WideSample"/> or <see cref="NarrowSample"/>.</typeparam>
    /// <param name="source">The upper left sample that the first result depends on.</param>
    /// <param name="rows">Byte offsets of the source's rows from that sample, one for each row of the kernel: 1 or 3.</param>
    /// <param name="weights">[4 outputs x kernel rows x columns x inputs].</param>
    /// <param name="sums">[4 outputs x <paramref name="stride"/>].</param>
    /// <param name="stride">Sums from one output to the next; at least the next multiple of <see cref="RowRing{T}.Block"/> of <paramref name="count"/>.</param>
    /// <param name="count">Samples.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ConvolveFour<TLanes, TSample>(ref byte source, ReadOnlySpan<nint> rows, ref byte weights, ref int sums, nint stride, int count)
        where TLanes : struct, IIntegerLanes<TLanes>
        where TSample : struct, ISample
    {
        nint bytes = 4 * TLanes.Count;
        nint next = rows.Length * rows.Length * TSample.Bytes;
        int samples = 2 * (int)bytes / TSample.Bytes;
        for (int x = 0; x < count; x += samples)
        {
            TLanes a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
            ref byte run = ref weights;
            foreach (nint offset in rows)
            {
                ref byte row = ref Unsafe.Add(ref source, offset + ((nint)x * TSample.Bytes));
                TLanes v0 = TLanes.Load(ref row, 0);
                TLanes v1 = TLanes.Load(ref row, bytes);
                TLanes w = TSample.Broadcast<TLanes>(ref run, 0);
                TLanes p0 = TLanes.MultiplyAddBytes(v0, w), p1 = TLanes.MultiplyAddBytes(v1, w);
                w = TSample.Broadcast<TLanes>(ref run, next);
                TLanes q0 = TLanes.MultiplyAddBytes(v0, w), q1 = TLanes.MultiplyAddBytes(v1, w);
                w = TSample.Broadcast<TLanes>(ref run, 2 * next);
                TLanes r0 = TLanes.MultiplyAddBytes(v0, w), r1 = TLanes.MultiplyAddBytes(v1, w);
                w = TSample.Broadcast<TLanes>(ref run, 3 * next);
                TLanes t0 = TLanes.MultiplyAddBytes(v0, w), t1 = TLanes.MultiplyAddBytes(v1, w);
                run = ref Unsafe.Add(ref run, TSample.Bytes);
                for (int column = 1; column < rows.Length; column++)
                {
                    row = ref Unsafe.Add(ref row, TSample.Bytes);
                    v0 = TLanes.Load(ref row, 0);
                    v1 = TLanes.Load(ref row, bytes);
                    w = TSample.Broadcast<TLanes>(ref run, 0);
                    p0 = TLanes.AddWords(p0, TLanes.MultiplyAddBytes(v0, w));
                    p1 = TLanes.AddWords(p1, TLanes.MultiplyAddBytes(v1, w));
                    w = TSample.Broadcast<TLanes>(ref run, next);
                    q0 = TLanes.AddWords(q0, TLanes.MultiplyAddBytes(v0, w));
                    q1 = TLanes.AddWords(q1, TLanes.MultiplyAddBytes(v1, w));
                    w = TSample.Broadcast<TLanes>(ref run, 2 * next);
                    r0 = TLanes.AddWords(r0, TLanes.MultiplyAddBytes(v0, w));
                    r1 = TLanes.AddWords(r1, TLanes.MultiplyAddBytes(v1, w));
                    w = TSample.Broadcast<TLanes>(ref run, 3 * next);
                    t0 = TLanes.AddWords(t0, TLanes.MultiplyAddBytes(v0, w));
                    t1 = TLanes.AddWords(t1, TLanes.MultiplyAddBytes(v1, w));
                    run = ref Unsafe.Add(ref run, TSample.Bytes);
                }

                a0 += TLanes.SumWordPairs(p0);
                a1 += TLanes.SumWordPairs(p1);
                b0 += TLanes.SumWordPairs(q0);
                b1 += TLanes.SumWordPairs(q1);
                c0 += TLanes.SumWordPairs(r0);
                c1 += TLanes.SumWordPairs(r1);
                d0 += TLanes.SumWordPairs(t0);
                d1 += TLanes.SumWordPairs(t1);
            }

            ref int first = ref Unsafe.Add(ref sums, x);
            TSample.Store(TLanes.SumPairs(a0, a1), TLanes.SumPairs(b0, b1), ref first, stride);
            TSample.Store(TLanes.SumPairs(c0, c1), TLanes.SumPairs(d0, d1), ref Unsafe.Add(ref first, 2 * stride), stride);
        }
    }

    /// <summary>How many bytes a sample has.</summary>
    public interface ISample
    {
        /// <summary>Bytes to a sample, and to a weight's run.</summary>
        static abstract int Bytes { get; }

        /// <summary>A weight's run, repeated for every sample of a vector.</summary>
        static abstract TLanes Broadcast<TLanes>(ref byte source, nint offset)
            where TLanes : struct, IIntegerLanes<TLanes>;

        /// <summary>Writes the sums of two outputs, of which each lane has a part.</summary>
        static abstract void Store<TLanes>(TLanes a, TLanes b, ref int first, nint stride)
            where TLanes : struct, IIntegerLanes<TLanes>;
    }

    /// <summary>Up to 16 channels.</summary>
    public readonly struct WideSample : ISample
    {
        public static int Bytes => Wide;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Broadcast<TLanes>(ref byte source, nint offset)
            where TLanes : struct, IIntegerLanes<TLanes>
            => TLanes.Broadcast16(ref source, offset);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store<TLanes>(TLanes a, TLanes b, ref int first, nint stride)
            where TLanes : struct, IIntegerLanes<TLanes>
            => TLanes.SumPairs(a, b).StoreHalves(ref first, ref Unsafe.Add(ref first, stride));
    }

    /// <summary>Up to 8 channels.</summary>
    public readonly struct NarrowSample : ISample
    {
        public static int Bytes => Narrow;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Broadcast<TLanes>(ref byte source, nint offset)
            where TLanes : struct, IIntegerLanes<TLanes>
            => TLanes.Broadcast8(ref source, offset);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store<TLanes>(TLanes a, TLanes b, ref int first, nint stride)
            where TLanes : struct, IIntegerLanes<TLanes>
        {
            a.Store(ref first, 0);
            b.Store(ref first, stride);
        }
    }
}
