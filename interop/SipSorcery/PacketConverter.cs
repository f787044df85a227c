using System.Buffers.Binary;
using SIPSorcery.Net;

namespace RtcEnhance.SipSorcery;

/// <summary>Turns what SIPSorcery parsed into what RtcEnhance takes, without copying the payload. Thread-safe.</summary>
internal static class PacketConverter
{
    // SIPSorcery keeps of the volume's six bits the lower four, and two that are not the volume's.
    private const int KeptVolumeBits = 0x0F;

    public static RtpPacket ToPacket(RTPPacket packet, long arrival) => ToPacket(packet.Header, packet.GetPayloadBytes(), arrival);

    /// <summary>
    /// A telephone event as it stood in its packet: SIPSorcery takes these out of the stream before the packet event.
    /// Its own GetEventPayload writes the end of an event as its middle.
    /// </summary>
    public static RtpPacket ToPacket(RTPEvent telephoneEvent, RTPHeader header, long arrival)
    {
        var payload = new byte[RTPEvent.DTMF_PACKET_LENGTH];
        payload[0] = telephoneEvent.EventID;
        payload[1] = (byte)((telephoneEvent.EndOfEvent ? 0x80 : 0) | (telephoneEvent.Volume & KeptVolumeBits));
        BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(2), telephoneEvent.Duration);
        return ToPacket(header, payload, arrival);
    }

    public static bool TryGetReport(RTCPCompoundPacket packet, out RtcpSenderReport report)
    {
        report = default;
        if (packet.SenderReport is not { } sender)
            return false;
        report = new RtcpSenderReport
        {
            Ssrc = sender.SSRC,
            NtpTimestamp = sender.NtpTimestamp,
            RtpTimestamp = sender.RtpTimestamp,
            PacketCount = sender.PacketCount,
            OctetCount = sender.OctetCount,
        };
        return true;
    }

    private static RtpPacket ToPacket(RTPHeader header, byte[] payload, long arrival)
    {
        bool isExtended = header.HeaderExtensionFlag == 1 && header.ExtensionPayload is not null;
        return new RtpPacket(
            header.SyncSource,
            header.SequenceNumber,
            header.Timestamp,
            (byte)header.PayloadType,
            header.MarkerBit == 1,
            arrival,
            payload,
            header.Length + header.PaddingCount,
            isExtended ? header.ExtensionProfile : (ushort)0,
            isExtended ? header.ExtensionPayload : default(ReadOnlyMemory<byte>));
    }
}
