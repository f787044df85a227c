using RtcEnhance.Video;

namespace RtcEnhance.ConferencePage;

/// <summary>A decoder whose pictures are shown as they are, before they are enlarged. One thread at a time.</summary>
internal sealed class ShownDecoder(IVideoDecoder inner, Action<VideoFrame> show) : IVideoDecoder
{
    public string Name => inner.Name;

    public VideoDecodeStatus Decode(in EncodedVideoFrame frame) => inner.Decode(frame);

    public bool TryTakePicture(VideoFramePool pool, out VideoFrame? picture)
    {
        bool isThere = inner.TryTakePicture(pool, out picture);
        if (picture is not null)
            show(picture);
        return isThere;
    }

    public void Reset() => inner.Reset();

    public void Dispose() => inner.Dispose();
}
