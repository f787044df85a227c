namespace RtcEnhance.Video;

/// <summary>What one RTP payload says about its place in a frame.</summary>
internal readonly record struct PayloadInfo
{
    /// <summary>True where a frame can begin with this packet.</summary>
    public bool StartsFrame { get; init; }

    /// <summary>False for padding and for kinds that are skipped: the packet fills its sequence number only.</summary>
    public bool HasContent { get; init; }

    /// <summary>True for a kind of packet that this depacketiser does not read.</summary>
    public bool IsUnsupported { get; init; }

    /// <summary>Bytes of the payload descriptor.</summary>
    public int DescriptorBytes { get; init; }

    /// <summary>PictureID of VP8 and VP9; -1 where absent.</summary>
    public int PictureId { get; init; }

    /// <summary>7 or 15, the width of <see cref="PictureId"/>; 0 where absent.</summary>
    public int PictureIdBits { get; init; }

    /// <summary>TL0PICIDX of VP8 and VP9; -1 where absent.</summary>
    public int BaseLayerIndex { get; init; }

    /// <summary>Temporal layer of VP8 and VP9; -1 where absent.</summary>
    public int TemporalLayer { get; init; }

    /// <summary>VP8 Y bit: the frame depends on base-layer frames alone.</summary>
    public bool IsLayerSync { get; init; }
}
