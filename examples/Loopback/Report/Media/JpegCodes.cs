namespace RtcEnhance.Loopback.Report.Media;

/// <summary>A pair of Huffman tables by symbol: code and its length in bits. Thread-safe.</summary>
internal sealed class JpegCodes
{
    public JpegCodes(ReadOnlySpan<byte> dcLengths, ReadOnlySpan<byte> dcSymbols, ReadOnlySpan<byte> acLengths, ReadOnlySpan<byte> acSymbols)
    {
        Dc = Assign(dcLengths, dcSymbols);
        Ac = Assign(acLengths, acSymbols);
    }

    public (ushort Code, byte Length)[] Dc { get; }

    public (ushort Code, byte Length)[] Ac { get; }

    // ITU-T T.81 annex C: codes of a length are consecutive, and a longer one follows on from the last, doubled.
    private static (ushort Code, byte Length)[] Assign(ReadOnlySpan<byte> lengths, ReadOnlySpan<byte> symbols)
    {
        var codes = new (ushort, byte)[256];
        var (code, next) = (0, 0);
        for (var length = 1; length <= 16; length++, code <<= 1)
        {
            for (var i = 0; i < lengths[length - 1]; i++)
                codes[symbols[next++]] = ((ushort)code++, (byte)length);
        }

        return codes;
    }
}
