using System.Runtime.CompilerServices;

namespace RtcEnhance.Inference;

/// <summary>The first layer of an 8-bit network: luma in 16-bit words to 8-bit activations. One thread at a time.</summary>
internal sealed class WordLayer<TLanes, TFloats>(
    QuantisedLayer layer, AlignedBuffer<int> weights, AlignedBuffer<int> biases, Requantiser requantiser, RowRing<short> source, RowRing<byte> target)
    : IRowLayer
    where TLanes : struct, IIntegerLanes<TLanes>
    where TFloats : struct, IFloatLanes<TFloats>
{
    private readonly AlignedBuffer<int> _sums = new((ByteConvolution.MostSamples + 1) * ByteConvolution.Channels);

    /// <inheritdoc/>
    public int Reach => layer.Layer.Reach;

    /// <inheritdoc/>
    public long PictureBytes(int width, int height) => target.PictureLength(width, height);

    /// <inheritdoc/>
    public void Begin(int width, int height, bool keepsAll) => target.Begin(width, height, keepsAll);

    /// <inheritdoc/>
    public void ComputeRow(int y, ReadOnlySpan<ColumnRun> runs)
    {
        Span<nint> rows = stackalloc nint[layer.Layer.Kernel];
        ref short first = ref source.Window(y, rows);
        ref byte to = ref target.Row(y);
        ref int sums = ref _sums[0];
        foreach (ColumnRun run in runs)
        {
            for (int x = run.First; x < run.End; x += ByteConvolution.MostSamples)
            {
                int count = ByteConvolution.CountAt(x, run);
                WordConvolution.Convolve<TLanes>(
                    ref Unsafe.Add(ref first, x), rows, ref weights[0], ref biases[0], layer.Layer.Outputs, ref sums, target.Channels, count);
                requantiser.Apply<TFloats>(_sums.Span[..(count * target.Channels)], ref to, ref Unsafe.Add(ref to, (nint)x * target.Channels));
            }
        }

        target.CloseRow(y);
    }
}
