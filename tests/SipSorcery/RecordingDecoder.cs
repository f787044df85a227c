using System.Collections.Concurrent;
using RtcEnhance.Video;

namespace RtcEnhance.SipSorcery.Tests;

/// <summary>Writes down what it is to decode, and has no pictures.</summary>
internal sealed class RecordingDecoder : IVideoDecoder
{
    public ConcurrentQueue<(VideoCodec Codec, bool IsKeyFrame, byte[] Data)> Units { get; } = new();

    public string Name => "recording";

    public IVideoDecoder Create(VideoCodec codec) => this;

    public VideoDecodeStatus Decode(in EncodedVideoFrame frame)
    {
        Units.Enqueue((frame.Codec, frame.IsKeyFrame, frame.Data.ToArray()));
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
