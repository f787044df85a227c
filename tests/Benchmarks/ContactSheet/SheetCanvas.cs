namespace RtcEnhance.Benchmarks.ContactSheet;

/// <summary>A white picture to draw on. One thread at a time.</summary>
public sealed class SheetCanvas
{
    private readonly byte[] _pixels;
    private readonly int _width;
    private readonly int _height;

    /// <summary>A canvas.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    public SheetCanvas(int width, int height)
    {
        _width = width;
        _height = height;
        _pixels = new byte[3 * width * height];
        Array.Fill(_pixels, (byte)255);
    }

    /// <summary>Draws a part of a picture, each of its pixels as a square.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="x">Left edge of the part.</param>
    /// <param name="y">Top edge of the part.</param>
    /// <param name="width">Width of the part.</param>
    /// <param name="height">Height of the part.</param>
    /// <param name="scale">Side of the squares.</param>
    /// <param name="left">Where to, from the left.</param>
    /// <param name="top">Where to, from the top.</param>
    public void Draw(RgbImage image, int x, int y, int width, int height, int scale, int left, int top)
    {
        ArgumentNullException.ThrowIfNull(image);
        for (int row = 0; row < height * scale; row++)
        {
            for (int column = 0; column < width * scale; column++)
                image.Pixels.AsSpan(3 * (((y + (row / scale)) * image.Width) + x + (column / scale)), 3).CopyTo(At(left + column, top + row));
        }
    }

    /// <summary>Writes a line of text in black.</summary>
    /// <param name="text">The text.</param>
    /// <param name="scale">Side of the font's pixels.</param>
    /// <param name="left">Where to, from the left.</param>
    /// <param name="top">Where to, from the top.</param>
    public void Write(string text, int scale, int left, int top)
    {
        ArgumentNullException.ThrowIfNull(text);
        for (int row = 0; row < PixelFont.Height * scale; row++)
        {
            for (int column = 0; column < text.Length * PixelFont.Advance * scale && left + column < _width; column++)
            {
                if (PixelFont.HasInk(text, column / scale, row / scale))
                    At(left + column, top + row).Clear();
            }
        }
    }

    /// <summary>What was drawn.</summary>
    /// <returns>The picture; it changes with the canvas.</returns>
    public RgbImage ToImage() => new(_width, _height, _pixels);

    private Span<byte> At(int x, int y) => _pixels.AsSpan(3 * ((y * _width) + x), 3);
}
