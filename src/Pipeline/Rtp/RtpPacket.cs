namespace RtcEnhance;

/// <summary>
/// One received RTP packet with the tick at which it arrived. Immutable: the payload must not change after the packet
/// is handed over. RFC 3550 section 5.1. Thread-safe.
/// </summary>
public readonly partial struct RtpPacket
{
    /// <summary>Wraps a packet that a transport already parsed.</summary>
    /// <param name="ssrc">Synchronisation source.</param>
    /// <param name="sequenceNumber">Sequence number.</param>
    /// <param name="timestamp">RTP timestamp, in units of the payload type's clock.</param>
    /// <param name="payloadType">Payload type, 0 to 127.</param>
    /// <param name="marker">The marker bit.</param>
    /// <param name="arrivalTimestamp"><see cref="TimeProvider.GetTimestamp"/> taken where the packet arrived.</param>
    /// <param name="payload">Payload without padding.</param>
    /// <param name="headerBytes">Header, CSRC, extension and padding bytes, for statistics.</param>
    /// <param name="extensionProfile">The header extension's "defined by profile" field; 0 where there is none.</param>
    /// <param name="extension">The header extension's data, after its profile and length fields.</param>
    public RtpPacket(
        uint ssrc,
        ushort sequenceNumber,
        uint timestamp,
        byte payloadType,
        bool marker,
        long arrivalTimestamp,
        ReadOnlyMemory<byte> payload,
        int headerBytes = 12,
        ushort extensionProfile = 0,
        ReadOnlyMemory<byte> extension = default)
    {
        Ssrc = ssrc;
        SequenceNumber = sequenceNumber;
        Timestamp = timestamp;
        PayloadType = payloadType;
        Marker = marker;
        ArrivalTimestamp = arrivalTimestamp;
        Payload = payload;
        HeaderBytes = headerBytes;
        ExtensionProfile = extensionProfile;
        Extension = extension;
    }

    /// <summary>Synchronisation source.</summary>
    public uint Ssrc { get; }

    /// <summary>Sequence number, wrapping at 16 bits.</summary>
    public ushort SequenceNumber { get; }

    /// <summary>RTP timestamp, wrapping at 32 bits.</summary>
    public uint Timestamp { get; }

    /// <summary>Payload type, 0 to 127.</summary>
    public byte PayloadType { get; }

    /// <summary>The marker bit: talk-spurt start for audio, last packet of a frame for video.</summary>
    public bool Marker { get; }

    /// <summary><see cref="TimeProvider.GetTimestamp"/> taken where the packet arrived.</summary>
    public long ArrivalTimestamp { get; }

    /// <summary>Payload without padding.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Header, CSRC, extension and padding bytes.</summary>
    public int HeaderBytes { get; }

    /// <summary>The header extension's "defined by profile" field; 0 where there is no extension.</summary>
    public ushort ExtensionProfile { get; }

    /// <summary>The header extension's data, after its profile and length fields.</summary>
    public ReadOnlyMemory<byte> Extension { get; }

    /// <summary>The elements of the header extension, RFC 8285; none where the profile is another one.</summary>
    public RtpHeaderExtensions HeaderExtensions => new(ExtensionProfile, Extension.Span);
}
