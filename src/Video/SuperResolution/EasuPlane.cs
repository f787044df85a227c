using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RtcEnhance.Video;

/// <summary>
/// Edge-adaptive upsampling of one plane. The gradient and edge strength of a source sample are computed once and kept
/// for two rows; at exactly twice the size the output falls on two phases, so taps are plain neighbouring loads, at
/// other ratios they are gathered first. Vector widths may differ by 1 in a byte. One thread at a time.
/// </summary>
/// <remarks>
/// What runs per row is compiled for speed at its first call: in code that is not, the first frame of a process takes three
/// times as long.
/// </remarks>
internal sealed class EasuPlane
{
    private const int Padding = 16;
    private const int SourceSlots = 4;
    private const int AnalysisSlots = 2;
    private const int Terms = 3;

    private int _sourceWidth;
    private int _sourceHeight;
    private int _targetWidth;
    private int _targetHeight;
    private int _stride;
    private float[] _rows = [];
    private float[] _analysis = [];
    private float[] _blended = [];
    private byte[] _output = [];
    private int[] _columnStarts = [];
    private float[] _phases = [];
    private float[] _windows = [];
    private float[] _samples = [];
    private float[] _gathered = [];
    private int _outputStride;
    private readonly int[] _rowInSlot = new int[SourceSlots];
    private readonly int[] _analysisInSlot = new int[AnalysisSlots];

    private bool IsDoubling => _targetWidth == 2 * _sourceWidth;

    /// <summary>Prepares for a picture: allocates where a size differs from the one before.</summary>
    public void Begin(int sourceWidth, int sourceHeight, int targetWidth, int targetHeight)
    {
        if (sourceWidth != _sourceWidth || targetWidth != _targetWidth)
            Prepare(sourceWidth, targetWidth);
        _sourceHeight = sourceHeight;
        _targetHeight = targetHeight;
        _rowInSlot.AsSpan().Fill(int.MinValue);
        _analysisInSlot.AsSpan().Fill(int.MinValue);
    }

    /// <summary>Frees the caches.</summary>
    public void Reset()
    {
        _sourceWidth = 0;
        _targetWidth = 0;
        _rows = [];
        _analysis = [];
        _blended = [];
        _output = [];
        _columnStarts = [];
        _phases = [];
        _windows = [];
        _samples = [];
        _gathered = [];
    }

    /// <summary>Writes target rows.</summary>
    /// <param name="source">The source plane.</param>
    /// <param name="target">The target plane.</param>
    /// <param name="firstRow">First target row.</param>
    /// <param name="endRow">Row after the last one.</param>
    public void ProcessRows(PlaneView source, PlaneView target, int firstRow, int endRow)
    {
        if (_sourceWidth == _targetWidth && _sourceHeight == _targetHeight)
        {
            for (int y = firstRow; y < endRow; y++)
                source.Row(y).CopyTo(target.Row(y));
        }
        else if (Vector512.IsHardwareAccelerated && Avx512BW.IsSupported)
        {
            ProcessRows<FloatLanes512>(source, target, firstRow, endRow);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            ProcessRows<FloatLanes256>(source, target, firstRow, endRow);
        }
        else
        {
            ProcessRows<FloatLanes128>(source, target, firstRow, endRow);
        }
    }

    private static int Align(int samples) => (samples + Padding - 1) / Padding * Padding;

    private void Prepare(int sourceWidth, int targetWidth)
    {
        _sourceWidth = sourceWidth;
        _targetWidth = targetWidth;
        _stride = Padding + Align(sourceWidth + 1) + Padding;
        _rows = new float[SourceSlots * _stride];
        _analysis = new float[AnalysisSlots * Terms * _stride];
        _blended = new float[Terms * _stride];
        _outputStride = Align(IsDoubling ? sourceWidth + 1 : targetWidth);
        _windows = new float[4 * _outputStride];
        _samples = new float[2 * _outputStride];
        _phases = new float[2 * _outputStride];
        _output = new byte[2 * _outputStride];
        _columnStarts = [];
        _gathered = [];
        if (IsDoubling)
        {
            _phases.AsSpan(0, _outputStride).Fill(0.25f);
            _phases.AsSpan(_outputStride).Fill(0.75f);
            return;
        }

        // The 12 taps and the 2 x 3 terms of each output column, each contiguous.
        _gathered = new float[(12 + (2 * Terms)) * _outputStride];
        _columnStarts = new int[targetWidth];
        for (int x = 0; x < targetWidth; x++)
            (_columnStarts[x], _phases[x]) = Position(x, sourceWidth, targetWidth);
    }

    private static (int Start, float Phase) Position(int target, int sourceLength, int targetLength)
    {
        double position = ((target + 0.5) * sourceLength / targetLength) - 0.5;
        double start = Math.Floor(position);
        return ((int)start, (float)(position - start));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ProcessRows<TLanes>(PlaneView source, PlaneView target, int firstRow, int endRow)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        for (int y = firstRow; y < endRow; y++)
        {
            (int start, float phase) = Position(y, _sourceHeight, _targetHeight);
            for (int r = start - 1; r <= start + 2; r++)
                LoadRow<TLanes>(source, r);
            AnalyseRow<TLanes>(start);
            AnalyseRow<TLanes>(start + 1);
            BlendAnalysis<TLanes>(start, phase);
            if (IsDoubling)
                DoubleRow<TLanes>(start, phase, target.Row(y));
            else
                GatherRow<TLanes>(start, phase, target.Row(y));
        }
    }

    private static int Slot(int row, int slots) => (row + slots) % slots;

    private Span<float> SourceRow(int row) => _rows.AsSpan(Slot(row, SourceSlots) * _stride, _stride);

    private Span<float> AnalysisTerm(int row, int term)
        => _analysis.AsSpan(((Slot(row, AnalysisSlots) * Terms) + term) * _stride, _stride);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void LoadRow<TLanes>(PlaneView source, int row)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        ref int inSlot = ref _rowInSlot[Slot(row, SourceSlots)];
        if (inSlot == row)
            return;
        inSlot = row;
        Span<float> to = SourceRow(row);
        ReadOnlySpan<byte> from = source.Row(Math.Clamp(row, 0, _sourceHeight - 1));
        ref byte fromStart = ref MemoryMarshal.GetReference(from);
        ref float toStart = ref to[Padding];
        int x = 0;
        for (; x <= from.Length - TLanes.Count; x += TLanes.Count)
            TLanes.LoadBytes(ref fromStart, x).Store(ref toStart, x);
        for (; x < from.Length; x++)
            to[Padding + x] = from[x];
        to[..Padding].Fill(from[0]);
        to[(Padding + from.Length)..].Fill(from[^1]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AnalyseRow<TLanes>(int row)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        ref int inSlot = ref _analysisInSlot[Slot(row, AnalysisSlots)];
        if (inSlot == row)
            return;
        inSlot = row;
        ref float center = ref SourceRow(row)[0];
        ref float up = ref SourceRow(row - 1)[0];
        ref float down = ref SourceRow(row + 1)[0];
        ref float gradientX = ref AnalysisTerm(row, 0)[0];
        ref float gradientY = ref AnalysisTerm(row, 1)[0];
        ref float length = ref AnalysisTerm(row, 2)[0];

        // From the column left of the picture to the one right of it.
        int end = Padding + _sourceWidth + 1;
        for (int x = Padding - 1; x < end; x += TLanes.Count)
        {
            EasuKernel.Analyse(
                TLanes.Load(ref center, x - 1), TLanes.Load(ref up, x), TLanes.Load(ref center, x),
                TLanes.Load(ref down, x), TLanes.Load(ref center, x + 1),
                out TLanes gx, out TLanes gy, out TLanes l);
            gx.Store(ref gradientX, x);
            gy.Store(ref gradientY, x);
            l.Store(ref length, x);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BlendAnalysis<TLanes>(int start, float phase)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        TLanes weight = TLanes.Create(phase);
        int end = Padding + _sourceWidth + 1;
        for (int term = 0; term < Terms; term++)
        {
            ref float above = ref AnalysisTerm(start, term)[0];
            ref float below = ref AnalysisTerm(start + 1, term)[0];
            ref float to = ref _blended[term * _stride];
            for (int x = Padding - 1; x < end; x += TLanes.Count)
            {
                TLanes first = TLanes.Load(ref above, x);
                TLanes.MultiplyAdd(TLanes.Load(ref below, x) - first, weight, first).Store(ref to, x);
            }
        }
    }

    // Target samples 2 k + 1 and 2 k + 2 lie 1/4 and 3/4 past source sample k, for k from -1 to the last one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void DoubleRow<TLanes>(int start, float phase, Span<byte> row)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        const int quad = Padding - 1;
        int count = _sourceWidth + 1;
        var taps = new EasuTaps(
            ref SourceRow(start - 1)[quad], ref SourceRow(start)[quad - 1], ref SourceRow(start + 1)[quad - 1],
            ref SourceRow(start + 2)[quad], column: 1);
        for (int half = 0; half < 2; half++)
        {
            ref float phases = ref _phases[half * _outputStride];
            EasuKernel.ShapeRow<TLanes>(
                ref _blended[quad], _stride, 1, ref phases, ref _windows[0], _outputStride, count);
            EasuKernel.ResolveRow<TLanes>(
                taps, ref phases, phase, ref _windows[0], _outputStride, ref _samples[half * _outputStride], count);
        }

        for (int q = 0; q < count; q += TLanes.Count)
            TLanes.Load(ref _samples[0], q).StoreBytePairs(TLanes.Load(ref _samples[_outputStride], q), ref _output[0], 2 * q);
        _output.AsSpan(1, row.Length).CopyTo(row);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void GatherRow<TLanes>(int start, float phase, Span<byte> row)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        // Planes in the order b c, e f g h, i j k l, n o, then the terms left and right of the output sample.
        GatherColumns(SourceRow(start - 1), 0, 0, 2);
        GatherColumns(SourceRow(start), 2, -1, 4);
        GatherColumns(SourceRow(start + 1), 6, -1, 4);
        GatherColumns(SourceRow(start + 2), 10, 0, 2);
        for (int term = 0; term < Terms; term++)
            GatherColumns(_blended.AsSpan(term * _stride, _stride), 12 + (2 * term), 0, 2);

        int plane = _outputStride;
        var taps = new EasuTaps(
            ref _gathered[0], ref _gathered[2 * plane], ref _gathered[6 * plane], ref _gathered[10 * plane], plane);
        EasuKernel.ShapeRow<TLanes>(
            ref _gathered[12 * plane], 2 * plane, plane, ref _phases[0], ref _windows[0], plane, row.Length);
        EasuKernel.ResolveRow<TLanes>(
            taps, ref _phases[0], phase, ref _windows[0], plane, ref _samples[0], row.Length);
        for (int x = 0; x < row.Length; x += TLanes.Count)
            TLanes.Load(ref _samples[0], x).StoreBytes(ref _output[0], x);
        _output.AsSpan(0, row.Length).CopyTo(row);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void GatherColumns(ReadOnlySpan<float> from, int plane, int firstColumn, int columns)
    {
        for (int c = 0; c < columns; c++)
        {
            ReadOnlySpan<float> shifted = from[(Padding + firstColumn + c - 1)..];
            Span<float> to = _gathered.AsSpan((plane + c) * _outputStride, _columnStarts.Length);
            for (int x = 0; x < to.Length; x++)
                to[x] = shifted[_columnStarts[x] + 1];
        }
    }
}
