using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RtcEnhance.Inference;

/// <summary>
/// The classically enlarged luma, in planes: one for each place of an output sample within its input sample. At scale 2
/// every value is exact, at other scales it is the same on every vector width. One thread at a time.
/// </summary>
internal sealed class EnlargedRows<TFloats>
    where TFloats : struct, IFloatLanes<TFloats>
{
    private const int Taps = 4;
    private const int Padding = RowRing<float>.Block;

    // A row's taps reach two rows up or down.
    private const int Slots = 5;

    private readonly int _scale;
    private readonly float[] _weights;
    private readonly int[] _firstTaps;
    private readonly int[] _offsets = new int[Taps];
    private int _row;
    private float[] _source = [];
    private float[] _planes = [];
    private int _stride;
    private int _width;
    private int _height;

    /// <summary>A classical enlargement.</summary>
    /// <param name="filter">Its kernel.</param>
    /// <param name="scale">Output samples for each input sample along an axis.</param>
    public EnlargedRows(BaseFilter filter, int scale)
    {
        _scale = scale;
        _weights = new float[scale * Taps];
        _firstTaps = new int[scale];
        for (int phase = 0; phase < scale; phase++)
        {
            double position = ((phase + 0.5) / scale) - 0.5;
            int nearest = (int)Math.Floor(position);
            _firstTaps[phase] = nearest - 1;
            for (int tap = 0; tap < Taps; tap++)
                _weights[(phase * Taps) + tap] = (float)Weight(filter, Math.Abs(position - (nearest - 1 + tap)));
        }
    }

    /// <summary>Input rows and columns to each side that an output sample depends on.</summary>
    public static int Reach => 2;

    /// <summary>Prepares for a picture: allocates where its width differs from the one before.</summary>
    public void Begin(int width, int height)
    {
        _height = height;
        if (width == _width)
            return;
        _width = width;
        _stride = (width + (2 * Padding) - 1) / Padding * Padding;
        _source = new float[Padding + _stride + Padding];
        _planes = new float[Slots * _scale * _stride];
    }

    /// <summary>Takes a row and filters it along x.</summary>
    /// <param name="y">The row.</param>
    /// <param name="luma">Its samples.</param>
    public void Load(int y, ReadOnlySpan<byte> luma)
    {
        ref byte bytes = ref MemoryMarshal.GetReference(luma);
        ref float source = ref _source[Padding];
        int x = 0;
        for (; x <= luma.Length - TFloats.Count; x += TFloats.Count)
            TFloats.LoadBytes(ref bytes, x).Store(ref source, x);
        for (; x < luma.Length; x++)
            Unsafe.Add(ref source, x) = luma[x];
        _source.AsSpan(0, Padding).Fill(luma[0]);
        _source.AsSpan(Padding + luma.Length).Fill(luma[^1]);
        for (int phase = 0; phase < _scale; phase++)
        {
            ref float from = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_source), Padding + _firstTaps[phase]);
            ref float to = ref _planes[PlaneOffset(y, phase)];
            Combine(phase, _width, ref to, ref from, ref Unsafe.Add(ref from, 1), ref Unsafe.Add(ref from, 2), ref Unsafe.Add(ref from, 3));
        }
    }

    /// <summary>Prepares for <see cref="Sum"/> along an output row; the input rows up to <see cref="Reach"/> away are loaded.</summary>
    /// <param name="y">The input row.</param>
    /// <param name="row">The output row within it.</param>
    public void BeginRow(int y, int row)
    {
        _row = row;
        for (int tap = 0; tap < Taps; tap++)
            _offsets[tap] = PlaneOffset(Math.Clamp(y + _firstTaps[row] + tap, 0, _height - 1), 0);
    }

    /// <summary>Luma filtered along y, with a residual added, limited to 0 to 255, to be truncated to bytes.</summary>
    /// <param name="column">The output column within each sample.</param>
    /// <param name="run">The samples; up to 15 more are made.</param>
    /// <param name="residual">The residual of the row's first sample.</param>
    /// <param name="sums">Takes the values, at the samples' places.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Sum(int column, ColumnRun run, ref float residual, ref float sums)
    {
        ReadOnlySpan<float> weights = _weights.AsSpan(_row * Taps, Taps);
        TFloats wa = TFloats.Create(weights[0]);
        TFloats wb = TFloats.Create(weights[1]);
        TFloats wc = TFloats.Create(weights[2]);
        TFloats wd = TFloats.Create(weights[3]);
        ref float plane = ref _planes[column * _stride];
        ref float a = ref Unsafe.Add(ref plane, _offsets[0]);
        ref float b = ref Unsafe.Add(ref plane, _offsets[1]);
        ref float c = ref Unsafe.Add(ref plane, _offsets[2]);
        ref float d = ref Unsafe.Add(ref plane, _offsets[3]);
        TFloats black = TFloats.Create(0);
        TFloats white = TFloats.Create(255);
        TFloats half = TFloats.Create(0.5f);
        for (int x = run.First; x < run.End; x += TFloats.Count)
        {
            TFloats sum = (TFloats.Load(ref a, x) * wa) + (TFloats.Load(ref b, x) * wb)
                + (TFloats.Load(ref c, x) * wc) + (TFloats.Load(ref d, x) * wd);
            sum = sum + TFloats.Load(ref residual, x) + half;
            TFloats.Min(TFloats.Max(sum, black), white).Store(ref sums, x);
        }
    }

    private static double Weight(BaseFilter filter, double distance) => filter switch
    {
        BaseFilter.Copy => distance == 0 ? 1 : 0,
        BaseFilter.Linear => Math.Max(1 - distance, 0),
        _ => distance <= 1
            ? (((1.5 * distance) - 2.5) * distance * distance) + 1
            : distance < 2 ? (((((-0.5 * distance) + 2.5) * distance) - 4) * distance) + 2 : 0,
    };

    private int PlaneOffset(int y, int column) => (((y % Slots) * _scale) + column) * _stride;

    private void Combine(int phase, int count, ref float to, ref float a, ref float b, ref float c, ref float d)
    {
        ReadOnlySpan<float> weights = _weights.AsSpan(phase * Taps, Taps);
        TFloats wa = TFloats.Create(weights[0]);
        TFloats wb = TFloats.Create(weights[1]);
        TFloats wc = TFloats.Create(weights[2]);
        TFloats wd = TFloats.Create(weights[3]);
        for (int x = 0; x < count; x += TFloats.Count)
        {
            TFloats sum = (TFloats.Load(ref a, x) * wa) + (TFloats.Load(ref b, x) * wb)
                + (TFloats.Load(ref c, x) * wc) + (TFloats.Load(ref d, x) * wd);
            sum.Store(ref to, x);
        }
    }
}
