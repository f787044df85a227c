namespace RtcEnhance.Testing;

/// <summary>Cuts VP8 frames into RTP packets with a 15-bit PictureID, RFC 7741. One thread at a time.</summary>
public sealed class Vp8Packetizer
{
    private const int DescriptorBytes = 4;

    private readonly uint _ssrc;
    private readonly byte _payloadType;
    private readonly int _maxPayloadBytes;
    private ushort _sequenceNumber;
    private int _pictureId;

    /// <summary>A packetizer for one stream.</summary>
    /// <param name="ssrc">Synchronisation source.</param>
    /// <param name="payloadType">Payload type, 0 to 127.</param>
    /// <param name="maxPayloadBytes">Largest payload, at least 5.</param>
    /// <param name="firstSequenceNumber">Sequence number of the first packet.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxPayloadBytes"/> is too small.</exception>
    public Vp8Packetizer(uint ssrc, byte payloadType = 96, int maxPayloadBytes = 1200, ushort firstSequenceNumber = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPayloadBytes, DescriptorBytes + 1);
        _ssrc = ssrc;
        _payloadType = payloadType;
        _maxPayloadBytes = maxPayloadBytes;
        _sequenceNumber = firstSequenceNumber;
    }

    /// <summary>Cuts one frame.</summary>
    /// <param name="frame">The frame, not empty.</param>
    /// <param name="rtpTimestamp">Its RTP timestamp.</param>
    /// <param name="arrivalTimestamp">Arrival tick of every packet.</param>
    /// <param name="packets">The packets are added here.</param>
    public void Packetize(ReadOnlySpan<byte> frame, uint rtpTimestamp, long arrivalTimestamp, ICollection<RtpPacket> packets)
    {
        ArgumentNullException.ThrowIfNull(packets);
        bool isFirst = true;
        while (!frame.IsEmpty)
        {
            int bytes = Math.Min(frame.Length, _maxPayloadBytes - DescriptorBytes);
            byte[] payload =
            [
                (byte)(0x80 | (isFirst ? 0x10 : 0)), 0x80, (byte)(0x80 | (_pictureId >> 8)), (byte)_pictureId, .. frame[..bytes],
            ];
            frame = frame[bytes..];
            packets.Add(new RtpPacket(_ssrc, _sequenceNumber++, rtpTimestamp, _payloadType, frame.IsEmpty, arrivalTimestamp, payload));
            isFirst = false;
        }

        _pictureId = (_pictureId + 1) & 0x7FFF;
    }
}
