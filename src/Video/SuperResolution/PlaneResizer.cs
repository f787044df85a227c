using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RtcEnhance.Video;

/// <summary>
/// Resizes one component by a separable filter: each source row is filtered along x once into a ring of float rows,
/// and target rows are weighted sums of those. All values are whole numbers below 2^24, so that every vector width
/// gives the same bytes. One thread at a time.
/// </summary>
internal sealed class PlaneResizer
{
    // Weights in 1/128 make bilinear and bicubic doubling exact: 8 + 7 + 7 bits and the sign. Other ratios round the
    // weights along x at 14 bits, the rows at 4 and the weights along y at 10 bits.
    private const int ExactBits = 7;
    private const int ColumnWeightBits = 14;
    private const int RowFractionBits = 4;
    private const int RowWeightBits = 10;

    // Vectors are read in pairs, from any place on.
    private const int Padding = 32;

    private readonly ResizeFilter _filter;
    private ResizeKernelMap? _columns;
    private ResizeKernelMap? _rows;
    private ColumnPhases? _phases;
    private int _planes;
    private int _planeStride;
    private byte[] _sums = [];
    private float _rowScale;
    private float _outputScale;
    private float[] _source = [];
    private float[] _ring = [];
    private int _ringStride;
    private int[] _rowInSlot = [];
    private bool _copying;
    private int[] _tapOffsets = [];
    private float[] _tapWeights = [];
    private byte[] _component = [];

    /// <summary>A resizer.</summary>
    /// <param name="filter">The filter of both axes.</param>
    public PlaneResizer(ResizeFilter filter) => _filter = filter;

    /// <summary>Prepares for a picture: allocates where a size differs from the one before.</summary>
    public void Begin(int sourceWidth, int sourceHeight, int targetWidth, int targetHeight)
    {
        if (_columns?.SourceLength != sourceWidth || _columns.TargetLength != targetWidth
            || _rows?.SourceLength != sourceHeight || _rows.TargetLength != targetHeight)
        {
            Prepare(sourceWidth, sourceHeight, targetWidth, targetHeight);
        }

        _rowInSlot.AsSpan().Fill(-1);
    }

    /// <summary>Source rows, from the first one on, that the target rows before one depend on.</summary>
    /// <param name="endRow">The target row, at least 1.</param>
    public int SourceRowsBefore(int endRow) => _rows!.Start(endRow - 1) + _rows.Taps;

    /// <summary>Frees the maps and rows.</summary>
    public void Reset()
    {
        _columns = null;
        _rows = null;
        _source = [];
        _ring = [];
    }

    /// <summary>Writes target rows.</summary>
    /// <param name="source">The source plane.</param>
    /// <param name="target">The target plane.</param>
    /// <param name="component">The byte of this component in each group of <paramref name="components"/>.</param>
    /// <param name="components">1, or 2 where two components are interleaved.</param>
    /// <param name="firstRow">First target row.</param>
    /// <param name="endRow">Row after the last one.</param>
    public void ProcessRows(PlaneView source, PlaneView target, int component, int components, int firstRow, int endRow)
    {
        if (_copying)
        {
            for (int y = firstRow; y < endRow; y++)
                source.Row(y).CopyTo(target.Row(y));
            return;
        }

        if (Vector512.IsHardwareAccelerated && Avx512BW.IsSupported)
            ProcessRows<FloatLanes512>(source, target, component, components, firstRow, endRow);
        else if (Vector256.IsHardwareAccelerated)
            ProcessRows<FloatLanes256>(source, target, component, components, firstRow, endRow);
        else
            ProcessRows<FloatLanes128>(source, target, component, components, firstRow, endRow);
    }

    private void Prepare(int sourceWidth, int sourceHeight, int targetWidth, int targetHeight)
    {
        var columns = new ResizeKernelMap(_filter, sourceWidth, targetWidth, ExactBits);
        var rows = new ResizeKernelMap(_filter, sourceHeight, targetHeight, ExactBits);
        int rowFraction = ExactBits;
        if (!columns.IsExact || !rows.IsExact)
        {
            columns = new ResizeKernelMap(_filter, sourceWidth, targetWidth, ColumnWeightBits);
            rows = new ResizeKernelMap(_filter, sourceHeight, targetHeight, RowWeightBits);
            rowFraction = RowFractionBits;
        }

        _rowScale = MathF.ScaleB(1, rowFraction - columns.WeightBits);
        _outputScale = MathF.ScaleB(1, -(rowFraction + rows.WeightBits));
        _phases = ColumnPhases.TryCreate(_filter, sourceWidth, targetWidth, columns.WeightBits);
        _planes = _phases?.Planes ?? 1;
        _planeStride = _phases?.Stride ?? Align(targetWidth);
        _sums = _planes > 2 ? new byte[_planes * _planeStride] : [];

        // All the filters pass through the samples.
        _copying = targetWidth == sourceWidth && targetHeight == sourceHeight;
        _ringStride = _planes * _planeStride;
        _rowInSlot = new int[rows.Taps];
        _tapOffsets = new int[rows.Taps];
        _tapWeights = new float[rows.Taps];
        _source = new float[_phases is null ? sourceWidth : 0];
        _ring = new float[rows.Taps * _ringStride];
        _component = new byte[targetWidth];
        _columns = columns;
        _rows = rows;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ProcessRows<TLanes>(PlaneView source, PlaneView target, int component, int components, int firstRow, int endRow)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        for (int y = firstRow; y < endRow; y++)
        {
            int taps = GatherTaps<TLanes>(source, component, components, y);
            Span<byte> row = target.Row(y);
            if (components == 1)
            {
                SumRows<TLanes>(taps, row);
                continue;
            }

            Span<byte> samples = _component;
            SumRows<TLanes>(taps, samples);
            for (int x = 0; x < samples.Length; x++)
                row[(x * components) + component] = samples[x];
        }
    }

    private int GatherTaps<TLanes>(PlaneView source, int component, int components, int y)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        ResizeKernelMap rows = _rows!;
        ReadOnlySpan<float> weights = rows.Weights(y);
        int start = rows.Start(y);
        int taps = 0;
        for (int t = 0; t < weights.Length; t++)
        {
            if (weights[t] == 0)
                continue;
            int sourceRow = start + t;
            int slot = sourceRow % rows.Taps;
            if (_rowInSlot[slot] != sourceRow)
            {
                FilterRow<TLanes>(source.Row(sourceRow), component, components, _ring.AsSpan(slot * _ringStride, _ringStride));
                _rowInSlot[slot] = sourceRow;
            }

            _tapOffsets[taps] = slot * _ringStride;
            _tapWeights[taps++] = weights[t];
        }

        return taps;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FilterRow<TLanes>(ReadOnlySpan<byte> row, int component, int components, Span<float> ringRow)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        if (_phases is not null)
        {
            _phases.Load<TLanes>(row, component, components);
            _phases.Filter<TLanes>(ringRow, _rowScale);
            return;
        }

        for (int x = 0; x < _source.Length; x++)
            _source[x] = row[(x * components) + component];
        ResizeKernelMap columns = _columns!;
        for (int x = 0; x < columns.TargetLength; x++)
        {
            ReadOnlySpan<float> weights = columns.Weights(x);
            ReadOnlySpan<float> samples = _source.AsSpan(columns.Start(x), weights.Length);
            float sum = 0;
            for (int t = 0; t < samples.Length; t++)
                sum += samples[t] * weights[t];
            ringRow[x] = MathF.Floor((sum * _rowScale) + 0.5f);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SumRows<TLanes>(int taps, Span<byte> row)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        if (_planes > 2)
        {
            for (int plane = 0; plane < _planes; plane++)
            {
                int start = plane * _planeStride;
                for (int i = start; i < start + _phases!.Samples; i += 2 * TLanes.Count)
                    SumPair<TLanes>(taps, i, i + TLanes.Count, ref _sums[i]);
            }

            BytePlanes.Interleave(_sums, _planeStride, row);
            return;
        }

        // A pair of vectors makes 2 x Count bytes; the last pair goes through a buffer so that nothing is written
        // beyond the row.
        Span<byte> tail = stackalloc byte[2 * Vector512<float>.Count];
        int step = 2 * TLanes.Count;
        int second = _planes == 2 ? _planeStride : TLanes.Count;
        int x = 0;
        for (; x <= row.Length - step; x += step)
            SumPair<TLanes>(taps, x / _planes, (x / _planes) + second, ref row[x]);
        if (x < row.Length)
        {
            SumPair<TLanes>(taps, x / _planes, (x / _planes) + second, ref tail[0]);
            tail[..(row.Length - x)].CopyTo(row[x..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SumPair<TLanes>(int taps, int first, int second, ref byte bytes)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        ref float ring = ref MemoryMarshal.GetArrayDataReference(_ring);
        ReadOnlySpan<float> weights = _tapWeights.AsSpan(0, taps);
        ReadOnlySpan<int> offsets = _tapOffsets.AsSpan(0, taps);
        TLanes a = TLanes.Create(0);
        TLanes b = TLanes.Create(0);
        for (int t = 0; t < weights.Length; t++)
        {
            TLanes weight = TLanes.Create(weights[t]);
            a = TLanes.MultiplyAdd(TLanes.Load(ref ring, offsets[t] + first), weight, a);
            b = TLanes.MultiplyAdd(TLanes.Load(ref ring, offsets[t] + second), weight, b);
        }

        a = ToByteRange(a);
        b = ToByteRange(b);
        if (_planes == 2)
        {
            a.StoreBytePairs(b, ref bytes, 0);
        }
        else
        {
            a.StoreBytes(ref bytes, 0);
            b.StoreBytes(ref bytes, TLanes.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TLanes ToByteRange<TLanes>(TLanes sum)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        TLanes rounded = TLanes.MultiplyAdd(sum, TLanes.Create(_outputScale), TLanes.Create(0.5f));
        return TLanes.Min(TLanes.Max(rounded, TLanes.Create(0)), TLanes.Create(255));
    }

    private static int Align(int samples) => (samples + Padding - 1) / Padding * Padding;
}
