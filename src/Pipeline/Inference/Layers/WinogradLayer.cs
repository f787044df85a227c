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
    private const int MostTiles = ByteConvolution.MostSamples / WinogradConvolution.Rows;
    private const int TileSums = WinogradConvolution.Rows * ByteConvolution.Channels;
    private const int Stride = MostTiles * TileSums;

    private readonly AlignedBuffer<float> _sums = new(WinogradConvolution.Rows * Stride);
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

        // Tiles of all runs together: the last one of a run shares a vector with the first one of the next.
        Span<int> tiles = stackalloc int[MostTiles];
        int count = 0;
        foreach (ColumnRun run in runs)
        {
            for (int x = run.First; x < run.End; x += WinogradConvolution.Rows)
            {
                tiles[count++] = x;
                if (count < MostTiles)
                    continue;
                ComputeTiles(ref first, rows, y, tiles);
                count = 0;
            }
        }

        ComputeTiles(ref first, rows, y, tiles[..count]);
        for (int i = 0; i < RowsAt(y); i++)
            target.CloseRow(y + i);
    }

    private int RowsAt(int y) => Math.Min(WinogradConvolution.Rows, _height - y);

    private void ComputeTiles(ref byte first, ReadOnlySpan<nint> rows, int y, ReadOnlySpan<int> tiles)
    {
        if (tiles.IsEmpty)
            return;
        int atOnce = WinogradConvolution.Tiles<TLanes>();
        for (int i = 0; i < tiles.Length; i += atOnce)
        {
            nint distance = (nint)(tiles[Math.Min(i + atOnce, tiles.Length) - 1] - tiles[i]) * ByteConvolution.Channels;
            WinogradConvolution.Convolve<TLanes>(
                ref Unsafe.Add(ref first, (nint)tiles[i] * ByteConvolution.Channels), rows, distance, ref weights[0], ref _biases[0], ref _scratch[0],
                ref _sums[i * TileSums], Stride);
        }

        int begin = 0;
        for (int end = 1; end <= tiles.Length; end++)
        {
            if (end < tiles.Length && tiles[end] - tiles[end - 1] == WinogradConvolution.Rows)
                continue;
            Requantise(y, tiles[begin], begin * TileSums, (end - begin) * TileSums);
            begin = end;
        }
    }

    // The sums of neighbouring tiles.
    private void Requantise(int y, int x, int start, int count)
    {
        nint at = (nint)x * ByteConvolution.Channels;
        for (int i = 0; i < RowsAt(y); i++)
        {
            ref byte to = ref Unsafe.Add(ref target.Row(y + i), at);
            ref byte added = ref skip is null ? ref to : ref Unsafe.Add(ref skip.Row(y + i), at);
            requantiser.Apply<TFloats>(_sums.Span.Slice((i * Stride) + start, count), ref added, ref to);
        }
    }

    private static AlignedBuffer<float> AnchoredBiases(QuantisedLayer layer)
    {
        var biases = new AlignedBuffer<float>(ByteConvolution.Channels);
        for (int i = 0; i < layer.Biases.Length; i++)
            biases[i] = WinogradConvolution.Anchor + layer.Biases[i];
        return biases;
    }
}
