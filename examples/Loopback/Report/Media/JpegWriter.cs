namespace RtcEnhance.Loopback.Report.Media;

/// <summary>
/// Writes baseline JPEG files without chroma subsampling, ITU-T T.81 with the JFIF header, for pictures that would be
/// too large as PNG. Thread-safe.
/// </summary>
public static class JpegWriter
{
    /// <summary>Encodes an RGB picture.</summary>
    /// <param name="pixels">RGB, 8 bits each, rows top down without padding.</param>
    /// <param name="width">Width in pixels, 1 to 65535.</param>
    /// <param name="height">Height in pixels, 1 to 65535.</param>
    /// <param name="quality">1 to 100 on the usual scale of the Independent JPEG Group.</param>
    /// <returns>The file.</returns>
    /// <exception cref="ArgumentException">The buffer is not width x height x 3 bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Size or quality out of range.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, int width, int height, int quality)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        if (pixels.Length != (long)width * height * 3)
            throw new ArgumentException($"{pixels.Length} bytes are not {width} x {height} x 3.", nameof(pixels));

        var luma = JpegTables.Quantiser(JpegTables.LumaQuantiser, quality);
        var chroma = JpegTables.Quantiser(JpegTables.ChromaQuantiser, quality);
        var bits = new JpegBitWriter();
        JpegTables.WriteHeader(bits, luma, chroma, width, height);

        Span<float> block = stackalloc float[64];
        Span<int> previousDc = stackalloc int[3];
        for (var y = 0; y < height; y += 8)
        {
            for (var x = 0; x < width; x += 8)
            {
                for (var component = 0; component < 3; component++)
                {
                    Load(pixels, width, height, x, y, component, block);
                    JpegDct.Forward(block);
                    bits.WriteBlock(
                        block,
                        component == 0 ? luma : chroma,
                        component == 0 ? JpegTables.LumaCodes : JpegTables.ChromaCodes,
                        ref previousDc[component]);
                }
            }
        }

        bits.Flush();
        bits.Write([0xFF, 0xD9]);
        return bits.ToArray();
    }

    // JFIF's full-range BT.601; blocks over the edge repeat the last row and column.
    private static void Load(
        ReadOnlySpan<byte> pixels, int width, int height, int x, int y, int component, Span<float> block)
    {
        for (var i = 0; i < 64; i++)
        {
            var column = Math.Min(x + (i % 8), width - 1);
            var row = Math.Min(y + (i / 8), height - 1);
            var pixel = pixels.Slice(((row * width) + column) * 3, 3);
            var (r, g, b) = (pixel[0], pixel[1], pixel[2]);
            block[i] = component switch
            {
                0 => (0.299f * r) + (0.587f * g) + (0.114f * b) - 128,
                1 => (-0.168736f * r) - (0.331264f * g) + (0.5f * b),
                _ => (0.5f * r) - (0.418688f * g) - (0.081312f * b),
            };
        }
    }
}
