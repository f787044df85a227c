namespace RtcEnhance.Testing;

/// <summary>
/// Cuts AV1 temporal units into RTP packets, "RTP Payload Format For AV1" version 1.0: one OBU or part of one in each
/// packet, without its size field; temporal delimiters are left out. One thread at a time.
/// </summary>
public sealed class Av1Packetizer
{
    private const int TemporalDelimiter = 2;

    private readonly uint _ssrc;
    private readonly byte _payloadType;
    private readonly int _maxPayloadBytes;
    private ushort _sequenceNumber;

    /// <summary>A packetizer for one stream.</summary>
    /// <param name="ssrc">Synchronisation source.</param>
    /// <param name="payloadType">Payload type, 0 to 127.</param>
    /// <param name="maxPayloadBytes">Largest payload, at least 4.</param>
    /// <param name="firstSequenceNumber">Sequence number of the first packet.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxPayloadBytes"/> is too small.</exception>
    public Av1Packetizer(uint ssrc, byte payloadType = 45, int maxPayloadBytes = 1200, ushort firstSequenceNumber = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPayloadBytes, 4);
        _ssrc = ssrc;
        _payloadType = payloadType;
        _maxPayloadBytes = maxPayloadBytes;
        _sequenceNumber = firstSequenceNumber;
    }

    /// <summary>Cuts one temporal unit.</summary>
    /// <param name="temporalUnit">OBUs; one without a size field is the last.</param>
    /// <param name="rtpTimestamp">Its RTP timestamp.</param>
    /// <param name="arrivalTimestamp">Arrival tick of every packet.</param>
    /// <param name="packets">The packets are added here.</param>
    /// <exception cref="ArgumentException">An OBU is longer than what is there of it.</exception>
    public void Packetize(ReadOnlySpan<byte> temporalUnit, uint rtpTimestamp, long arrivalTimestamp, ICollection<RtpPacket> packets)
    {
        ArgumentNullException.ThrowIfNull(packets);
        List<byte[]> payloads = [];
        foreach (byte[] obu in SplitObus(temporalUnit))
            Fragment(obu, payloads);
        for (int i = 0; i < payloads.Count; i++)
            packets.Add(new RtpPacket(_ssrc, _sequenceNumber++, rtpTimestamp, _payloadType, i == payloads.Count - 1, arrivalTimestamp, payloads[i]));
    }

    private static List<byte[]> SplitObus(ReadOnlySpan<byte> unit)
    {
        var obus = new List<byte[]>();
        while (!unit.IsEmpty)
        {
            int header = unit[0];
            int headerBytes = (header & 0x04) != 0 ? 2 : 1;
            int content = headerBytes;
            int length = unit.Length - headerBytes;
            if ((header & 0x02) != 0)
            {
                length = 0;
                for (int shift = 0; ; shift += 7)
                {
                    byte part = content < unit.Length ? unit[content++] : throw new ArgumentException("An OBU's size is cut off.", nameof(unit));
                    length |= (part & 0x7F) << shift;
                    if (part < 0x80)
                        break;
                }
            }

            if (length < 0 || length > unit.Length - content)
                throw new ArgumentException($"An OBU of {length} bytes has {unit.Length - content}.", nameof(unit));
            if (((header >> 3) & 0x0F) != TemporalDelimiter)
                obus.Add([(byte)(header & ~0x02), .. unit[1..headerBytes], .. unit.Slice(content, length)]);
            unit = unit[(content + length)..];
        }

        return obus;
    }

    // One element to a packet (W = 1), so that no element has a length.
    private void Fragment(ReadOnlySpan<byte> obu, List<byte[]> payloads)
    {
        bool isFirst = true;
        while (!obu.IsEmpty)
        {
            int bytes = Math.Min(obu.Length, _maxPayloadBytes - 1);
            bool isLast = bytes == obu.Length;
            payloads.Add([(byte)((isFirst ? 0 : 0x80) | (isLast ? 0 : 0x40) | 0x10), .. obu[..bytes]]);
            obu = obu[bytes..];
            isFirst = false;
        }
    }
}
