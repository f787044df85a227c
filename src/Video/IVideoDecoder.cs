namespace RtcEnhance.Video;

/// <summary>What became of an access unit given to <see cref="IVideoDecoder.Decode"/>.</summary>
public enum VideoDecodeStatus
{
    /// <summary>Accepted; pictures, if any, are ready to be taken.</summary>
    Ok,

    /// <summary>The data could not be decoded; a key frame is needed.</summary>
    Corrupt,

    /// <summary>The decoder itself is gone (a library or process failed) and will not come back.</summary>
    Faulted,
}

/// <summary>
/// Port: turns access units into pictures, on the receiver's decode thread. Never throws on what the network sent.
/// One thread at a time.
/// </summary>
public interface IVideoDecoder : IDisposable
{
    /// <summary>Name for statistics (decoderImplementation), for example <c>libvpx</c>.</summary>
    string Name { get; }

    /// <summary>Decodes one access unit.</summary>
    /// <param name="frame">The access unit; its data is not kept after the call.</param>
    /// <returns>Whether it was decoded.</returns>
    VideoDecodeStatus Decode(in EncodedVideoFrame frame);

    /// <summary>
    /// Takes the next finished picture, which carries the RTP timestamp of its access unit. Called until it returns
    /// false. A decoder that works behind a pipe may yield a picture after a later <see cref="Decode"/>.
    /// </summary>
    /// <param name="pool">Where the picture is rented from; at its cap the picture is dropped and counted there.</param>
    /// <param name="picture">The picture; the caller owns it.</param>
    /// <returns>False where no picture is waiting.</returns>
    bool TryTakePicture(VideoFramePool pool, out VideoFrame? picture);

    /// <summary>Forgets the stream; the next access unit must be a key frame.</summary>
    void Reset();
}

/// <summary>Port: takes finished pictures.</summary>
public interface IVideoFrameSink
{
    /// <summary>
    /// Called in order, on the decode thread or the enhancer's worker. The sink owns <paramref name="frame"/> and disposes
    /// it. Where the sink throws, the exception is counted and the frame is taken back.
    /// </summary>
    /// <param name="frame">The picture.</param>
    void OnFrame(VideoFrame frame);
}
