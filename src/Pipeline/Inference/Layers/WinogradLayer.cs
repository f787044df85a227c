using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace RtcEnhance.Inference;

/// <summary>Where minimal filtering pays. Thread-safe.</summary>
internal static class WinogradLayer
{
    /// <summary>True for vectors that have its operations on this machine.</summary>
    public static bool Runs<TLanes>()
        where TLanes : struct, IIntegerLanes<TLanes>
        => typeof(TLanes) == typeof(IntegerLanes512) || (typeof(TLanes) == typeof(IntegerLanes256) && Fma.IsSupported);

    /// <summary>A layer, only where <see cref="Runs{TLanes}"/>; parameters as of <see cref="WinogradLayer{TLanes, TFloats}"/>.</summary>
    public static IRowLayer Create<TLanes>(
        QuantisedLayer layer, AlignedBuffer<short> weights, Requantiser requantiser, RowRing<byte> source, RowRing<byte> target, RowRing<byte>? skip)
        where TLanes : struct, IIntegerLanes<TLanes>
        => typeof(TLanes) == typeof(IntegerLanes512)
            ? new WinogradLayer<IntegerLanes512, FloatLanes512>(layer, weights, requantiser, source, target, skip)
            : new WinogradLayer<IntegerLanes256, FloatLanes256>(layer, weights, requantiser, source, target, skip);
}

/// <summary>
/// A 3 x 3 layer from 8-bit activations to 8-bit activations, four rows at a time; its results are those of
/// <see cref="ByteLayer{TLanes, TFloats}"/>. One thread at a time.
/// </summary>
internal sealed class WinogradLayer<TLanes, TFloats>(
    QuantisedLayer layer, AlignedBuffer<short> weights, Requantiser requantiser, RowRing<byte> source, RowRing<byte> target, RowRing<byte>? skip)
    : IRowLayer
    where TLanes : struct, IWordLanes<TLanes>
    where TFloats : struct, IFloatLanes<TFloats>
{
    private const int Stride = ByteConvolution.MostSamples * ByteConvolution.Channels;

    private readonly AlignedBuffer<int> _sums = new(WinogradConvolution.Rows * Stride);
    private readonly AlignedBuffer<byte> _scratch = new(WinogradConvolution.ScratchBytes);
    private readonly AlignedBuffer<float> _biases = AnchoredBiases(layer);
    private int _height;

    /// <inheritdoc/>
    public int Reach => layer.Layer.Reach;

    /// <inheritdoc/>
    public int RowsAtOnce => WinogradConvolution.Rows;

    /// <inheritdoc/>
    public long PictureBytes(int width, int height) => target.PictureLength(width, height);

    /// <inheritdoc/>
    public void Begin(int width, int height, bool keepsAll)
    {
        _height = height;
        target.Begin(width, height, keepsAll);
    }

    /// <inheritdoc/>
    public void ComputeRow(int y, ReadOnlySpan<ColumnRun> runs)
    {
        Span<nint> rows = stackalloc nint[WinogradConvolution.Taps];
        ref byte first = ref source.Window(y - Reach, Reach, rows);
        int count = Math.Min(WinogradConvolution.Rows, _height - y);
        foreach (ColumnRun run in runs)
        {
            for (int x = run.First; x < run.End; x += ByteConvolution.MostSamples)
            {
                int samples = ByteConvolution.CountAt(x, run);
                for (int i = 0; i < samples; i += WinogradConvolution.Samples<TLanes>())
                {
                    WinogradConvolution.Convolve<TLanes>(
                        ref Unsafe.Add(ref first, (nint)(x + i) * ByteConvolution.Channels), rows, ref weights[0], ref _biases[0], ref _scratch[0],
                        ref _sums[i * ByteConvolution.Channels], Stride);
                }

                nint at = (nint)x * ByteConvolution.Channels;
                for (int i = 0; i < count; i++)
                {
                    ref byte to = ref Unsafe.Add(ref target.Row(y + i), at);
                    ref byte added = ref skip is null ? ref to : ref Unsafe.Add(ref skip.Row(y + i), at);
                    requantiser.Apply<TFloats>(_sums.Span.Slice(i * Stride, samples * ByteConvolution.Channels), ref added, ref to);
                }
            }
        }

        for (int i = 0; i < count; i++)
            target.CloseRow(y + i);
    }

    private static AlignedBuffer<float> AnchoredBiases(QuantisedLayer layer)
    {
        var biases = new AlignedBuffer<float>(ByteConvolution.Channels);
        for (int i = 0; i < layer.Biases.Length; i++)
            biases[i] = WinogradConvolution.Anchor + layer.Biases[i];
        return biases;
    }
}
