namespace RtcEnhance.Video;

/// <summary>Codecs that the receiver depacketises.</summary>
public enum VideoCodec
{
    /// <summary>VP8, RFC 6386, RTP payload RFC 7741.</summary>
    Vp8,

    /// <summary>H.264, RTP payload RFC 6184; access units are Annex B byte streams.</summary>
    H264,

    /// <summary>VP9, RTP payload RFC 9628; the layer frames of one picture lie one behind the other.</summary>
    Vp9,

    /// <summary>AV1, RTP payload of the Alliance for Open Media, version 1.0; temporal units are OBUs with a size field.</summary>
    Av1,
}

/// <summary>One whole access unit. The data must not change until the frame was decoded. Thread-safe.</summary>
public readonly record struct EncodedVideoFrame
{
    /// <summary>The codec.</summary>
    public required VideoCodec Codec { get; init; }

    /// <summary>RTP timestamp, 90 kHz.</summary>
    public required uint RtpTimestamp { get; init; }

    /// <summary>The access unit: a VP8 frame, H.264 in Annex B form, a VP9 picture, or an AV1 temporal unit.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>True for a key frame: decodable without what came before.</summary>
    public required bool IsKeyFrame { get; init; }

    /// <summary>Quantiser: VP8 y_ac_qi 0 to 127, H.264 QP 0 to 51; null where it could not be read, as for VP9 and AV1.</summary>
    public int? Qp { get; init; }

    /// <summary>True where packets are missing inside this frame or between it and the one before.</summary>
    public bool HasGap { get; init; }

    /// <summary><see cref="TimeProvider.GetTimestamp"/> when the last packet of the frame arrived.</summary>
    public long ArrivalTimestamp { get; init; }
}
