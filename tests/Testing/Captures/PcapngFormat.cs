namespace RtcEnhance.Testing;

/// <summary>pcapng files, draft-ietf-opsawg-pcapng: sections, interfaces and enhanced packet blocks. Thread-safe.</summary>
internal static class PcapngFormat
{
    private const uint SectionHeader = 0x0A0D0D0A;
    private const uint InterfaceDescription = 1;
    private const uint ObsoletePacket = 2;
    private const uint SimplePacket = 3;
    private const uint EnhancedPacket = 6;
    private const uint ByteOrder = 0x1A2B3C4D;
    private const int ResolutionOption = 9;

    public static ReadOnlySpan<byte> Magic => [0x0A, 0x0D, 0x0D, 0x0A];

    public static void Read(CaptureBytes file, CaptureBuilder builder)
    {
        file.Require(0, 28, "a section header");
        var interfaces = new List<Interface>();
        int length;
        for (int at = 0; at < file.Length; at += length)
        {
            if (file.Length - at < 12)
            {
                builder.MarkCut();
                return;
            }

            uint type = file.U32(at);
            if (type == SectionHeader)
            {
                file = file.WithByteOrder(true);
                file = file.WithByteOrder(file.U32(at + 8) == ByteOrder);
                if (file.U32(at + 8) != ByteOrder)
                    throw file.Fault(at + 8, "a byte-order magic", $"0x{file.U32(at + 8):X8}");
                interfaces.Clear();
            }

            uint size = file.U32(at + 4);
            int least = type switch { SectionHeader => 28, InterfaceDescription => 20, EnhancedPacket => 32, _ => 12 };
            if (size < least || size % 4 != 0)
                throw file.Fault(at + 4, $"a block of at least {least} bytes and a multiple of 4", $"{size}");
            if (size > file.Length - at)
            {
                builder.MarkCut();
                return;
            }

            length = (int)size;
            if (file.U32(at + length - 4) != size)
                throw file.Fault(at + length - 4, $"the block's length {size} once more", $"{file.U32(at + length - 4)}");
            switch (type)
            {
                case InterfaceDescription:
                    interfaces.Add(ReadInterface(file, at, length));
                    break;
                case EnhancedPacket:
                    ReadPacket(file, at, length, interfaces, builder);
                    break;
                case SimplePacket or ObsoletePacket:
                    builder.AddOther();
                    break;
                default:
                    break;
            }
        }
    }

    private static Interface ReadInterface(CaptureBytes file, int at, int length)
    {
        int linkType = file.U16(at + 8);
        if (!LinkFrame.IsKnown(linkType))
            throw file.Fault(at + 8, "link type Ethernet, Linux cooked, raw IP or BSD loopback", $"{linkType}");

        int end = at + length - 4;
        int optionBytes;
        for (int option = at + 16; option + 4 <= end && file.U16(option) != 0; option += 4 + ((optionBytes + 3) & ~3))
        {
            optionBytes = file.U16(option + 2);
            if (optionBytes > end - option - 4)
                throw file.Fault(option + 2, $"an option of at most {end - option - 4} bytes", $"{optionBytes}");
            if (file.U16(option) == ResolutionOption && optionBytes > 0)
                return new Interface(linkType, ReadResolution(file, option + 4));
        }

        return new Interface(linkType, 1_000_000);
    }

    private static ulong ReadResolution(CaptureBytes file, int at)
    {
        int value = file.Slice(at, 1).Span[0];
        if ((value & 0x80) != 0)
            return (value & 0x40) == 0 ? 1UL << (value & 0x3F) : throw Fault();
        if (value > 19)
            throw Fault();
        ulong units = 1;
        for (int i = 0; i < value; i++)
            units *= 10;
        return units;

        MediaFormatException Fault() => file.Fault(at, "a time resolution of 10^-0 to 10^-19 or 2^-0 to 2^-63 s", $"0x{value:X2}");
    }

    private static void ReadPacket(CaptureBytes file, int at, int length, List<Interface> interfaces, CaptureBuilder builder)
    {
        uint number = file.U32(at + 8);
        if (number >= interfaces.Count)
            throw file.Fault(at + 8, $"one of {interfaces.Count} interfaces", $"{number}");
        uint captured = file.U32(at + 20);
        if (captured > length - 32)
            throw file.Fault(at + 20, $"a frame of at most {length - 32} bytes", $"{captured}");

        Interface source = interfaces[(int)number];
        UInt128 time = ((ulong)file.U32(at + 12) << 32) | file.U32(at + 16);
        var ticks = (long)UInt128.Min(time * TimeSpan.TicksPerSecond / source.UnitsPerSecond, long.MaxValue / 2);
        builder.AddFrame(ticks, source.LinkType, file.Slice(at + 28, (int)captured));
    }

    private readonly record struct Interface(int LinkType, ulong UnitsPerSecond);
}
