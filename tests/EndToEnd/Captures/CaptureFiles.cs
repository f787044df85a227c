using System.Buffers.Binary;
using System.Text;

namespace RtcEnhance.EndToEnd.Tests.Captures;

/// <summary>Builds capture files in memory, layer by layer.</summary>
internal static class CaptureFiles
{
    public const int BsdLoopback = 0;
    public const int Ethernet = 1;
    public const int RawIp = 101;
    public const int LinuxCooked = 113;
    public const int LinuxCooked2 = 276;

    public static byte[] RtpDump(params IEnumerable<(int Ms, byte[] Datagram)> packets)
        => RtpDumpRecords(packets.Select(p => (p.Ms, p.Datagram.Length, p.Datagram)));

    public static byte[] RtpDumpRecords(params IEnumerable<(int Ms, int Sent, byte[] Held)> records)
    {
        var file = new List<byte>([.. Encoding.ASCII.GetBytes("#!rtpplay1.0 127.0.0.1/5000\n"), .. new byte[16]]);
        foreach ((int ms, int sent, byte[] held) in records)
            file.AddRange([.. Big16(held.Length + 8), .. Big16(sent), .. Big32((uint)ms), .. held]);
        return [.. file];
    }

    public static byte[] Pcap(int linkType, IEnumerable<(int Ms, byte[] Frame)> frames, bool isBigEndian = false, bool isNanoseconds = false)
    {
        var file = new List<byte>([
            .. U32(isNanoseconds ? 0xA1B23C4D : 0xA1B2C3D4, isBigEndian), .. U16(2, isBigEndian), .. U16(4, isBigEndian),
            .. new byte[8], .. U32(65535, isBigEndian), .. U32((uint)linkType, isBigEndian)]);
        foreach ((int ms, byte[] frame) in frames)
        {
            file.AddRange([
                .. U32(1_700_000_000 + ((uint)ms / 1000), isBigEndian), .. U32((uint)(ms % 1000) * (isNanoseconds ? 1_000_000u : 1000u), isBigEndian),
                .. U32((uint)frame.Length, isBigEndian), .. U32((uint)frame.Length, isBigEndian), .. frame]);
        }

        return [.. file];
    }

    /// <summary>One section with one interface; a <paramref name="resolution"/> other than 6 is written as an option.</summary>
    public static byte[] Pcapng(int linkType, IEnumerable<(int Ms, byte[] Frame)> frames, bool isBigEndian = false, byte resolution = 6)
    {
        byte[] option = resolution == 6 ? [] : [.. U16(9, isBigEndian), .. U16(1, isBigEndian), resolution, 0, 0, 0, 0, 0, 0, 0];
        var file = new List<byte>([
            .. Block(0x0A0D0D0A, [.. U32(0x1A2B3C4D, isBigEndian), .. U16(1, isBigEndian), .. U16(0, isBigEndian), .. U32(uint.MaxValue, isBigEndian), .. U32(uint.MaxValue, isBigEndian)]),
            .. Block(1, [.. U16(linkType, isBigEndian), 0, 0, .. new byte[4], .. option])]);
        foreach ((int ms, byte[] frame) in frames)
        {
            ulong time = (ulong)((1_700_000_000 + (ms / 1000.0)) * Math.Pow(10, resolution));
            file.AddRange(Block(6, [
                .. new byte[4], .. U32((uint)(time >> 32), isBigEndian), .. U32((uint)time, isBigEndian),
                .. U32((uint)frame.Length, isBigEndian), .. U32((uint)frame.Length, isBigEndian), .. frame, .. new byte[(4 - (frame.Length % 4)) % 4]]));
        }

        return [.. file];

        byte[] Block(uint type, byte[] body)
            => [.. U32(type, isBigEndian), .. U32((uint)body.Length + 12, isBigEndian), .. body, .. U32((uint)body.Length + 12, isBigEndian)];
    }

    /// <summary>Puts an IP packet into a frame of a link type.</summary>
    public static byte[] Frame(int linkType, byte[] packet, bool hasVlanTag = false)
    {
        byte[] type = Big16(packet[0] >> 4 == 6 ? 0x86DD : 0x0800);
        byte[] tagged = hasVlanTag ? [.. Big16(0x8100), .. Big16(42), .. type] : type;
        return linkType switch
        {
            Ethernet => [.. new byte[12], .. tagged, .. packet, .. new byte[6]],
            LinuxCooked => [.. new byte[14], .. tagged, .. packet],
            LinuxCooked2 => [.. type, .. new byte[18], .. packet],
            BsdLoopback => [2, 0, 0, 0, .. packet],
            _ => packet,
        };
    }

    /// <summary>UDP over IPv4; <paramref name="fragment"/> is the word of flags and offset.</summary>
    public static byte[] Ipv4(byte[] datagram, int fragment = 0, byte protocol = 17)
        => [0x45, 0, .. Big16(28 + datagram.Length), 0, 0, .. Big16(fragment), 64, protocol, .. new byte[10], .. Udp(datagram)];

    /// <summary>UDP over IPv6 behind a header of hop-by-hop options, and a fragment header where asked for.</summary>
    public static byte[] Ipv6(byte[] datagram, int? fragment = null)
    {
        byte[] fragmentHeader = fragment is { } word ? [17, 0, .. Big16(word), 0, 0, 0, 0] : [];
        return [0x60, 0, 0, 0, .. Big16(16 + fragmentHeader.Length + datagram.Length), 0, 64, .. new byte[32], (byte)(fragment is null ? 17 : 44), 0, .. new byte[6], .. fragmentHeader, .. Udp(datagram)];
    }

    private static byte[] Udp(byte[] datagram) => [.. Big16(5004), .. Big16(5006), .. Big16(8 + datagram.Length), 0, 0, .. datagram];

    private static byte[] Big16(int value) => U16(value, true);

    private static byte[] Big32(uint value) => U32(value, true);

    private static byte[] U16(int value, bool isBigEndian)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        return isBigEndian ? [bytes[1], bytes[0]] : bytes;
    }

    private static byte[] U32(uint value, bool isBigEndian)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, isBigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
        return bytes;
    }
}
