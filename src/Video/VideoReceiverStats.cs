namespace RtcEnhance.Video;

/// <summary>
/// Counters since the receiver was made, never reset, named as in the W3C webrtc-stats inbound-rtp dictionary where it
/// has them. Thread-safe.
/// </summary>
public readonly record struct VideoReceiverStats
{
    /// <summary>Packets that arrived with a configured payload type, duplicates included.</summary>
    public long PacketsReceived { get; init; }

    /// <summary>Packets expected less unique packets received, RFC 3550 section 6.4.1; negative values do not occur.</summary>
    public long PacketsLost { get; init; }

    /// <summary>Interarrival jitter in seconds, RFC 3550 section 6.4.1.</summary>
    public double Jitter { get; init; }

    /// <summary>Packets dropped because they came too late, or were strays of another SSRC or codec.</summary>
    public long PacketsDiscarded { get; init; }

    /// <summary>Packets dropped because they had come before.</summary>
    public long DuplicatePackets { get; init; }

    /// <summary>Packets dropped because their payload breaks its format.</summary>
    public long PacketsMalformed { get; init; }

    /// <summary>Packets of a kind that is skipped, for example STAP-B.</summary>
    public long PacketsUnsupported { get; init; }

    /// <summary>Packets dropped because their payload type is not configured.</summary>
    public long UnknownPayloadTypePackets { get; init; }

    /// <summary>Payload bytes.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Header, extension and padding bytes.</summary>
    public long HeaderBytesReceived { get; init; }

    /// <summary>Complete frames.</summary>
    public long FramesReceived { get; init; }

    /// <summary>Frames that the decoder accepted.</summary>
    public long FramesDecoded { get; init; }

    /// <summary>Key frames that the decoder accepted.</summary>
    public long KeyFramesDecoded { get; init; }

    /// <summary>Frames given up: torn by loss, undecodable for want of a reference, or in the way of a full queue.</summary>
    public long FramesDropped { get; init; }

    /// <summary>Frames of more than one packet.</summary>
    public long FramesAssembledFromMultiplePackets { get; init; }

    /// <summary>Seconds from the first to the last packet, over <see cref="FramesAssembledFromMultiplePackets"/>.</summary>
    public double TotalAssemblyTime { get; init; }

    /// <summary>Seconds inside the decoder, over <see cref="FramesDecoded"/>.</summary>
    public double TotalDecodeTime { get; init; }

    /// <summary>Seconds from the first packet's arrival to the end of decoding, over <see cref="FramesDecoded"/>.</summary>
    public double TotalProcessingDelay { get; init; }

    /// <summary>Sum of the quantisers of decoded frames that state one.</summary>
    public long QpSum { get; init; }

    /// <summary>Key frames requested.</summary>
    public long PliCount { get; init; }

    /// <summary>Width of the last picture; 0 before the first.</summary>
    public int FrameWidth { get; init; }

    /// <summary>Height of the last picture; 0 before the first.</summary>
    public int FrameHeight { get; init; }

    /// <summary>Pictures handed to the sink.</summary>
    public long PicturesDelivered { get; init; }

    /// <summary>Frames that the decoder called corrupt.</summary>
    public long CorruptFrames { get; init; }

    /// <summary>How often a decoder failed or could not be made.</summary>
    public long DecoderFaults { get; init; }

    /// <summary>Exceptions out of the host's callbacks and sink.</summary>
    public long CallbackFaults { get; init; }

    /// <summary>Name of the decoder; null before the first.</summary>
    public string? DecoderImplementation { get; init; }
}
