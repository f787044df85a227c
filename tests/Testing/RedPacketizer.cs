namespace RtcEnhance.Testing;

/// <summary>
/// Wraps the packets of a stream into redundant-audio packets that repeat the payloads before them, RFC 2198. One thread
/// at a time.
/// </summary>
public sealed class RedPacketizer
{
    private const int MaxOffset = (1 << 14) - 1;
    private const int MaxBytes = (1 << 10) - 1;

    private readonly byte _payloadType;
    private readonly Queue<RtpPacket> _past = new();
    private readonly int _redundancy;

    /// <summary>A packetizer for one stream.</summary>
    /// <param name="payloadType">Payload type of the packets it makes, 0 to 127.</param>
    /// <param name="redundancy">Packets before that each one repeats, 0 to 31.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public RedPacketizer(byte payloadType, int redundancy = 1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadType, 127);
        ArgumentOutOfRangeException.ThrowIfNegative(redundancy);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(redundancy, 31);
        _payloadType = payloadType;
        _redundancy = redundancy;
    }

    /// <summary>Wraps the next packet; sequence number, timestamp, marker and arrival stay as they are.</summary>
    /// <param name="packet">The packet; its payload must not change while later packets repeat it.</param>
    /// <returns>
    /// A packet with the payloads before it, the oldest first, and then its own; without those that are more than 1023
    /// bytes long or 16383 clock units old, which the format cannot say.
    /// </returns>
    public RtpPacket Packetize(in RtpPacket packet)
    {
        var headers = new List<byte>();
        var data = new List<byte>();
        foreach (RtpPacket past in _past)
        {
            int offset = RtpArithmetic.Distance(packet.Timestamp, past.Timestamp);
            int length = past.Payload.Length;
            if (offset is < 0 or > MaxOffset || length is 0 or > MaxBytes)
                continue;
            headers.AddRange([(byte)(0x80 | past.PayloadType), (byte)(offset >> 6), (byte)((offset << 2) | (length >> 8)), (byte)length]);
            data.AddRange(past.Payload.Span);
        }

        _past.Enqueue(packet);
        if (_past.Count > _redundancy)
            _past.Dequeue();
        byte[] payload = [.. headers, packet.PayloadType, .. data, .. packet.Payload.Span];
        return new RtpPacket(
            packet.Ssrc, packet.SequenceNumber, packet.Timestamp, _payloadType, packet.Marker, packet.ArrivalTimestamp, payload, packet.HeaderBytes);
    }
}
