using RtcEnhance.Video;

namespace RtcEnhance.SipSorcery.Tests;

/// <summary>Takes pictures and remembers their sizes.</summary>
internal sealed class CountingSink : IVideoFrameSink
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public (int Width, int Height) LastSize { get; private set; }

    public void OnFrame(VideoFrame frame)
    {
        LastSize = (frame.Width, frame.Height);
        frame.Dispose();
        Interlocked.Increment(ref _count);
    }
}
