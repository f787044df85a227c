using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
        foreach (ColumnRun run in runs)
            ComputeRun(ref Unsafe.Add(ref first, (nint)run.First * source.Channels), rows, run);
    }

    private void ComputeRun(ref byte first, ReadOnlySpan<nint> rows, ColumnRun run)
    {
        int count = run.End - run.First;
        int taps = rows.Length * rows.Length;
        ref int sums = ref MemoryMarshal.GetArrayDataReference(_sums);
        if (TLanes.Count == ByteConvolution.Channels)
        {
            int stride = _sums.Length / 4;
            for (int output = 0; output < layer.Layer.Outputs; output += 4)
            {
                ref byte packed = ref weights[output * taps * source.Channels];
                if (source.Channels == NarrowConvolution.Channels)
                    ResidualConvolution.ConvolveFour<TLanes, ResidualConvolution.NarrowSample>(ref first, rows, ref packed, ref sums, stride, count);
                else
                    ResidualConvolution.ConvolveFour<TLanes, ResidualConvolution.WideSample>(ref first, rows, ref packed, ref sums, stride, count);
                for (int i = 0; i < Math.Min(4, layer.Layer.Outputs - output); i++)
                    FillPlane(output + i, ref Unsafe.Add(ref sums, i * stride), run);
            }

            return;
        }

        for (int output = 0; output < layer.Layer.Outputs; output++)
        {
            ref byte packed = ref weights[output * taps * source.Channels];
            if (source.Channels == NarrowConvolution.Channels)
                ResidualConvolution.ConvolveNarrow<TLanes>(ref first, rows, ref packed, ref sums, count);
            else
                ResidualConvolution.ConvolveWide<TLanes>(ref first, rows, ref packed, ref sums, count);
            FillPlane(output, ref sums, run);
        }
    }

    // One multiplication and one addition, as everywhere: the same result on every vector width.
    private void FillPlane(int output, ref int sums, ColumnRun run)
    {
        TFloats gain = TFloats.Create(layer.SumSteps[output] * White);
        TFloats bias = TFloats.Create(layer.Biases[output]);
        ref float plane = ref Unsafe.Add(ref target.Plane(output), run.First);
        for (int x = 0; x < run.End - run.First; x += TFloats.Count)
            ((TFloats.LoadIntegers(ref sums, x) + bias) * gain).Store(ref plane, x);
    }
}
