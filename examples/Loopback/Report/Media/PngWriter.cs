using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace RtcEnhance.Loopback.Report.Media;

/// <summary>Writes PNG files, W3C PNG third edition: 8-bit RGB or 8-bit palette, not interlaced. Thread-safe.</summary>
public static class PngWriter
{
    private const byte Rgb = 2;
    private const byte Palette = 3;

    private static readonly byte[] Signature = [137, 80, 78, 71, 13, 10, 26, 10];

    /// <summary>Encodes an RGB picture without loss.</summary>
    /// <param name="pixels">RGB, 8 bits each, rows top down without padding.</param>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <returns>The file.</returns>
    /// <exception cref="ArgumentException">The buffer is not width x height x 3 bytes.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, int width, int height)
    {
        CheckSize(pixels.Length, width, height, 3);
        return Write(Rgb, [], Filter(pixels, width * 3, 3), width, height);
    }

    /// <summary>Encodes a picture of palette indices.</summary>
    /// <param name="indices">One byte a pixel, rows top down without padding.</param>
    /// <param name="palette">RGB for each index, at most 256 colours.</param>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <returns>The file.</returns>
    /// <exception cref="ArgumentException">The buffer is not width x height bytes.</exception>
    public static byte[] EncodeIndexed(ReadOnlySpan<byte> indices, ReadOnlySpan<byte> palette, int width, int height)
    {
        CheckSize(indices.Length, width, height, 1);
        return Write(Palette, palette, Filter(indices, width, 1), width, height);
    }

    private static void CheckSize(int bytes, int width, int height, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (bytes != (long)width * height * channels)
            throw new ArgumentException($"{bytes} bytes are not {width} x {height} x {channels}.");
    }

    private static byte[] Write(byte colourType, ReadOnlySpan<byte> palette, byte[] rows, int width, int height)
    {
        using var file = new MemoryStream();
        file.Write(Signature);

        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8;
        header[9] = colourType;
        header[10..].Clear();
        WriteChunk(file, "IHDR", header);
        if (colourType == Palette)
            WriteChunk(file, "PLTE", palette);

        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.SmallestSize, leaveOpen: true))
            zlib.Write(rows);
        WriteChunk(file, "IDAT", data.GetBuffer().AsSpan(0, (int)data.Length));
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    // Each row by whichever of the filters None, Sub, Up and Paeth leaves the smallest residual: the usual heuristic.
    private static byte[] Filter(ReadOnlySpan<byte> pixels, int stride, int pixelBytes)
    {
        ReadOnlySpan<byte> filters = [0, 1, 2, 4];
        var rows = new byte[pixels.Length / stride * (stride + 1)];
        var candidate = new byte[stride];
        ReadOnlySpan<byte> above = new byte[stride];
        for (var y = 0; y < pixels.Length / stride; y++)
        {
            var row = pixels.Slice(y * stride, stride);
            var output = rows.AsSpan(y * (stride + 1), stride + 1);
            var best = long.MaxValue;
            foreach (var filter in filters)
            {
                var cost = Apply(filter, row, above, pixelBytes, candidate);
                if (cost >= best)
                    continue;
                best = cost;
                output[0] = filter;
                candidate.CopyTo(output[1..]);
            }

            above = row;
        }

        return rows;
    }

    private static long Apply(
        byte filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int pixelBytes, Span<byte> output)
    {
        long cost = 0;
        for (var i = 0; i < row.Length; i++)
        {
            var left = i < pixelBytes ? 0 : row[i - pixelBytes];
            var corner = i < pixelBytes ? 0 : above[i - pixelBytes];
            var prediction = filter switch
            {
                1 => left,
                2 => above[i],
                4 => Paeth(left, above[i], corner),
                _ => 0,
            };
            output[i] = (byte)(row[i] - prediction);
            cost += Math.Abs((int)(sbyte)output[i]);
        }

        return cost;
    }

    private static int Paeth(int left, int above, int corner)
    {
        var estimate = left + above - corner;
        var (toLeft, toAbove, toCorner)
            = (Math.Abs(estimate - left), Math.Abs(estimate - above), Math.Abs(estimate - corner));
        if (toLeft <= toAbove && toLeft <= toCorner)
            return left;
        return toAbove <= toCorner ? above : corner;
    }

    private static void WriteChunk(Stream file, string type, ReadOnlySpan<byte> data)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
        file.Write(word);
        Encoding.ASCII.GetBytes(type, word);
        file.Write(word);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(word, ~Crc(Crc(uint.MaxValue, word), data));
        file.Write(word);
    }

    // CRC-32 of ISO 3309, bit by bit: a page has a handful of pictures.
    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }

        return crc;
    }
}
