namespace RtcEnhance.Video;

/// <summary>Frames in the last second (W3C framesPerSecond), up to 250. One thread at a time.</summary>
internal sealed class FrameRateMeter
{
    private const int MostFrames = 250;

    private readonly TimeProvider _time;
    private readonly long[] _timestamps = new long[MostFrames];
    private long _count;

    public FrameRateMeter(TimeProvider time) => _time = time;

    public void OnFrame(long timestamp) => _timestamps[_count++ % MostFrames] = timestamp;

    /// <summary>Frames in the second that ends at <paramref name="now"/>.</summary>
    public int FramesPerSecond(long now)
    {
        int frames = 0;
        while (frames < Math.Min(_count, MostFrames)
            && _time.GetElapsedTime(_timestamps[(_count - 1 - frames) % MostFrames], now) < TimeSpan.FromSeconds(1))
            frames++;
        return frames;
    }
}
