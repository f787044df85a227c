using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RtcEnhance.Inference;

/// <summary>A layer in 32-bit floats, first or inner. One thread at a time.</summary>
internal sealed class SingleLayer<TFloats>(
    ConvolutionLayer layer, AlignedBuffer<float> weights, AlignedBuffer<float> biases, AlignedBuffer<float> slopes, RowRing<float> source, RowRing<float> target, RowRing<float>? skip)
    : IRowLayer
    where TFloats : struct, IFloatLanes<TFloats>
{
    private readonly float[] _sums = new float[SingleConvolution.Samples * ByteConvolution.Channels];

    /// <inheritdoc/>
    public int Reach => layer.Reach;

    /// <inheritdoc/>
    public long PictureBytes(int width, int height) => target.PictureLength(width, height) * sizeof(float);

    /// <inheritdoc/>
    public void Begin(int width, int height, bool keepsAll) => target.Begin(width, height, keepsAll);

    /// <inheritdoc/>
    public void ComputeRow(int y, ReadOnlySpan<ColumnRun> runs)
    {
        nint step = source.Channels;
        Span<nint> rows = stackalloc nint[layer.Kernel];
        ref float first = ref source.Window(y, rows);
        ref float to = ref target.Row(y);
        ref float sums = ref MemoryMarshal.GetArrayDataReference(_sums);
        foreach (ColumnRun run in runs)
        {
            for (int x = run.First; x < run.End; x += SingleConvolution.Samples)
            {
                SingleConvolution.Convolve<TFloats>(
                    ref Unsafe.Add(ref first, x * step), rows, step, layer.Inputs, ref weights[0], ref biases[0], layer.Outputs, ref sums);
                nint at = (nint)x * target.Channels;
                Activate(ref Unsafe.Add(ref to, at));
                if (skip is not null)
                    AddSkip(ref Unsafe.Add(ref skip.Row(y), at), ref Unsafe.Add(ref to, at));
            }
        }

        target.CloseRow(y);
    }

    private void Activate(ref float to)
    {
        TFloats zero = TFloats.Create(0);
        TFloats limit = TFloats.Create(layer.Limit);
        ref float sums = ref MemoryMarshal.GetArrayDataReference(_sums);
        for (int i = 0; i < _sums.Length; i += TFloats.Count)
        {
            TFloats sum = TFloats.Load(ref sums, i);
            TFloats slope = TFloats.Load(ref slopes[0], i % ByteConvolution.Channels);
            TFloats.MultiplyAdd(TFloats.Min(sum, zero), slope, TFloats.Min(TFloats.Max(sum, zero), limit)).Store(ref to, i);
        }
    }

    private static void AddSkip(ref float skip, ref float to)
    {
        for (int i = 0; i < SingleConvolution.Samples * ByteConvolution.Channels; i += TFloats.Count)
            (TFloats.Load(ref to, i) + TFloats.Load(ref skip, i)).Store(ref to, i);
    }
}
