using System.Buffers.Binary;

namespace RtcEnhance.Testing;

/// <summary>Builds RTP packets as they go over the wire, RFC 3550 section 5.1. Thread-safe.</summary>
public static class RtpDatagram
{
    /// <summary>The bytes of a packet; what was parsed from them is equal to <paramref name="packet"/>.</summary>
    /// <param name="packet">Header fields, extension and payload; its arrival time and header size are not used.</param>
    /// <param name="csrcs">Contributing sources, at most 15.</param>
    /// <param name="paddingBytes">Padding after the payload, 0 to 255, its own count included.</param>
    /// <returns>A datagram.</returns>
    /// <exception cref="ArgumentException">There are too many sources, or the extension is not a multiple of 4 bytes.</exception>
    public static byte[] Build(in RtpPacket packet, ReadOnlySpan<uint> csrcs = default, byte paddingBytes = 0)
    {
        bool hasExtension = packet.ExtensionProfile != 0 || !packet.Extension.IsEmpty;
        if (csrcs.Length > 15)
            throw new ArgumentException($"A packet has at most 15 contributing sources, not {csrcs.Length}.", nameof(csrcs));
        if (packet.Extension.Length % 4 != 0)
            throw new ArgumentException($"An extension is a multiple of 4 bytes, not {packet.Extension.Length}.", nameof(packet));

        int headerBytes = 12 + (4 * csrcs.Length) + (hasExtension ? 4 + packet.Extension.Length : 0);
        byte[] datagram = new byte[headerBytes + packet.Payload.Length + paddingBytes];
        datagram[0] = (byte)(0x80 | (paddingBytes > 0 ? 0x20 : 0) | (hasExtension ? 0x10 : 0) | csrcs.Length);
        datagram[1] = (byte)((packet.Marker ? 0x80 : 0) | packet.PayloadType);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), packet.SequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(4), packet.Timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(8), packet.Ssrc);

        Span<byte> rest = datagram.AsSpan(12);
        foreach (uint csrc in csrcs)
        {
            BinaryPrimitives.WriteUInt32BigEndian(rest, csrc);
            rest = rest[4..];
        }

        if (hasExtension)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, packet.ExtensionProfile);
            BinaryPrimitives.WriteUInt16BigEndian(rest[2..], (ushort)(packet.Extension.Length / 4));
            packet.Extension.Span.CopyTo(rest[4..]);
        }

        packet.Payload.Span.CopyTo(datagram.AsSpan(headerBytes));
        if (paddingBytes > 0)
            datagram[^1] = paddingBytes;
        return datagram;
    }
}
