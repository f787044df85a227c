using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.Soak;

/// <summary>Shows each frame to a check and gives it back. One thread at a time.</summary>
/// <param name="check">Looks at a frame and does not keep it.</param>
internal sealed class CheckingSink(Action<VideoFrame> check) : IVideoFrameSink
{
    public long Frames { get; private set; }

    public void OnFrame(VideoFrame frame)
    {
        Frames++;
        check(frame);
        frame.Dispose();
    }
}
