using System.Buffers.Binary;

namespace RtcEnhance.Loopback.Sending;

/// <summary>Writes RTP packets: the fixed header of RFC 3550 section 5.1 and a payload. Thread-safe.</summary>
public static class RtpDatagram
{
    private const int HeaderBytes = 12;

    /// <summary>One packet.</summary>
    /// <returns>The bytes to send.</returns>
    public static byte[] Write(byte payloadType, bool marker, ushort sequenceNumber, uint timestamp, uint ssrc, ReadOnlySpan<byte> payload)
    {
        var datagram = new byte[HeaderBytes + payload.Length];
        datagram[0] = 0x80;
        datagram[1] = (byte)(payloadType | (marker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(4), timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(8), ssrc);
        payload.CopyTo(datagram.AsSpan(HeaderBytes));
        return datagram;
    }
}
