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
        if (_sums.Length < width + RowRing<byte>.Block)
            _sums = new int[width + RowRing<byte>.Block];
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
        ref int sums = ref MemoryMarshal.GetArrayDataReference(_sums);
        for (int output = 0; output < layer.Layer.Outputs; output++)
        {
            ref byte packed = ref weights[output * rows.Length * rows.Length * source.Channels];
            if (source.Channels == NarrowConvolution.Channels)
                ResidualConvolution.ConvolveNarrow<TLanes>(ref first, rows, ref packed, ref sums, count);
            else
                ResidualConvolution.ConvolveWide<TLanes>(ref first, rows, ref packed, ref sums, count);

            // One multiplication and one addition, as everywhere: the same result on every vector width.
            TFloats gain = TFloats.Create(layer.SumSteps[output] * White);
            TFloats bias = TFloats.Create(layer.Biases[output]);
            ref float plane = ref Unsafe.Add(ref target.Plane(output), run.First);
            for (int x = 0; x < count; x += TFloats.Count)
                ((TFloats.LoadIntegers(ref sums, x) + bias) * gain).Store(ref plane, x);
        }
    }
}
