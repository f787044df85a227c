namespace RtcEnhance.Video;

/// <summary>The part of reassembly that depends on the payload format. One thread at a time.</summary>
internal interface IDepacketizer
{
    /// <summary>The codec.</summary>
    VideoCodec Codec { get; }

    /// <summary>Reads what the payload says about its place in a frame; never throws.</summary>
    /// <param name="payload">An RTP payload, any bytes.</param>
    /// <param name="info">What it says.</param>
    /// <returns>False where the payload breaks its format.</returns>
    bool TryParse(ReadOnlySpan<byte> payload, out PayloadInfo info);

    /// <summary>Whether nothing is missing between two frames although sequence numbers are.</summary>
    /// <param name="previous">First packet of the frame before.</param>
    /// <param name="current">First packet of this frame.</param>
    /// <returns>True where the payload format proves it.</returns>
    bool IsContinuous(in PayloadInfo previous, in PayloadInfo current);

    /// <summary>Appends the next packet of a frame.</summary>
    /// <param name="payload">A payload that <see cref="TryParse"/> accepted.</param>
    /// <param name="info">What it said.</param>
    /// <param name="unit">The frame.</param>
    /// <returns>False where the frame is broken.</returns>
    bool Append(ReadOnlySpan<byte> payload, in PayloadInfo info, AccessUnit unit);

    /// <summary>Reads the frame's facts when all its packets are appended.</summary>
    /// <param name="unit">The frame.</param>
    /// <returns>Whether it holds a picture.</returns>
    AssemblyResult Complete(AccessUnit unit);

    /// <summary>Forgets the stream.</summary>
    void Reset();
}

/// <summary>What the packets of one frame came to.</summary>
internal enum AssemblyResult
{
    /// <summary>A frame.</summary>
    Frame,

    /// <summary>No picture in it, and nothing wrong: parameter sets alone.</summary>
    NoPicture,

    /// <summary>Broken.</summary>
    Broken,
}
