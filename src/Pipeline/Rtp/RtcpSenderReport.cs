using System.Buffers.Binary;

namespace RtcEnhance;

/// <summary>
/// The sender information of an RTCP sender report: which RTP timestamp was sampled at which of the sender's wall-clock
/// times. RFC 3550 section 6.4.1. Thread-safe.
/// </summary>
public readonly record struct RtcpSenderReport
{
    private const int HeaderBytes = 4;
    private const int SenderBytes = 24;
    private const byte PacketType = 200;

    /// <summary>The sender's synchronisation source.</summary>
    public required uint Ssrc { get; init; }

    /// <summary>Sender's wall clock as a 64-bit NTP timestamp: seconds since 1900 in the high half.</summary>
    public required ulong NtpTimestamp { get; init; }

    /// <summary>The same instant on the stream's RTP clock.</summary>
    public required uint RtpTimestamp { get; init; }

    /// <summary>Packets sent so far, wrapping.</summary>
    public uint PacketCount { get; init; }

    /// <summary>Payload bytes sent so far, wrapping.</summary>
    public uint OctetCount { get; init; }

    /// <summary>Finds the first sender report of a compound RTCP packet. Never throws.</summary>
    /// <param name="datagram">One RTCP datagram, decrypted.</param>
    /// <param name="report">The report; default where there is none.</param>
    /// <returns>False where a packet before the report is malformed or none is a sender report.</returns>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out RtcpSenderReport report)
    {
        report = default;
        while (datagram.Length >= HeaderBytes && datagram[0] >> 6 == 2)
        {
            int bytes = HeaderBytes + (4 * BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]));
            if (bytes > datagram.Length)
                return false;
            if (datagram[1] == PacketType)
                return bytes >= HeaderBytes + SenderBytes && Read(datagram[HeaderBytes..], out report);
            datagram = datagram[bytes..];
        }

        return false;
    }

    private static bool Read(ReadOnlySpan<byte> sender, out RtcpSenderReport report)
    {
        report = new RtcpSenderReport
        {
            Ssrc = BinaryPrimitives.ReadUInt32BigEndian(sender),
            NtpTimestamp = BinaryPrimitives.ReadUInt64BigEndian(sender[4..]),
            RtpTimestamp = BinaryPrimitives.ReadUInt32BigEndian(sender[12..]),
            PacketCount = BinaryPrimitives.ReadUInt32BigEndian(sender[16..]),
            OctetCount = BinaryPrimitives.ReadUInt32BigEndian(sender[20..]),
        };
        return true;
    }
}
