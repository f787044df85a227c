namespace RtcEnhance.Video;

/// <summary>A view over one plane of a picture: bytes, never stored. One thread at a time.</summary>
public readonly ref struct PlaneView
{
    /// <summary>A view.</summary>
    /// <param name="data">From the first byte of the first row; at least stride x (height - 1) + width bytes.</param>
    /// <param name="width">Bytes in a row (for interleaved chroma, twice the samples).</param>
    /// <param name="height">Rows.</param>
    /// <param name="stride">Bytes from one row to the next, at least <paramref name="width"/>.</param>
    public PlaneView(Span<byte> data, int width, int height, int stride)
    {
        if (width < 0 || height < 0 || stride < width || (height > 0 && data.Length < ((long)stride * (height - 1)) + width))
            throw new ArgumentException($"A plane of {width}x{height} with stride {stride} does not fit into {data.Length} bytes.", nameof(data));
        Data = data;
        Width = width;
        Height = height;
        Stride = stride;
    }

    /// <summary>The bytes, from the first one of the first row.</summary>
    public Span<byte> Data { get; }

    /// <summary>Bytes in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Bytes from one row to the next.</summary>
    public int Stride { get; }

    /// <summary>One row, <see cref="Width"/> bytes.</summary>
    /// <param name="y">0 to <see cref="Height"/> - 1.</param>
    /// <returns>The row.</returns>
    public Span<byte> Row(int y) => Data.Slice(y * Stride, Width);
}
