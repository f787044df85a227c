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
    private int _width;

    /// <inheritdoc/>
    public int Reach => layer.Layer.Reach;

    /// <inheritdoc/>
    public void Begin(int width, int height)
    {
        target.Begin(width, layer.Layer.Outputs);
        if (width != _width)
            _sums = new int[(width + RowRing<byte>.Block - 1) / RowRing<byte>.Block * RowRing<byte>.Block];
        _width = width;
    }

    /// <inheritdoc/>
    public void ComputeRow(int y)
    {
        int kernel = layer.Layer.Kernel;
        Span<nint> rows = stackalloc nint[kernel];
        ref byte first = ref source.Window(y, rows);
        ref int sums = ref MemoryMarshal.GetArrayDataReference(_sums);
        for (int output = 0; output < layer.Layer.Outputs; output++)
        {
            ref byte run = ref weights[output * kernel * kernel * source.Channels];
            if (source.Channels == NarrowConvolution.Channels)
                ResidualConvolution.ConvolveNarrow<TLanes>(ref first, rows, ref run, ref sums, _width);
            else
                ResidualConvolution.ConvolveWide<TLanes>(ref first, rows, ref run, ref sums, _width);

            // One multiplication and one addition, as everywhere: the same result on every vector width.
            TFloats gain = TFloats.Create(layer.SumSteps[output] * White);
            TFloats bias = TFloats.Create(layer.Biases[output]);
            ref float plane = ref target.Plane(output);
            for (int x = 0; x < _sums.Length; x += TFloats.Count)
                ((TFloats.LoadIntegers(ref sums, x) + bias) * gain).Store(ref plane, x);
        }
    }
}
