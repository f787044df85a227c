using System.Buffers.Binary;

namespace RtcEnhance;

/// <content>Reading a packet from the wire.</content>
public readonly partial struct RtpPacket
{
    private const int FixedHeaderBytes = 12;

    /// <summary>
    /// Tells RTCP from RTP where both share a port, by packet type 192 to 223. RTP with a marker bit and a payload type of
    /// 64 to 95 looks the same, which is why RFC 5761 section 4 forbids those types there.
    /// </summary>
    /// <param name="datagram">A datagram.</param>
    /// <returns>True for version 2 and an RTCP packet type.</returns>
    public static bool IsRtcp(ReadOnlySpan<byte> datagram)
        => datagram.Length >= 2 && datagram[0] >> 6 == 2 && datagram[1] is >= 192 and <= 223;

    /// <summary>Reads a packet from a datagram; the packet keeps views into it. Never throws.</summary>
    /// <param name="datagram">One UDP datagram, decrypted; must not change afterwards.</param>
    /// <param name="arrivalTimestamp"><see cref="TimeProvider.GetTimestamp"/> taken where it arrived.</param>
    /// <param name="packet">The packet; default where the datagram is refused.</param>
    /// <returns>
    /// False where the datagram is RTCP (<see cref="IsRtcp"/>), not version 2, or shorter than its header, CSRC list,
    /// extension and padding say. A payload may be empty.
    /// </returns>
    /// <remarks>RFC 3550 section 5.1 and 5.3.1.</remarks>
    public static bool TryParse(ReadOnlyMemory<byte> datagram, long arrivalTimestamp, out RtpPacket packet)
    {
        packet = default;
        ReadOnlySpan<byte> bytes = datagram.Span;
        if (bytes.Length < FixedHeaderBytes || bytes[0] >> 6 != 2 || IsRtcp(bytes))
            return false;

        int start = FixedHeaderBytes + (4 * (bytes[0] & 0x0F));
        ushort profile = 0;
        ReadOnlyMemory<byte> extension = default;
        if ((bytes[0] & 0x10) != 0)
        {
            if (bytes.Length < start + 4)
                return false;
            profile = BinaryPrimitives.ReadUInt16BigEndian(bytes[start..]);
            int extensionBytes = 4 * BinaryPrimitives.ReadUInt16BigEndian(bytes[(start + 2)..]);
            start += 4;
            if (bytes.Length < start + extensionBytes)
                return false;
            extension = datagram.Slice(start, extensionBytes);
            start += extensionBytes;
        }

        int end = bytes.Length;
        if ((bytes[0] & 0x20) != 0)
        {
            // The last byte counts the padding and itself, so it cannot be zero.
            int padding = bytes[^1];
            if (padding == 0)
                return false;
            end -= padding;
        }

        if (end < start)
            return false;

        packet = new RtpPacket(
            BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            (byte)(bytes[1] & 0x7F),
            (bytes[1] & 0x80) != 0,
            arrivalTimestamp,
            datagram[start..end],
            bytes.Length - (end - start),
            profile,
            extension);
        return true;
    }
}
