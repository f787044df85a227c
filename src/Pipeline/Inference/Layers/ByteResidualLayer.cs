using System.Runtime.CompilerServices;

namespace RtcEnhance.Inference;

/// <summary>The last layer of an 8-bit network: activations to planes of residual. One thread at a time.</summary>
internal sealed class ByteResidualLayer<TLanes, TFloats>(QuantisedLayer layer, AlignedBuffer<byte> weights, RowRing<byte> source, ResidualPlanes target)
    : IRowLayer
    where TLanes : struct, IIntegerLanes<TLanes>
    where TFloats : struct, IFloatLanes<TFloats>
{
    private const int White = 255;

    private int[] _sums = [];

    /// <inheritdoc/>
    public int Reach => layer.Layer.Reach;

    /// <inheritdoc/>
    public long PictureBytes(int width, int height) => 0;

    /// <inheritdoc/>
    public void Begin(int width, int height, bool keepsAll)
    {
        target.Begin(width, layer.Layer.Outputs);
        if (_sums.Length != 4 * (width + RowRing<byte>.Block))
            _sums = new int[4 * (width + RowRing<byte>.Block)];
    }

    /// <inheritdoc/>
    public void ComputeRow(int y, ReadOnlySpan<ColumnRun> runs)
    {
        Span<nint> rows = stackalloc nint[layer.Layer.Kernel];
        ref byte first = ref source.Window(y, rows);
        int outputs = layer.Layer.Outputs;
        int atOnce = TLanes.Count == ByteConvolution.Channels ? 4 : 1;
        int stride = _sums.Length / 4;
        for (int output = 0; output < outputs; output += atOnce)
        {
            ref byte packed = ref weights[output * rows.Length * rows.Length * source.Channels];
            foreach (ColumnRun run in runs)
                Convolve(ref Unsafe.Add(ref first, (nint)run.First * source.Channels), rows, ref packed, ref _sums[run.First], stride, run.End - run.First);
            for (int i = 0; i < Math.Min(atOnce, outputs - output); i++)
                FillPlane(output + i, ref _sums[i * stride], runs);
        }
    }

    private void Convolve(ref byte first, ReadOnlySpan<nint> rows, ref byte packed, ref int sums, int stride, int count)
    {
        bool isNarrow = source.Channels == NarrowConvolution.Channels;
        if (TLanes.Count == ByteConvolution.Channels && isNarrow)
            ResidualConvolution.ConvolveFour<TLanes, ResidualConvolution.NarrowSample>(ref first, rows, ref packed, ref sums, stride, count);
        else if (TLanes.Count == ByteConvolution.Channels)
            ResidualConvolution.ConvolveFour<TLanes, ResidualConvolution.WideSample>(ref first, rows, ref packed, ref sums, stride, count);
        else if (isNarrow)
            ResidualConvolution.ConvolveNarrow<TLanes>(ref first, rows, ref packed, ref sums, count);
        else
            ResidualConvolution.ConvolveWide<TLanes>(ref first, rows, ref packed, ref sums, count);
    }

    // One multiplication and one addition, as everywhere: the same result on every vector width.
    private void FillPlane(int output, ref int sums, ReadOnlySpan<ColumnRun> runs)
    {
        TFloats gain = TFloats.Create(layer.SumSteps[output] * White);
        TFloats bias = TFloats.Create(layer.Biases[output]);
        ref float plane = ref target.Plane(output);
        foreach (ColumnRun run in runs)
        {
            for (int x = run.First; x < run.End; x += TFloats.Count)
                ((TFloats.LoadIntegers(ref sums, x) + bias) * gain).Store(ref plane, x);
        }
    }
}
