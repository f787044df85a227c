using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RtcEnhance.Inference;

/// <summary>The last layer in 32-bit floats: activations to planes of residual. One thread at a time.</summary>
internal sealed class SingleResidualLayer<TFloats>(ConvolutionLayer layer, AlignedBuffer<float> weights, RowRing<float> source, ResidualPlanes target)
    : IRowLayer
    where TFloats : struct, IFloatLanes<TFloats>
{
    private const float White = 255;

    private int _width;

    /// <inheritdoc/>
    public int Reach => layer.Reach;

    /// <inheritdoc/>
    public void Begin(int width, int height)
    {
        target.Begin(width, layer.Outputs);
        _width = width;
    }

    /// <inheritdoc/>
    public void ComputeRow(int y)
    {
        int taps = layer.Kernel * layer.Kernel;
        Span<nint> rows = stackalloc nint[layer.Kernel];
        ref float first = ref source.Window(y, rows);
        for (int output = 0; output < layer.Outputs; output += 4)
        {
            ref float run = ref weights[output * taps * ByteConvolution.Channels];
            int planes = Math.Min(4, layer.Outputs - output);
            for (int x = 0; x < _width; x++)
            {
                Vector128<float> sums = SingleConvolution.ConvolveResidual<TFloats>(
                    ref Unsafe.Add(ref first, (nint)x * source.Channels), rows, ref run);
                for (int plane = 0; plane < planes; plane++)
                    Unsafe.Add(ref target.Plane(output + plane), x) = (sums[plane] + layer.Biases[output + plane]) * White;
            }
        }
    }
}
