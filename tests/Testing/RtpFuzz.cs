namespace RtcEnhance.Testing;

/// <summary>
/// Feeds random, altered and cut-off datagrams to the RTP and RTCP parsers and checks what they make of them. Thread-safe.
/// </summary>
public static class RtpFuzz
{
    private const int MaxBytes = 1500;

    /// <summary>Runs the parsers over seeded datagrams; an exception means that a parser is wrong.</summary>
    /// <param name="count">Datagrams.</param>
    /// <param name="seed">The same seed gives the same datagrams.</param>
    /// <returns>How many were read as RTP, and how many held an RTCP sender report.</returns>
    /// <exception cref="InvalidOperationException">A parsed packet does not add up; the message holds the datagram.</exception>
    public static (int Packets, int SenderReports) Run(int count, int seed)
    {
        var random = new Random(seed);
        byte[] buffer = new byte[MaxBytes];
        int packets = 0;
        int reports = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOnlyMemory<byte> datagram = buffer.AsMemory(0, Fill(buffer, random));
            if (RtpPacket.TryParse(datagram, i, out RtpPacket packet))
            {
                packets++;
                if (!IsConsistent(packet, datagram))
                    throw new InvalidOperationException($"Datagram {i} of seed {seed} was misread: {Convert.ToHexString(datagram.Span)}");
            }

            if (RtcpSenderReport.TryParse(datagram.Span, out _))
                reports++;
        }

        return (packets, reports);
    }

    private static int Fill(byte[] buffer, Random random)
    {
        int length = random.Next(4) == 0 ? random.Next(MaxBytes + 1) : random.Next(64);
        random.NextBytes(buffer.AsSpan(0, length));
        if (length < 4 || random.Next(8) == 0)
            return length;

        // Most random bytes are refused at the first one: the rest of the parser needs a plausible start.
        buffer[0] = (byte)(0x80 | (buffer[0] & 0x3F));
        if (random.Next(4) == 0)
        {
            buffer[0] &= 0xB0;
            buffer[1] = 200;
            buffer[2] = 0;
            buffer[3] = (byte)random.Next(12);
        }
        else if (random.Next(2) == 0 && length > 20)
        {
            buffer[0] = (byte)(0x90 | (buffer[0] & 0x20));
            buffer[12] = random.Next(2) == 0 ? (byte)0xBE : (byte)0x10;
            buffer[13] = buffer[12] == 0xBE ? (byte)0xDE : (byte)random.Next(16);
            buffer[14] = 0;
            buffer[15] = (byte)random.Next(1 + (length / 4));
        }

        if (random.Next(2) == 0)
            buffer[length - 1] = (byte)random.Next(8);
        return length;
    }

    private static bool IsConsistent(in RtpPacket packet, ReadOnlyMemory<byte> datagram)
    {
        int elementBytes = 0;
        foreach (RtpHeaderExtension element in packet.HeaderExtensions)
            elementBytes += 1 + element.Data.Length;

        return packet.Payload.Length + packet.HeaderBytes == datagram.Length
            && packet.HeaderBytes >= 12 + packet.Extension.Length
            && packet.PayloadType <= 127
            && elementBytes <= packet.Extension.Length
            && IsInside(packet.Payload, datagram)
            && IsInside(packet.Extension, datagram)
            && !RtpPacket.IsRtcp(datagram.Span);
    }

    private static bool IsInside(ReadOnlyMemory<byte> part, ReadOnlyMemory<byte> whole)
        => part.IsEmpty || part.Span.Overlaps(whole.Span);
}
