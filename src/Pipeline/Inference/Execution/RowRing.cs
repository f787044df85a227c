using System.Runtime.CompilerServices;

namespace RtcEnhance.Inference;

/// <summary>
/// Rows of one layer's channels, sample by sample: the last ones, or all of a picture. A row lies in a frame of padding,
/// and rows beyond the picture are all padding. One thread at a time.
/// </summary>
/// <typeparam name="T">The element of a channel.</typeparam>
internal sealed class RowRing<T>
    where T : unmanaged
{
    /// <summary>Samples that kernels make at a time, at most: as many are readable behind a row's last one.</summary>
    public const int Block = 16;

    // Kernels reach two samples beyond the edge, and write up to eight samples from any place on.
    private const int Margin = 8;

    private readonly int _leastSlots;
    private readonly T _padding;
    private AlignedBuffer<T>? _rows;
    private int _width;
    private int _height;
    private int _slots;
    private int _stride;

    /// <summary>A ring.</summary>
    /// <param name="channels">Elements from one sample to the next.</param>
    /// <param name="slots">Rows that are kept at least.</param>
    /// <param name="padding">The value beyond the edges.</param>
    public RowRing(int channels, int slots, T padding)
    {
        Channels = channels;
        _leastSlots = slots;
        _padding = padding;
    }

    /// <summary>Elements from one sample to the next.</summary>
    public int Channels { get; }

    /// <summary>Elements of a picture's rows together.</summary>
    public long PictureLength(int width, int height) => (long)Stride(width) * height;

    /// <summary>Prepares for a picture: allocates where it needs another room than the one before.</summary>
    /// <param name="width">Its columns.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="keepsAll">True where all its rows are kept, and those of the next picture written over them.</param>
    public void Begin(int width, int height, bool keepsAll)
    {
        _height = height;
        int slots = keepsAll ? height : _leastSlots;
        if (width == _width && slots == _slots)
            return;
        _width = width;
        _slots = slots;
        _stride = Stride(width);
        _rows = new AlignedBuffer<T>(((_slots + 1) * _stride) + (2 * Block * Channels));
        _rows.Span.Fill(_padding);
    }

    /// <summary>The first sample of a row; a row beyond the picture is padding.</summary>
    /// <param name="y">The row.</param>
    public ref T Row(int y) => ref _rows![((y < 0 || y >= _height ? _slots : y % _slots) * _stride) + (Margin * Channels)];

    /// <summary>The upper left sample that a square kernel around a row's first sample sees.</summary>
    /// <param name="y">The row.</param>
    /// <param name="rows">Takes the elements from that sample to each of the kernel's rows; as many as it has.</param>
    public ref T Window(int y, Span<nint> rows)
    {
        int reach = rows.Length / 2;
        return ref Window(y - reach, reach, rows);
    }

    /// <summary>The upper left sample of a window on some rows.</summary>
    /// <param name="firstRow">The uppermost row.</param>
    /// <param name="left">Samples that the window begins left of the rows' first ones.</param>
    /// <param name="rows">Takes the elements from that sample to each of the rows; as many as there are.</param>
    public ref T Window(int firstRow, int left, Span<nint> rows)
    {
        ref T top = ref Row(firstRow);
        for (int i = 0; i < rows.Length; i++)
            rows[i] = Unsafe.ByteOffset(ref top, ref Row(firstRow + i)) / Unsafe.SizeOf<T>();
        return ref Unsafe.Subtract(ref top, left * Channels);
    }

    /// <summary>The samples of a row of the picture.</summary>
    /// <param name="y">The row.</param>
    public Span<T> RowSpan(int y) => _rows!.Span.Slice(((y % _slots) * _stride) + (Margin * Channels), _width * Channels);

    /// <summary>Restores the padding behind a row.</summary>
    /// <param name="y">The row.</param>
    public void CloseRow(int y) => _rows!.Span.Slice(((y % _slots) * _stride) + ((Margin + _width) * Channels), Margin * Channels).Fill(_padding);

    private int Stride(int width) => (Margin + ((width + Block - 1) / Block * Block) + Margin) * Channels;
}
