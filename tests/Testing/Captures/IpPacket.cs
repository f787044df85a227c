using System.Buffers.Binary;

namespace RtcEnhance.Testing;

/// <summary>Finds the UDP datagram in an IP packet: RFC 791, RFC 8200, RFC 768. Thread-safe.</summary>
internal static class IpPacket
{
    private const int Udp = 17;
    private const int HopByHop = 0;
    private const int Routing = 43;
    private const int Fragment = 44;
    private const int DestinationOptions = 60;

    public static FrameContent ReadUdp(ReadOnlyMemory<byte> packet, out ReadOnlyMemory<byte> datagram)
    {
        datagram = default;
        if (packet.IsEmpty)
            return FrameContent.Damaged;
        int start = 0;
        FrameContent content = (packet.Span[0] >> 4) switch
        {
            4 => ReadIpv4(packet.Span, out start),
            6 => ReadIpv6(packet.Span, out start),
            _ => FrameContent.Other,
        };
        if (content != FrameContent.Udp)
            return content;

        // UDP's own length decides: what the link layer padded or appended lies behind it.
        packet = packet[start..];
        if (packet.Length < 8)
            return FrameContent.Damaged;
        int length = BinaryPrimitives.ReadUInt16BigEndian(packet.Span[4..]);
        if (length < 8 || length > packet.Length)
            return FrameContent.Damaged;
        datagram = packet[8..length];
        return FrameContent.Udp;
    }

    private static FrameContent ReadIpv4(ReadOnlySpan<byte> bytes, out int start)
    {
        start = 4 * (bytes[0] & 0x0F);
        if (start < 20 || bytes.Length < start)
            return FrameContent.Damaged;
        if (bytes[9] != Udp)
            return FrameContent.Other;

        // More fragments, or an offset.
        return (BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & 0x3FFF) != 0 ? FrameContent.Fragment : FrameContent.Udp;
    }

    private static FrameContent ReadIpv6(ReadOnlySpan<byte> bytes, out int start)
    {
        start = 40;
        if (bytes.Length < start)
            return FrameContent.Damaged;
        int next = bytes[6];
        while (next is HopByHop or Routing or Fragment or DestinationOptions)
        {
            if (bytes.Length < start + 8)
                return FrameContent.Damaged;

            // An atomic fragment, RFC 6946, is whole.
            if (next == Fragment && (BinaryPrimitives.ReadUInt16BigEndian(bytes[(start + 2)..]) & 0xFFF9) != 0)
                return FrameContent.Fragment;
            int length = next == Fragment ? 8 : 8 * (bytes[start + 1] + 1);
            next = bytes[start];
            start += length;
            if (bytes.Length < start)
                return FrameContent.Damaged;
        }

        return next == Udp ? FrameContent.Udp : FrameContent.Other;
    }
}
