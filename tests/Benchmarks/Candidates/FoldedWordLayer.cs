using System.Runtime.CompilerServices;
using RtcEnhance.Inference;

namespace RtcEnhance.Benchmarks.Candidates;

/// <summary>The first layer of a folded network: from the rows of luma to places of 2 x 2 samples. One thread at a time.</summary>
internal sealed class FoldedWordLayer<TLanes, TFloats>(QuantisedLayer layer, Requantiser requantiser, RowRing<short> source, RowRing<byte> target)
    : IRowLayer
    where TLanes : struct, IIntegerLanes<TLanes>
    where TFloats : struct, IFloatLanes<TFloats>
{
    private readonly AlignedBuffer<int> _weights = CandidateKernels.PackFolded(layer);
    private readonly AlignedBuffer<int> _biases = PackedWeights.Padded<int>(layer.Biases);
    private readonly AlignedBuffer<int> _sums = new((ByteConvolution.MostSamples + 1) * ByteConvolution.Channels);

    /// <inheritdoc/>
    public int Reach => 1;

    /// <inheritdoc/>
    public long PictureBytes(int width, int height) => target.PictureLength(width, height);

    /// <inheritdoc/>
    public void Begin(int width, int height, bool keepsAll) => target.Begin(width, height, keepsAll);

    /// <inheritdoc/>
    public void ComputeRow(int y, ReadOnlySpan<ColumnRun> runs)
    {
        Span<nint> rows = stackalloc nint[6];
        ref short first = ref source.Row((2 * y) - 2);
        for (int i = 0; i < rows.Length; i++)
            rows[i] = Unsafe.ByteOffset(ref first, ref source.Row((2 * y) - 2 + i)) / sizeof(short);
        ref byte to = ref target.Row(y);
        foreach (ColumnRun run in runs)
        {
            for (int x = run.First; x < run.End; x += ByteConvolution.MostSamples)
            {
                int count = ByteConvolution.CountAt(x, run);
                CandidateKernels.Folded<TLanes>(
                    ref Unsafe.Add(ref first, (2 * x) - 2), rows, ref _weights[0], ref _biases[0], ref _sums[0], target.Channels, layer.Layer.Outputs, count);
                requantiser.Apply<TFloats>(_sums.Span[..(count * target.Channels)], ref to, ref Unsafe.Add(ref to, (nint)x * target.Channels));
            }
        }

        target.CloseRow(y);
    }
}
