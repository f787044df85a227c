namespace RtcEnhance.Video;

/// <summary>How pixels lie in a host's memory.</summary>
public enum HostPixelFormat
{
    /// <summary>Planes Y, U, V; chroma halved both ways, rounded up.</summary>
    I420,

    /// <summary>Plane Y and one plane of interleaved U, V.</summary>
    Nv12,

    /// <summary>Three bytes a pixel: red, green, blue.</summary>
    Rgb24,

    /// <summary>Three bytes a pixel: blue, green, red.</summary>
    Bgr24,

    /// <summary>Four bytes a pixel: blue, green, red, alpha; alpha is ignored on the way in and 255 on the way out.</summary>
    Bgra32,
}

/// <summary>
/// A view over a picture in a host's memory, never stored. Nothing is checked until it is used or
/// <see cref="IsValid"/> is asked, so it may be built from whatever a decoder hands over. One thread at a time.
/// </summary>
/// <remarks>
/// A plane's span starts at its lowest address. A negative stride means that the rows are stored bottom-up, as
/// Windows bitmaps are: the first picture row is the last one in memory.
/// </remarks>
public readonly ref struct HostPicture
{
    private HostPicture(HostPixelFormat format, int width, int height)
    {
        Format = format;
        Width = width;
        Height = height;
    }

    /// <summary>How the pixels lie in memory.</summary>
    public HostPixelFormat Format { get; private init; }

    /// <summary>Width in pixels.</summary>
    public int Width { get; private init; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; private init; }

    /// <summary>The packed pixels, or luma.</summary>
    public Span<byte> Plane0 { get; private init; }

    /// <summary>U, or interleaved U and V; empty for packed formats.</summary>
    public Span<byte> Plane1 { get; private init; }

    /// <summary>V; empty for other formats than I420.</summary>
    public Span<byte> Plane2 { get; private init; }

    /// <summary>Bytes from one row of <see cref="Plane0"/> to the next, negative where stored bottom-up.</summary>
    public int Stride0 { get; private init; }

    /// <summary>Bytes from one row of <see cref="Plane1"/> to the next.</summary>
    public int Stride1 { get; private init; }

    /// <summary>Bytes from one row of <see cref="Plane2"/> to the next.</summary>
    public int Stride2 { get; private init; }

    /// <summary>A packed picture.</summary>
    /// <param name="format">One of the packed formats.</param>
    /// <param name="data">The pixels.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="stride">Bytes from one row to the next, negative where stored bottom-up.</param>
    /// <returns>The view.</returns>
    public static HostPicture Packed(HostPixelFormat format, Span<byte> data, int width, int height, int stride)
        => new(format, width, height) { Plane0 = data, Stride0 = stride };

    /// <summary>An I420 picture.</summary>
    /// <param name="y">Luma.</param>
    /// <param name="strideY">Bytes from one luma row to the next.</param>
    /// <param name="u">Blue-difference chroma.</param>
    /// <param name="strideU">Bytes from one row to the next.</param>
    /// <param name="v">Red-difference chroma.</param>
    /// <param name="strideV">Bytes from one row to the next.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <returns>The view.</returns>
    public static HostPicture I420(
        Span<byte> y, int strideY, Span<byte> u, int strideU, Span<byte> v, int strideV, int width, int height)
        => new(HostPixelFormat.I420, width, height)
        {
            Plane0 = y,
            Stride0 = strideY,
            Plane1 = u,
            Stride1 = strideU,
            Plane2 = v,
            Stride2 = strideV,
        };

    /// <summary>An NV12 picture.</summary>
    /// <param name="y">Luma.</param>
    /// <param name="strideY">Bytes from one luma row to the next.</param>
    /// <param name="uv">Interleaved chroma.</param>
    /// <param name="strideUV">Bytes from one row to the next.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <returns>The view.</returns>
    public static HostPicture Nv12(Span<byte> y, int strideY, Span<byte> uv, int strideUV, int width, int height)
        => new(HostPixelFormat.Nv12, width, height) { Plane0 = y, Stride0 = strideY, Plane1 = uv, Stride1 = strideUV };

    /// <summary>A picture in one block without padding: the planes follow each other, rows follow each other.</summary>
    /// <param name="format">Any format.</param>
    /// <param name="data">The block; where it is too short, the view is not valid.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <returns>The view.</returns>
    public static HostPicture Contiguous(HostPixelFormat format, Span<byte> data, int width, int height)
    {
        if (format is not (HostPixelFormat.I420 or HostPixelFormat.Nv12))
        {
            long bytes = (long)width * BytesPerPixel(format);
            return Packed(format, data, width, height, (int)Math.Clamp(bytes, 0, int.MaxValue));
        }

        if (width is < 1 or > VideoFramePool.MaxDimension || height is < 1 or > VideoFramePool.MaxDimension)
            return new(format, width, height);
        int luma = width * height;
        int chromaWidth = (width + 1) / 2;
        int chroma = chromaWidth * ((height + 1) / 2);
        Span<byte> rest = After(data, luma);
        return format == HostPixelFormat.I420
            ? I420(data, width, rest, chromaWidth, After(rest, chroma), chromaWidth, width, height)
            : Nv12(data, width, rest, 2 * chromaWidth, width, height);
    }

    /// <summary>Whether the size, strides and buffers fit together, so that the picture can be read and written.</summary>
    /// <param name="reason">What is wrong, with values; null where nothing is.</param>
    /// <returns>True where the picture can be used.</returns>
    public bool IsValid(out string? reason)
    {
        const int most = VideoFramePool.MaxDimension;
        reason = null;
        if (Width is < 1 or > most || Height is < 1 or > most)
        {
            reason = $"A picture of {Width}x{Height} is outside 1x1 to {most}x{most}.";
            return false;
        }

        int chromaWidth = (Width + 1) / 2;
        int chromaHeight = (Height + 1) / 2;
        return Format switch
        {
            HostPixelFormat.I420 => PlaneFits("Y", Plane0, Stride0, Width, Height, ref reason)
                && PlaneFits("U", Plane1, Stride1, chromaWidth, chromaHeight, ref reason)
                && PlaneFits("V", Plane2, Stride2, chromaWidth, chromaHeight, ref reason),
            HostPixelFormat.Nv12 => PlaneFits("Y", Plane0, Stride0, Width, Height, ref reason)
                && PlaneFits("UV", Plane1, Stride1, 2 * chromaWidth, chromaHeight, ref reason),
            _ => PlaneFits(nameof(Packed), Plane0, Stride0, Width * BytesPerPixel(Format), Height, ref reason),
        };
    }

    internal static int BytesPerPixel(HostPixelFormat format) => format == HostPixelFormat.Bgra32 ? 4 : 3;

    /// <summary>One row of a plane of a valid picture, counted from the top of the picture.</summary>
    internal static Span<byte> Row(Span<byte> plane, int stride, int rowBytes, int height, int y)
        => plane.Slice(stride >= 0 ? stride * y : -stride * (height - 1 - y), rowBytes);

    private static Span<byte> After(Span<byte> data, int bytes) => data.Length > bytes ? data[bytes..] : default;

    private static bool PlaneFits(
        string name, ReadOnlySpan<byte> plane, int stride, int rowBytes, int rows, ref string? reason)
    {
        long distance = Math.Abs((long)stride);
        if (distance < rowBytes)
        {
            reason = $"Plane {name} has a stride of {stride} for rows of {rowBytes} bytes.";
            return false;
        }

        long needed = (distance * (rows - 1)) + rowBytes;
        if (plane.Length < needed || needed > int.MaxValue)
        {
            reason = $"Plane {name} needs {needed} bytes and has {plane.Length}.";
            return false;
        }

        return true;
    }
}
