using System.Runtime.CompilerServices;

namespace RtcEnhance.Inference;

/// <summary>A layer from 8-bit activations to 8-bit activations. One thread at a time.</summary>
/// <remarks>
/// Rings with 8 channels go with a 3 x 3 kernel and weights packed by <see cref="PackedWeights.Narrows"/>, those with 16
/// with weights packed by <see cref="PackedWeights.Wides"/>.
/// </remarks>
internal sealed class ByteLayer<TLanes, TFloats>(
    QuantisedLayer layer, AlignedBuffer<byte> weights, AlignedBuffer<int> biases, Requantiser requantiser, RowRing<byte> source, RowRing<byte> target, RowRing<byte>? skip)
    : IRowLayer
    where TLanes : struct, IIntegerLanes<TLanes>
    where TFloats : struct, IFloatLanes<TFloats>
{
    private readonly AlignedBuffer<int> _sums = new((ByteConvolution.MostSamples + 1) * ByteConvolution.Channels);
    private readonly int _quads = PackedWeights.Quads(layer.Layer);

    /// <inheritdoc/>
    public int Reach => layer.Layer.Reach;

    /// <inheritdoc/>
    public long PictureBytes(int width, int height) => target.PictureLength(width, height);

    /// <inheritdoc/>
    public void Begin(int width, int height, bool keepsAll) => target.Begin(width, height, keepsAll);

    /// <inheritdoc/>
    public void ComputeRow(int y, ReadOnlySpan<ColumnRun> runs)
    {
        int kernel = layer.Layer.Kernel;
        Span<nint> rows = stackalloc nint[kernel];
        ref byte above = ref source.Window(y, rows);
        ref byte here = ref Unsafe.Add(ref above, rows[kernel / 2]);
        ref byte below = ref Unsafe.Add(ref above, rows[kernel - 1]);
        int channels = target.Channels;
        ref byte to = ref target.Row(y);
        ref byte added = ref skip is null ? ref to : ref skip.Row(y);
        ref byte packed = ref weights[0];
        ref int offsets = ref biases[0];
        ref int sums = ref _sums[0];
        foreach (ColumnRun run in runs)
        {
            for (int x = run.First; x < run.End; x += ByteConvolution.MostSamples)
            {
                int count = ByteConvolution.CountAt(x, run);
                nint at = (nint)x * channels;
                if (channels == NarrowConvolution.Channels)
                {
                    NarrowConvolution.Convolve3x3<TLanes>(
                        ref Unsafe.Add(ref above, at), ref Unsafe.Add(ref here, at), ref Unsafe.Add(ref below, at), ref packed, ref offsets, ref sums, count);
                }
                else if (kernel == 3)
                {
                    ByteConvolution.Convolve3x3<TLanes>(
                        ref Unsafe.Add(ref above, at), ref Unsafe.Add(ref here, at), ref Unsafe.Add(ref below, at),
                        ref packed, _quads, ref offsets, layer.Layer.Outputs, ref sums, channels, count);
                }
                else
                {
                    ByteConvolution.Convolve1x1<TLanes>(
                        ref Unsafe.Add(ref here, at), ref packed, _quads, ref offsets, layer.Layer.Outputs, ref sums, channels, count);
                }

                requantiser.Apply<TFloats>(_sums.Span[..(count * channels)], ref Unsafe.Add(ref added, at), ref Unsafe.Add(ref to, at));
            }
        }

        target.CloseRow(y);
    }
}
