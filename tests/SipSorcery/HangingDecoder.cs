using RtcEnhance.Video;

namespace RtcEnhance.SipSorcery.Tests;

/// <summary>Decodes nothing, and does not come back before the gate opens.</summary>
internal sealed class HangingDecoder(ManualResetEventSlim gate) : IVideoDecoder
{
    private volatile bool _hangs;

    public bool Hangs => _hangs;

    public string Name => "hanging";

    public VideoDecodeStatus Decode(in EncodedVideoFrame frame)
    {
        _hangs = true;
        gate.Wait();
        _hangs = false;
        return VideoDecodeStatus.Ok;
    }

    public bool TryTakePicture(VideoFramePool pool, out VideoFrame? picture)
    {
        picture = null;
        return false;
    }

    public void Reset()
    {
    }

    public void Dispose()
    {
    }
}
