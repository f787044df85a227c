using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

/// <summary>Keeps what it is given until it is disposed; <c>OnEach</c> runs inside the callback.</summary>
internal sealed class CollectingSink : IVideoFrameSink, IDisposable
{
    public List<VideoFrame> Frames { get; } = [];

    public Action<VideoFrame>? OnEach { get; set; }

    public VideoFrame Last => Frames[^1];

    public void OnFrame(VideoFrame frame)
    {
        OnEach?.Invoke(frame);
        Frames.Add(frame);
    }

    public void Release()
    {
        foreach (VideoFrame frame in Frames)
            frame.Dispose();
        Frames.Clear();
    }

    public void Dispose() => Release();
}
