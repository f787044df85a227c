using System.Buffers.Binary;

namespace RtcEnhance.Testing;

/// <summary>Finds the UDP datagram in a frame of the link layer; link types as registered at tcpdump.org. Thread-safe.</summary>
internal static class LinkFrame
{
    private const int BsdLoopback = 0;
    private const int Ethernet = 1;
    private const int RawIp = 101;
    private const int OpenBsdLoopback = 108;
    private const int LinuxCooked = 113;
    private const int RawIpv4 = 228;
    private const int RawIpv6 = 229;
    private const int LinuxCooked2 = 276;

    private const int VlanTag = 0x8100;
    private const int ServiceVlanTag = 0x88A8;
    private const int Ipv4 = 0x0800;
    private const int Ipv6 = 0x86DD;

    public static bool IsKnown(int linkType)
        => linkType is BsdLoopback or Ethernet or RawIp or OpenBsdLoopback or LinuxCooked or RawIpv4 or RawIpv6 or LinuxCooked2;

    public static FrameContent Read(int linkType, ReadOnlyMemory<byte> frame, out ReadOnlyMemory<byte> datagram)
    {
        datagram = default;
        ReadOnlySpan<byte> bytes = frame.Span;

        // The loopback types name an address family, whose numbers differ between systems; the IP version says the same.
        (int start, int typeAt) = linkType switch
        {
            Ethernet => (14, 12),
            LinuxCooked => (16, 14),
            LinuxCooked2 => (20, 0),
            BsdLoopback or OpenBsdLoopback => (4, -1),
            _ => (0, -1),
        };
        if (bytes.Length < start)
            return FrameContent.Damaged;
        if (typeAt >= 0)
        {
            int type = BinaryPrimitives.ReadUInt16BigEndian(bytes[typeAt..]);
            if (type is VlanTag or ServiceVlanTag)
            {
                if (bytes.Length < start + 4)
                    return FrameContent.Damaged;
                type = BinaryPrimitives.ReadUInt16BigEndian(bytes[(start + 2)..]);
                start += 4;
            }

            if (type is not (Ipv4 or Ipv6))
                return FrameContent.Other;
        }

        return IpPacket.ReadUdp(frame[start..], out datagram);
    }
}
