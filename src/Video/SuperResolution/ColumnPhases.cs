using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RtcEnhance.Video;

/// <summary>
/// Filters rows along x where the widths are in a ratio of small whole numbers, p to q: every p-th target sample has the
/// same weights. A source row lies in q planes, every q-th sample in each, and gives p planes of target samples, so
/// that what a vector reads and writes lies together. One thread at a time.
/// </summary>
internal sealed class ColumnPhases
{
    private const int MostPhases = 8;

    // Filters reach four samples of a plane beyond the edge; vectors may read two whole widths further.
    private const int Padding = 32;

    private readonly int _sourcePlanes;
    private readonly int _sourceStride;
    private readonly float[] _source;
    private readonly int[][] _offsets;
    private readonly float[][] _weights;

    private ColumnPhases(ResizeFilter filter, int sourcePlanes, int targetPlanes, int samples, int weightBits)
    {
        Planes = targetPlanes;
        Samples = samples;
        _sourcePlanes = sourcePlanes;
        _sourceStride = Padding + Stride + Padding;
        _source = new float[sourcePlanes * _sourceStride];
        _offsets = new int[targetPlanes][];
        _weights = new float[targetPlanes][];

        // Weights are read off the middle of a small map, where no tap is folded at an edge; rows are padded instead.
        const int periods = 16;
        const int middle = periods / 2;
        var map = new ResizeKernelMap(filter, periods * sourcePlanes, periods * targetPlanes, weightBits);
        for (int plane = 0; plane < targetPlanes; plane++)
        {
            int target = (middle * targetPlanes) + plane;
            float[] weights = map.Weights(target).ToArray();
            int[] taps = [.. Enumerable.Range(0, weights.Length).Where(t => weights[t] != 0)];
            _weights[plane] = [.. taps.Select(t => weights[t])];
            _offsets[plane] = [.. taps.Select(t => OffsetOf(map.Start(target) + t) - middle)];
        }
    }

    /// <summary>Planes of target samples.</summary>
    public int Planes { get; }

    /// <summary>Samples of each of them.</summary>
    public int Samples { get; }

    /// <summary>Room for a plane: as many samples are written.</summary>
    public int Stride => (Samples + Padding - 1) / Padding * Padding;

    /// <summary>A filter for these widths; null where they are in no such ratio.</summary>
    public static ColumnPhases? TryCreate(ResizeFilter filter, int sourceWidth, int targetWidth, int weightBits)
    {
        int samples = CommonDivisor(sourceWidth, targetWidth);
        return sourceWidth / samples <= MostPhases && targetWidth / samples <= MostPhases
            ? new ColumnPhases(filter, sourceWidth / samples, targetWidth / samples, samples, weightBits)
            : null;
    }

    /// <summary>Takes a source row.</summary>
    /// <param name="row">Its samples, each the first one of a group at <paramref name="component"/>.</param>
    /// <param name="component">Place within each group.</param>
    /// <param name="components">Bytes of a group.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Load<TLanes>(ReadOnlySpan<byte> row, int component, int components)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        int done = components == 1 ? LoadVectors<TLanes>(row) : 0;
        for (int plane = 0; plane < _sourcePlanes; plane++)
        {
            Span<float> samples = _source.AsSpan(plane * _sourceStride, _sourceStride);
            for (int x = done; x < Samples; x++)
                samples[Padding + x] = row[(((x * _sourcePlanes) + plane) * components) + component];
            samples[..Padding].Fill(row[component]);
            samples[(Padding + Samples)..].Fill(row[(((Samples * _sourcePlanes) - 1) * components) + component]);
        }
    }

    /// <summary>Filters the row: whole numbers, floor(sum x scale + 1/2).</summary>
    /// <param name="target">Takes <see cref="Planes"/> x <see cref="Stride"/> values.</param>
    /// <param name="scale">What sums are multiplied with.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Filter<TLanes>(Span<float> target, float scale)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        ref float source = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_source), Padding);
        TLanes gain = TLanes.Create(scale);
        TLanes half = TLanes.Create(0.5f);
        for (int plane = 0; plane < Planes; plane++)
        {
            ReadOnlySpan<float> weights = _weights[plane];
            ReadOnlySpan<int> offsets = _offsets[plane].AsSpan(0, weights.Length);
            ref float to = ref target[plane * Stride];
            for (int x = 0; x < Samples; x += 2 * TLanes.Count)
            {
                TLanes a = TLanes.Create(0);
                TLanes b = TLanes.Create(0);
                for (int t = 0; t < weights.Length; t++)
                {
                    TLanes weight = TLanes.Create(weights[t]);
                    a = TLanes.MultiplyAdd(TLanes.Load(ref source, offsets[t] + x), weight, a);
                    b = TLanes.MultiplyAdd(TLanes.Load(ref source, offsets[t] + x + TLanes.Count), weight, b);
                }

                TLanes.Floor(TLanes.MultiplyAdd(a, gain, half)).Store(ref to, x);
                TLanes.Floor(TLanes.MultiplyAdd(b, gain, half)).Store(ref to, x + TLanes.Count);
            }
        }
    }

    private static int CommonDivisor(int a, int b) => b == 0 ? a : CommonDivisor(b, a % b);

    private int OffsetOf(int sample)
    {
        int period = (int)Math.Floor((double)sample / _sourcePlanes);
        return ((sample - (period * _sourcePlanes)) * _sourceStride) + period;
    }

    // Samples of each plane that were loaded.
    private int LoadVectors<TLanes>(ReadOnlySpan<byte> row)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        ref byte from = ref MemoryMarshal.GetReference(row);
        ref float to = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_source), Padding);
        int x = 0;
        switch (_sourcePlanes)
        {
            case 1:
                for (; x <= Samples - TLanes.Count; x += TLanes.Count)
                    TLanes.LoadBytes(ref from, x).Store(ref to, x);
                break;
            case 2:
                for (; x <= Samples - Vector256<ushort>.Count; x += Vector256<ushort>.Count)
                {
                    Vector256<ushort> pairs = Vector256.LoadUnsafe(ref from, (nuint)(2 * x)).AsUInt16();
                    StoreWords(pairs & Vector256.Create((ushort)0xFF), ref to, x);
                    StoreWords(pairs >> 8, ref to, _sourceStride + x);
                }

                break;
            case 4:
                for (; x <= Samples - Vector256<int>.Count; x += Vector256<int>.Count)
                {
                    Vector256<int> fours = Vector256.LoadUnsafe(ref from, (nuint)(4 * x)).AsInt32();
                    for (int plane = 0; plane < 4; plane++)
                        Vector256.ConvertToSingle((fours >>> (8 * plane)) & Vector256.Create(0xFF)).StoreUnsafe(ref to, (nuint)((plane * _sourceStride) + x));
                }

                break;
        }

        return x;
    }

    private static void StoreWords(Vector256<ushort> words, ref float to, int x)
    {
        (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(words);
        Vector256.ConvertToSingle(low.AsInt32()).StoreUnsafe(ref to, (nuint)x);
        Vector256.ConvertToSingle(high.AsInt32()).StoreUnsafe(ref to, (nuint)(x + Vector256<uint>.Count));
    }
}
