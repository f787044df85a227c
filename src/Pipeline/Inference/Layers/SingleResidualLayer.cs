using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RtcEnhance.Inference;

/// <summary>The last layer in 32-bit floats: activations to planes of residual. One thread at a time.</summary>
internal sealed class SingleResidualLayer<TFloats>(ConvolutionLayer layer, AlignedBuffer<float> weights, RowRing<float> source, ResidualPlanes target)
    : IRowLayer
    where TFloats : struct, IFloatLanes<TFloats>
{
    private const float White = 255;

    /// <inheritdoc/>
    public int Reach => layer.Reach;

    /// <inheritdoc/>
    public long PictureBytes(int width, int height) => 0;

    /// <inheritdoc/>
    public void Begin(int width, int height, bool keepsAll) => target.Begin(width, layer.Outputs);

    /// <inheritdoc/>
    public void ComputeRow(int y, ReadOnlySpan<ColumnRun> runs)
    {
        int taps = layer.Kernel * layer.Kernel;
        Span<nint> rows = stackalloc nint[layer.Kernel];
        ref float first = ref source.Window(y, rows);
        for (int output = 0; output < layer.Outputs; output += 4)
        {
            ref float packed = ref weights[output * taps * ByteConvolution.Channels];
            int planes = Math.Min(4, layer.Outputs - output);
            foreach (ColumnRun run in runs)
            {
                for (int x = run.First; x < run.End; x++)
                {
                    Vector128<float> sums = SingleConvolution.ConvolveResidual<TFloats>(
                        ref Unsafe.Add(ref first, (nint)x * source.Channels), rows, ref packed);
                    for (int plane = 0; plane < planes; plane++)
                        Unsafe.Add(ref target.Plane(output + plane), x) = (sums[plane] + layer.Biases[output + plane]) * White;
                }
            }
        }
    }
}
