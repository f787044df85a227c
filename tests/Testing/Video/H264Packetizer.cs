using System.Buffers.Binary;

namespace RtcEnhance.Testing;

/// <summary>
/// Cuts H.264 access units into RTP packets, RFC 6184 packetization mode 1: parameter sets in one STAP-A, large NAL units
/// in FU-A. One thread at a time.
/// </summary>
public sealed class H264Packetizer
{
    private const int StapA = 24;
    private const int FuA = 28;
    private const int MinPayloadBytes = 8;

    private readonly uint _ssrc;
    private readonly byte _payloadType;
    private readonly int _maxPayloadBytes;
    private ushort _sequenceNumber;

    /// <summary>A packetizer for one stream.</summary>
    /// <param name="ssrc">Synchronisation source.</param>
    /// <param name="payloadType">Payload type, 0 to 127.</param>
    /// <param name="maxPayloadBytes">Largest payload, at least 8.</param>
    /// <param name="firstSequenceNumber">Sequence number of the first packet.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxPayloadBytes"/> is too small.</exception>
    public H264Packetizer(uint ssrc, byte payloadType = 102, int maxPayloadBytes = 1200, ushort firstSequenceNumber = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPayloadBytes, MinPayloadBytes);
        _ssrc = ssrc;
        _payloadType = payloadType;
        _maxPayloadBytes = maxPayloadBytes;
        _sequenceNumber = firstSequenceNumber;
    }

    /// <summary>Cuts one access unit.</summary>
    /// <param name="accessUnit">Annex B.</param>
    /// <param name="rtpTimestamp">Its RTP timestamp.</param>
    /// <param name="arrivalTimestamp">Arrival tick of every packet.</param>
    /// <param name="packets">The packets are added here.</param>
    public void Packetize(ReadOnlySpan<byte> accessUnit, uint rtpTimestamp, long arrivalTimestamp, ICollection<RtpPacket> packets)
    {
        ArgumentNullException.ThrowIfNull(packets);
        var payloads = new List<byte[]>();
        List<byte[]> nals = SplitAnnexB(accessUnit);
        for (int i = 0; i < nals.Count; i++)
        {
            int group = i;
            int bytes = 1;
            while (group < nals.Count && (nals[group][0] & 0x1F) is 7 or 8 && bytes + 2 + nals[group].Length <= _maxPayloadBytes)
                bytes += 2 + nals[group++].Length;
            if (group - i >= 2)
            {
                payloads.Add(Aggregate(nals, i, group, bytes));
                i = group - 1;
            }
            else if (nals[i].Length <= _maxPayloadBytes)
            {
                payloads.Add(nals[i]);
            }
            else
            {
                Fragment(nals[i], payloads);
            }
        }

        for (int i = 0; i < payloads.Count; i++)
            packets.Add(new RtpPacket(_ssrc, _sequenceNumber++, rtpTimestamp, _payloadType, i == payloads.Count - 1, arrivalTimestamp, payloads[i]));
    }

    /// <summary>Splits an Annex B byte stream into access units of one slice each, parameter sets with the slice behind them.</summary>
    /// <param name="stream">The byte stream.</param>
    /// <returns>Access units in Annex B form.</returns>
    public static IReadOnlyList<byte[]> SplitAccessUnits(ReadOnlySpan<byte> stream)
    {
        var units = new List<byte[]>();
        var current = new List<byte>();
        foreach (byte[] nal in SplitAnnexB(stream))
        {
            current.AddRange([0, 0, 0, 1]);
            current.AddRange(nal);
            if ((nal[0] & 0x1F) is not (1 or 5))
                continue;
            units.Add([.. current]);
            current.Clear();
        }

        return units;
    }

    private static List<byte[]> SplitAnnexB(ReadOnlySpan<byte> stream)
    {
        var nals = new List<byte[]>();
        ReadOnlySpan<byte> code = [0, 0, 1];
        int at = stream.IndexOf(code);
        while (at >= 0)
        {
            stream = stream[(at + code.Length)..];
            at = stream.IndexOf(code);
            ReadOnlySpan<byte> nal = at < 0 ? stream : stream[..at].TrimEnd((byte)0);
            if (!nal.IsEmpty)
                nals.Add(nal.ToArray());
        }

        return nals;
    }

    private static byte[] Aggregate(List<byte[]> nals, int from, int to, int bytes)
    {
        byte[] payload = new byte[bytes];
        payload[0] = (byte)((nals[from][0] & 0x60) | StapA);
        int position = 1;
        for (int i = from; i < to; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(position), (ushort)nals[i].Length);
            nals[i].CopyTo(payload, position + 2);
            position += 2 + nals[i].Length;
        }

        return payload;
    }

    private void Fragment(byte[] nal, List<byte[]> payloads)
    {
        ReadOnlySpan<byte> rest = nal.AsSpan(1);
        bool isFirst = true;
        while (!rest.IsEmpty)
        {
            int bytes = Math.Min(rest.Length, _maxPayloadBytes - 2);
            bool isLast = bytes == rest.Length;
            byte header = (byte)((isFirst ? 0x80 : 0) | (isLast ? 0x40 : 0) | (nal[0] & 0x1F));
            payloads.Add([(byte)((nal[0] & 0xE0) | FuA), header, .. rest[..bytes]]);
            rest = rest[bytes..];
            isFirst = false;
        }
    }
}
