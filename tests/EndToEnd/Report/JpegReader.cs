using System.Buffers.Binary;

namespace RtcEnhance.EndToEnd.Tests.Report;

/// <summary>A plain reader of baseline JPEG without chroma subsampling, straight from ITU-T T.81.</summary>
internal sealed class JpegReader
{
    private readonly byte[] _file;
    private readonly Dictionary<int, byte[]> _quantisers = [];
    private readonly Dictionary<int, Dictionary<(int Length, int Code), byte>> _codes = [];
    private int _position = 2;
    private int _bit = 8;

    private JpegReader(byte[] file) => _file = file;

    private static int[] ZigZag { get; } = [.. Enumerable.Range(0, 64)
        .OrderBy(i => (i % 8) + (i / 8))
        .ThenBy(i => ((i % 8) + (i / 8)) % 2 == 0 ? i % 8 : i / 8)];

    public static (byte[] Rgb, int Width, int Height) Read(byte[] file)
    {
        Assert.Equal([0xFF, 0xD8], file[..2]);
        return new JpegReader(file).Decode();
    }

    private (byte[] Rgb, int Width, int Height) Decode()
    {
        var (width, height) = ReadSegments();
        var rgb = new byte[width * height * 3];
        var dc = new int[3];
        for (var y = 0; y < height; y += 8)
        {
            for (var x = 0; x < width; x += 8)
            {
                var blocks = Enumerable.Range(0, 3).Select(component => ReadBlock(component, dc)).ToArray();
                for (var i = 0; i < 64; i++)
                {
                    if (x + (i % 8) < width && y + (i / 8) < height)
                        Store(rgb.AsSpan((((y + (i / 8)) * width) + x + (i % 8)) * 3), blocks[0][i] + 128, blocks[1][i], blocks[2][i]);
                }
            }
        }

        Assert.Equal([0xFF, 0xD9], _file[^2..]);
        Assert.Equal(_file.Length - 2, _position + (_bit == 8 ? 0 : _file[_position] == 0xFF ? 2 : 1));
        return (rgb, width, height);
    }

    private (int Width, int Height) ReadSegments()
    {
        var (width, height) = (0, 0);
        while (true)
        {
            var marker = _file[_position + 1];
            var length = BinaryPrimitives.ReadUInt16BigEndian(_file.AsSpan(_position + 2));
            var data = _file.AsSpan(_position + 4, length - 2);
            _position += length + 2;
            if (marker == 0xC0)
                (height, width) = (BinaryPrimitives.ReadUInt16BigEndian(data[1..]), BinaryPrimitives.ReadUInt16BigEndian(data[3..]));
            for (; marker == 0xDB && data.Length > 0; data = data[65..])
                _quantisers[data[0]] = data[1..65].ToArray();
            while (marker == 0xC4 && data.Length > 0)
                data = data[ReadCodes(data)..];
            if (marker == 0xDA)
                return (width, height);
        }
    }

    private int ReadCodes(ReadOnlySpan<byte> data)
    {
        var table = new Dictionary<(int, int), byte>();
        var (code, next) = (0, 17);
        for (var length = 1; length <= 16; length++, code *= 2)
        {
            for (var i = 0; i < data[length]; i++)
                table.Add((length, code++), data[next++]);
        }

        _codes[data[0]] = table;
        return next;
    }

    private double[] ReadBlock(int component, int[] dc)
    {
        var table = component == 0 ? 0 : 1;
        var coefficients = new double[64];
        dc[component] += ReadValue(ReadSymbol(table));
        coefficients[0] = dc[component] * _quantisers[table][0];
        for (var i = 1; i < 64; i++)
        {
            var symbol = ReadSymbol(0x10 | table);
            if (symbol == 0)
                break;
            i += symbol >> 4;
            coefficients[ZigZag[i]] = ReadValue(symbol & 15) * _quantisers[table][i];
        }

        return Inverse(coefficients);
    }

    private static double[] Inverse(double[] coefficients)
    {
        var block = new double[64];
        for (var k = 0; k < 64; k++)
        {
            if (coefficients[k] == 0)
                continue;
            var scale = (k % 8 == 0 ? Math.Sqrt(0.125) : 0.5) * (k / 8 == 0 ? Math.Sqrt(0.125) : 0.5);
            for (var i = 0; i < 64; i++)
            {
                block[i] += coefficients[k] * scale * Math.Cos(((2 * (i % 8)) + 1) * (k % 8) * Math.PI / 16)
                    * Math.Cos(((2 * (i / 8)) + 1) * (k / 8) * Math.PI / 16);
            }
        }

        return block;
    }

    private static void Store(Span<byte> pixel, double luma, double blue, double red)
    {
        pixel[0] = Round(luma + (1.402 * red));
        pixel[1] = Round(luma - (0.344136 * blue) - (0.714136 * red));
        pixel[2] = Round(luma + (1.772 * blue));
    }

    private static byte Round(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);

    private byte ReadSymbol(int table)
    {
        var code = 0;
        for (var length = 1; length <= 16; length++)
        {
            code = (code << 1) | ReadBit();
            if (_codes[table].TryGetValue((length, code), out var symbol))
                return symbol;
        }

        throw new InvalidDataException($"No code of table {table} at byte {_position}.");
    }

    private int ReadValue(int size)
    {
        var value = 0;
        for (var i = 0; i < size; i++)
            value = (value << 1) | ReadBit();
        return size > 0 && value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
    }

    private int ReadBit()
    {
        if (_bit == 0)
        {
            _position += _file[_position] == 0xFF ? 2 : 1;
            _bit = 8;
        }

        return (_file[_position] >> --_bit) & 1;
    }
}
