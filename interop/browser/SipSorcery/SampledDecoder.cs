using RtcEnhance.Browser.Receiving;
using RtcEnhance.Video;

namespace RtcEnhance.Browser.SipSorcery;

/// <summary>Shows the sampler each picture as it was decoded. One thread at a time.</summary>
internal sealed class SampledDecoder(IVideoDecoder decoder, FrameSampler frames) : IVideoDecoder
{
    public string Name => decoder.Name;

    public VideoDecodeStatus Decode(in EncodedVideoFrame frame) => decoder.Decode(frame);

    public bool TryTakePicture(VideoFramePool pool, out VideoFrame? picture)
    {
        if (!decoder.TryTakePicture(pool, out picture))
            return false;
        if (picture is not null)
            frames.OnDecoded(picture);
        return true;
    }

    public void Reset() => decoder.Reset();

    public void Dispose() => decoder.Dispose();
}
