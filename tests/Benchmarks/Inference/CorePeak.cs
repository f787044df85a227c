using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace RtcEnhance.Benchmarks.Inference;

/// <summary>
/// What one core can do at most, in multiply-adds a second, measured in registers alone: nothing is loaded or stored
/// and no operation waits for another. The fastest of many short runs. Thread-safe.
/// </summary>
internal static class CorePeak
{
    private const int Runs = 300;
    private const int Rounds = 2000;

    /// <summary>Products of bytes, summed in pairs, and nothing else: the multipliers' own limit.</summary>
    public static double ByteProducts()
        => Avx512BW.IsSupported ? Measure(static () => Products<IntegerLanes512>(), IntegerLanes512.Count * 4 * 12)
            : Avx2.IsSupported ? Measure(static () => Products<IntegerLanes256>(), IntegerLanes256.Count * 4 * 12)
            : Measure(static () => Products<IntegerLanes128>(), IntegerLanes128.Count * 4 * 12);

    /// <summary>The same with the additions that exact 32-bit sums need, three products to a sum, as in the 3 x 3 kernels.</summary>
    public static double ByteSums()
        => Avx512BW.IsSupported ? Measure(static () => Sums<IntegerLanes512>(), IntegerLanes512.Count * 4 * 3 * 8)
            : Avx2.IsSupported ? Measure(static () => Sums<IntegerLanes256>(), IntegerLanes256.Count * 4 * 3 * 8)
            : Measure(static () => Sums<IntegerLanes128>(), IntegerLanes128.Count * 4 * 3 * 8);

    /// <summary>Fused multiply-adds of floats.</summary>
    public static double Floats()
        => Avx512BW.IsSupported ? Measure(static () => Fused<FloatLanes512>(), FloatLanes512.Count * 12)
            : Avx2.IsSupported ? Measure(static () => Fused<FloatLanes256>(), FloatLanes256.Count * 12)
            : Measure(static () => Fused<FloatLanes128>(), FloatLanes128.Count * 12);

    private static double Measure(Func<int> run, int multiplies)
    {
        double best = double.MaxValue;
        for (int i = 0; i < Runs; i++)
        {
            // The runtime's optimised code is there after the first third.
            if (i == Runs / 3)
                Thread.Sleep(200);
            long started = Stopwatch.GetTimestamp();
            run();
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return (double)multiplies * Rounds / best;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static int Products<TLanes>()
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        TLanes w = Seed<TLanes>(3);
        TLanes a = Seed<TLanes>(1), b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a;
        for (int round = 0; round < Rounds; round++)
        {
            a = TLanes.MultiplyAddBytes(a, w);
            b = TLanes.MultiplyAddBytes(b, w);
            c = TLanes.MultiplyAddBytes(c, w);
            d = TLanes.MultiplyAddBytes(d, w);
            e = TLanes.MultiplyAddBytes(e, w);
            f = TLanes.MultiplyAddBytes(f, w);
            g = TLanes.MultiplyAddBytes(g, w);
            h = TLanes.MultiplyAddBytes(h, w);
            i = TLanes.MultiplyAddBytes(i, w);
            j = TLanes.MultiplyAddBytes(j, w);
            k = TLanes.MultiplyAddBytes(k, w);
            l = TLanes.MultiplyAddBytes(l, w);
        }

        return First(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static int Sums<TLanes>()
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        TLanes w0 = Seed<TLanes>(3), w1 = Seed<TLanes>(5), w2 = Seed<TLanes>(7);
        TLanes a = Seed<TLanes>(1), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        for (int round = 0; round < Rounds; round++)
        {
            a += Sum(a, w0, w1, w2);
            b += Sum(b, w0, w1, w2);
            c += Sum(c, w0, w1, w2);
            d += Sum(d, w0, w1, w2);
            e += Sum(e, w0, w1, w2);
            f += Sum(f, w0, w1, w2);
            g += Sum(g, w0, w1, w2);
            h += Sum(h, w0, w1, w2);
        }

        return First(a + b + c + d + e + f + g + h);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static int Fused<TFloats>()
        where TFloats : struct, IFloatLanes<TFloats>
    {
        TFloats w = TFloats.Create(0.5f);
        TFloats a = TFloats.Create(1), b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a;
        for (int round = 0; round < Rounds; round++)
        {
            a = TFloats.MultiplyAdd(a, w, w);
            b = TFloats.MultiplyAdd(b, w, w);
            c = TFloats.MultiplyAdd(c, w, w);
            d = TFloats.MultiplyAdd(d, w, w);
            e = TFloats.MultiplyAdd(e, w, w);
            f = TFloats.MultiplyAdd(f, w, w);
            g = TFloats.MultiplyAdd(g, w, w);
            h = TFloats.MultiplyAdd(h, w, w);
            i = TFloats.MultiplyAdd(i, w, w);
            j = TFloats.MultiplyAdd(j, w, w);
            k = TFloats.MultiplyAdd(k, w, w);
            l = TFloats.MultiplyAdd(l, w, w);
        }

        Span<float> lanes = stackalloc float[TFloats.Count];
        (a + b + c + d + e + f + g + h + i + j + k + l).Store(ref lanes[0], 0);
        return (int)lanes[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Sum<TLanes>(TLanes values, TLanes w0, TLanes w1, TLanes w2)
        where TLanes : struct, IIntegerLanes<TLanes>
        => TLanes.SumWordPairs(TLanes.AddWords(
            TLanes.AddWords(TLanes.MultiplyAddBytes(values, w0), TLanes.MultiplyAddBytes(values, w1)), TLanes.MultiplyAddBytes(values, w2)));

    private static TLanes Seed<TLanes>(byte value)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        Span<byte> four = [value, value, value, value];
        return TLanes.Broadcast4(ref four[0], 0);
    }

    private static int First<TLanes>(TLanes lanes)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        Span<int> values = stackalloc int[TLanes.Count];
        lanes.Store(ref values[0], 0);
        return values[0];
    }
}
