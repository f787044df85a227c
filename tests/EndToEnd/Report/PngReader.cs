using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace RtcEnhance.EndToEnd.Tests.Report;

/// <summary>A plain reader of 8-bit RGB and palette PNG that checks every checksum.</summary>
internal static class PngReader
{
    public static (byte[] Rgb, int Width, int Height) Read(byte[] file)
    {
        Assert.Equal([137, 80, 78, 71, 13, 10, 26, 10], file[..8]);
        var chunks = Chunks(file);
        var header = chunks["IHDR"];
        var width = BinaryPrimitives.ReadInt32BigEndian(header);
        var height = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4));
        Assert.Equal(8, header[8]);
        Assert.Equal([0, 0, 0], header[10..]);
        var channels = header[9] == 2 ? 3 : 1;

        using var zlib = new ZLibStream(new MemoryStream(chunks["IDAT"]), CompressionMode.Decompress);
        var stride = width * channels;
        var above = new byte[stride + channels];
        var pixels = new List<byte>();
        for (var y = 0; y < height; y++)
        {
            var filter = zlib.ReadByte();
            var row = new byte[stride + channels];
            zlib.ReadExactly(row.AsSpan(channels));
            for (var i = channels; i < row.Length; i++)
                row[i] += Predict(filter, row[i - channels], above[i], above[i - channels]);
            pixels.AddRange(row[channels..]);
            above = row;
        }

        Assert.Equal(-1, zlib.ReadByte());
        var rgb = channels == 3
            ? pixels.ToArray()
            : pixels.SelectMany(index => chunks["PLTE"][(index * 3)..((index * 3) + 3)]).ToArray();
        return (rgb, width, height);
    }

    private static byte Predict(int filter, byte left, byte above, byte corner)
    {
        Assert.InRange(filter, 0, 4);
        if (filter == 4)
        {
            var estimate = left + above - corner;
            return new[] { left, above, corner }.MinBy(candidate => Math.Abs(estimate - candidate));
        }

        return filter switch { 1 => left, 2 => above, 3 => (byte)((left + above) / 2), _ => 0 };
    }

    private static Dictionary<string, byte[]> Chunks(byte[] file)
    {
        var chunks = new Dictionary<string, byte[]>();
        for (var i = 8; i < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(i));
            Assert.Equal(Crc(file.AsSpan(i + 4, length + 4)), BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(i + 8 + length)));
            chunks.Add(Encoding.ASCII.GetString(file, i + 4, 4), file[(i + 8)..(i + 8 + length)]);
            i += length + 12;
        }

        Assert.Empty(chunks["IEND"]);
        return chunks;
    }

    // As a polynomial division over the message with its first 32 bits inverted, the definition of ISO 3309.
    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var remainder = 0u;
        for (var bit = 0; bit < (data.Length * 8) + 32; bit++)
        {
            var input = bit < data.Length * 8 ? (uint)(data[bit / 8] >> (bit % 8)) & 1 : 0;
            if (bit < 32)
                input ^= 1;
            var carry = remainder >> 31;
            remainder = (remainder << 1) | input;
            if (carry == 1)
                remainder ^= 0x04C11DB7;
        }

        var reversed = 0u;
        for (var bit = 0; bit < 32; bit++)
            reversed |= ((remainder >> bit) & 1) << (31 - bit);
        return ~reversed;
    }
}
