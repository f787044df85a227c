using System.Runtime.CompilerServices;

namespace RtcEnhance.Inference;

/// <summary>
/// The last rows of one layer's channels, sample by sample. A row lies in a frame of padding, rows beyond the picture
/// are all padding, and blocks of samples may be written up to the next multiple of <see cref="Block"/>. One thread at
/// a time.
/// </summary>
/// <typeparam name="T">The element of a channel.</typeparam>
internal sealed class RowRing<T>
    where T : unmanaged
{
    /// <summary>Samples that kernels make at a time.</summary>
    public const int Block = 16;

    // Kernels reach two samples beyond the edge; vectors read on to the end of their last sample's line.
    private const int Margin = 4;

    private readonly int _slots;
    private readonly T _padding;
    private AlignedBuffer<T>? _rows;
    private int _width;
    private int _height;
    private int _stride;

    /// <summary>A ring.</summary>
    /// <param name="channels">Elements from one sample to the next.</param>
    /// <param name="slots">Rows that are kept.</param>
    /// <param name="padding">The value beyond the edges.</param>
    public RowRing(int channels, int slots, T padding)
    {
        Channels = channels;
        _slots = slots;
        _padding = padding;
    }

    /// <summary>Elements from one sample to the next.</summary>
    public int Channels { get; }

    /// <summary>Prepares for a picture: allocates where its width differs from the one before.</summary>
    public void Begin(int width, int height)
    {
        _height = height;
        if (width == _width)
            return;
        _width = width;
        _stride = (Margin + ((width + Block - 1) / Block * Block) + Margin) * Channels;

        // Vectors that begin in the last row's margin may end behind it.
        _rows = new AlignedBuffer<T>(((_slots + 1) * _stride) + (8 * Block));
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
        ref T top = ref Row(y - reach);
        for (int i = 0; i < rows.Length; i++)
            rows[i] = Unsafe.ByteOffset(ref top, ref Row(y - reach + i)) / Unsafe.SizeOf<T>();
        return ref Unsafe.Subtract(ref top, reach * Channels);
    }

    /// <summary>The samples of a row of the picture.</summary>
    /// <param name="y">The row.</param>
    public Span<T> RowSpan(int y) => _rows!.Span.Slice(((y % _slots) * _stride) + (Margin * Channels), _width * Channels);

    /// <summary>Restores the padding behind a row that was written in whole blocks.</summary>
    /// <param name="y">The row.</param>
    public void CloseRow(int y) => _rows!.Span.Slice(((y % _slots) * _stride) + ((Margin + _width) * Channels), Margin * Channels).Fill(_padding);
}
