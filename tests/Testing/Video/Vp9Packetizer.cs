namespace RtcEnhance.Testing;

/// <summary>Cuts VP9 frames of one layer into RTP packets with a 15-bit PictureID, RFC 9628. One thread at a time.</summary>
public sealed class Vp9Packetizer
{
    private const int DescriptorBytes = 3;

    private readonly uint _ssrc;
    private readonly byte _payloadType;
    private readonly int _maxPayloadBytes;
    private ushort _sequenceNumber;
    private int _pictureId;

    /// <summary>A packetizer for one stream.</summary>
    /// <param name="ssrc">Synchronisation source.</param>
    /// <param name="payloadType">Payload type, 0 to 127.</param>
    /// <param name="maxPayloadBytes">Largest payload, at least 4.</param>
    /// <param name="firstSequenceNumber">Sequence number of the first packet.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxPayloadBytes"/> is too small.</exception>
    public Vp9Packetizer(uint ssrc, byte payloadType = 98, int maxPayloadBytes = 1200, ushort firstSequenceNumber = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPayloadBytes, DescriptorBytes + 1);
        _ssrc = ssrc;
        _payloadType = payloadType;
        _maxPayloadBytes = maxPayloadBytes;
        _sequenceNumber = firstSequenceNumber;
    }

    /// <summary>Cuts one frame.</summary>
    /// <param name="frame">The frame, not empty.</param>
    /// <param name="isKeyFrame">Whether the descriptor says that nothing before is needed.</param>
    /// <param name="rtpTimestamp">Its RTP timestamp.</param>
    /// <param name="arrivalTimestamp">Arrival tick of every packet.</param>
    /// <param name="packets">The packets are added here.</param>
    public void Packetize(ReadOnlySpan<byte> frame, bool isKeyFrame, uint rtpTimestamp, long arrivalTimestamp, ICollection<RtpPacket> packets)
    {
        ArgumentNullException.ThrowIfNull(packets);
        bool isFirst = true;
        while (!frame.IsEmpty)
        {
            int bytes = Math.Min(frame.Length, _maxPayloadBytes - DescriptorBytes);
            bool isLast = bytes == frame.Length;
            int flags = 0x80 | (isKeyFrame ? 0 : 0x40) | (isFirst ? 0x08 : 0) | (isLast ? 0x04 : 0);
            byte[] payload = [(byte)flags, (byte)(0x80 | (_pictureId >> 8)), (byte)_pictureId, .. frame[..bytes]];
            frame = frame[bytes..];
            packets.Add(new RtpPacket(_ssrc, _sequenceNumber++, rtpTimestamp, _payloadType, isLast, arrivalTimestamp, payload));
            isFirst = false;
        }

        _pictureId = (_pictureId + 1) & 0x7FFF;
    }
}
