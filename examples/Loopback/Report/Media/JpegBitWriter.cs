using System.Numerics;

namespace RtcEnhance.Loopback.Report.Media;

/// <summary>Entropy coder of baseline JPEG, ITU-T T.81 section F.1.2. One thread at a time.</summary>
internal sealed class JpegBitWriter
{
    private const int EndOfBlock = 0x00;
    private const int SixteenZeros = 0xF0;

    private readonly List<byte> _file = [];
    private uint _pending;
    private int _pendingBits;

    public void Write(ReadOnlySpan<byte> bytes) => _file.AddRange(bytes);

    public byte[] ToArray() => _file.ToArray();

    public void WriteBlock(ReadOnlySpan<float> block, ReadOnlySpan<byte> quantiser, JpegCodes codes, ref int previousDc)
    {
        var dc = Quantise(block, quantiser, 0);
        WriteValue(codes.Dc, 0, dc - previousDc);
        previousDc = dc;

        var zeros = 0;
        for (var i = 1; i < 64; i++)
        {
            var value = Quantise(block, quantiser, i);
            if (value == 0)
            {
                zeros++;
                continue;
            }

            for (; zeros > 15; zeros -= 16)
                WriteCode(codes.Ac, SixteenZeros);
            WriteValue(codes.Ac, zeros << 4, value);
            zeros = 0;
        }

        if (zeros > 0)
            WriteCode(codes.Ac, EndOfBlock);
    }

    public void Flush()
    {
        if (_pendingBits > 0)
            WriteBits(0x7F, 8 - _pendingBits);
    }

    private static int Quantise(ReadOnlySpan<float> block, ReadOnlySpan<byte> quantiser, int position)
    {
        var index = JpegTables.ZigZag[position];
        return (int)MathF.Round(block[index] / quantiser[index]);
    }

    // A value is its bit count, Huffman coded along with the run before it, and then its bits; negatives less one.
    private void WriteValue((ushort Code, byte Length)[] table, int run, int value)
    {
        var size = 32 - BitOperations.LeadingZeroCount((uint)Math.Abs(value));
        WriteCode(table, run | size);
        if (size > 0)
            WriteBits((uint)(value < 0 ? value - 1 : value), size);
    }

    private void WriteCode((ushort Code, byte Length)[] table, int symbol)
        => WriteBits(table[symbol].Code, table[symbol].Length);

    private void WriteBits(uint value, int count)
    {
        _pending = (_pending << count) | (value & ((1u << count) - 1));
        _pendingBits += count;
        while (_pendingBits >= 8)
        {
            _pendingBits -= 8;
            var next = (byte)(_pending >> _pendingBits);
            _file.Add(next);
            if (next == 0xFF)
                _file.Add(0);
        }
    }
}
