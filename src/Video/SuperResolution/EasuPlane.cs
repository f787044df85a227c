using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RtcEnhance.Video;

/// <summary>
/// Edge-adaptive upsampling of one plane. The gradient and edge strength of a source sample are computed once and kept
/// for two rows; at exactly twice the size the output falls on two phases, so taps are plain neighbouring loads, at
/// other ratios each source row is spread over the output columns once. Vector widths may differ by 1 in a byte. One thread at a time.
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

    // Columns that are spread: e f g h of a source row, and the terms left and right of the output sample.
    private const int TapColumns = 4;
    private const int TermColumns = 2;

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
    private float[] _spreadTaps = [];
    private float[] _spreadTerms = [];
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
        _spreadTaps = [];
        _spreadTerms = [];
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
        _outputStride = Align(IsDoubling ? sourceWidth + 1 : targetWidth);
        _windows = new float[4 * _outputStride];
        _samples = new float[2 * _outputStride];
        _phases = new float[2 * _outputStride];
        _output = new byte[2 * _outputStride];
        _columnStarts = [];
        _spreadTaps = [];
        _spreadTerms = [];
        if (IsDoubling)
        {
            _blended = new float[Terms * _stride];
            _phases.AsSpan(0, _outputStride).Fill(0.25f);
            _phases.AsSpan(_outputStride).Fill(0.75f);
            return;
        }

        _spreadTaps = new float[SourceSlots * TapColumns * _outputStride];
        _spreadTerms = new float[AnalysisSlots * Terms * TermColumns * _outputStride];
        _blended = new float[Terms * TermColumns * _outputStride];
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
            if (IsDoubling)
                DoubleRow<TLanes>(start, phase, target.Row(y));
            else
                ResizeRow<TLanes>(start, phase, target.Row(y));
        }
    }

    private static int Slot(int row, int slots) => (row + slots) % slots;

    private Span<float> SourceRow(int row) => _rows.AsSpan(Slot(row, SourceSlots) * _stride, _stride);

    private Span<float> AnalysisTerm(int row, int term)
        => _analysis.AsSpan(((Slot(row, AnalysisSlots) * Terms) + term) * _stride, _stride);

    private Span<float> SpreadTaps(int row) => _spreadTaps.AsSpan(Slot(row, SourceSlots) * TapColumns * _outputStride, TapColumns * _outputStride);

    private Span<float> SpreadTerms(int row)
        => _spreadTerms.AsSpan(Slot(row, AnalysisSlots) * Terms * TermColumns * _outputStride, Terms * TermColumns * _outputStride);

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
        if (!IsDoubling)
            Spread(to, -1, SpreadTaps(row));
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

        for (int term = 0; term < Terms && !IsDoubling; term++)
            Spread(AnalysisTerm(row, term), 0, SpreadTerms(row).Slice(term * TermColumns * _outputStride, TermColumns * _outputStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Blend<TLanes>(ref float above, ref float below, float phase, ref float to, int count)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        TLanes weight = TLanes.Create(phase);
        for (int x = 0; x < count; x += TLanes.Count)
        {
            TLanes first = TLanes.Load(ref above, x);
            TLanes.MultiplyAdd(TLanes.Load(ref below, x) - first, weight, first).Store(ref to, x);
        }
    }

    // Target samples 2 k + 1 and 2 k + 2 lie 1/4 and 3/4 past source sample k, for k from -1 to the last one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void DoubleRow<TLanes>(int start, float phase, Span<byte> row)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        const int quad = Padding - 1;
        int count = _sourceWidth + 1;
        for (int term = 0; term < Terms; term++)
            Blend<TLanes>(ref AnalysisTerm(start, term)[quad], ref AnalysisTerm(start + 1, term)[quad], phase, ref _blended[(term * _stride) + quad], count);
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
    private void ResizeRow<TLanes>(int start, float phase, Span<byte> row)
        where TLanes : struct, IFloatLanes<TLanes>
    {
        int plane = _outputStride;
        Blend<TLanes>(ref SpreadTerms(start)[0], ref SpreadTerms(start + 1)[0], phase, ref _blended[0], _blended.Length);
        var taps = new EasuTaps(
            ref SpreadTaps(start - 1)[plane], ref SpreadTaps(start)[0], ref SpreadTaps(start + 1)[0], ref SpreadTaps(start + 2)[plane], plane);
        EasuKernel.ShapeRow<TLanes>(
            ref _blended[0], TermColumns * plane, plane, ref _phases[0], ref _windows[0], plane, row.Length);
        EasuKernel.ResolveRow<TLanes>(
            taps, ref _phases[0], phase, ref _windows[0], plane, ref _samples[0], row.Length);
        for (int x = 0; x < row.Length; x += TLanes.Count)
            TLanes.Load(ref _samples[0], x).StoreBytes(ref _output[0], x);
        _output.AsSpan(0, row.Length).CopyTo(row);
    }

    // What lies at each output column's source sample, and so many samples beside it, a plane for each.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Spread(ReadOnlySpan<float> from, int firstColumn, Span<float> planes)
    {
        for (int column = 0; column * _outputStride < planes.Length; column++)
        {
            ReadOnlySpan<float> shifted = from[(Padding + firstColumn + column - 1)..];
            ReadOnlySpan<int> starts = _columnStarts;
            Span<float> to = planes.Slice(column * _outputStride, starts.Length);
            for (int x = 0; x < starts.Length; x++)
                to[x] = shifted[starts[x] + 1];
        }
    }
}
