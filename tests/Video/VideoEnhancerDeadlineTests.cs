using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

/// <summary>The edge-adaptive filter against the clock: a late frame's rest is bicubic, and the filter comes back.</summary>
public sealed class VideoEnhancerDeadlineTests : IDisposable
{
    private readonly StridingTime _time = new();
    private readonly VideoFramePool _pool = new();
    private readonly CollectingSink _sink = new();
    private readonly VideoEnhancer _enhancer;

    public VideoEnhancerDeadlineTests()
        => _enhancer = new VideoEnhancer(_sink, new VideoEnhancerOptions { OwnThread = false, Time = _time });

    public void Dispose()
    {
        _enhancer.Dispose();
        _sink.Dispose();
    }

    private VideoFrame Show()
    {
        _sink.Release();
        _enhancer.Submit(TestFrames.Random(_pool, 64, 360));
        _enhancer.RunStep();
        _time.Now += TimeSpan.FromMilliseconds(33).Ticks;
        return _sink.Last;
    }

    [Fact]
    public void Frame_WithTimeEnough_IsEdgeAdaptiveThroughout()
    {
        _time.Stride = TimeSpan.FromMicroseconds(20).Ticks;

        for (int i = 0; i < 10; i++)
            Show();

        Assert.Equal((0, 0), (_enhancer.GetStats().RowsFinishedByFallback, _enhancer.GetStats().DeadlineMisses));
    }

    [Fact]
    public void Frame_OnASlowMachine_IsFinishedByBicubicBeforeItsDeadline()
    {
        // Each look at the clock takes 0.5 ms: the edge-adaptive filter would need three or more for each of 23 bands.
        _time.Stride = TimeSpan.FromMilliseconds(0.5).Ticks;
        Show();
        long misses = _enhancer.GetStats().DeadlineMisses;
        long rows = _enhancer.GetStats().RowsFinishedByFallback;

        for (int i = 0; i < 20; i++)
            Show();

        Assert.Equal(misses, _enhancer.GetStats().DeadlineMisses);
        Assert.InRange(_enhancer.GetStats().RowsFinishedByFallback - rows, 20, 20 * 719);
        Assert.Equal(21, _enhancer.GetStats().FramesEnhancedByFallback);
    }

    [Fact]
    public void EdgeAdaptiveFilter_AfterOneStall_ComesBack()
    {
        _time.Stride = TimeSpan.FromMicroseconds(20).Ticks;
        for (int i = 0; i < 10; i++)
            Show();
        _time.Stride = TimeSpan.FromMilliseconds(15).Ticks;
        Show();
        _time.Stride = TimeSpan.FromMicroseconds(20).Ticks;
        for (int i = 0; i < 100; i++)
            Show();
        long rows = _enhancer.GetStats().RowsFinishedByFallback;

        for (int i = 0; i < 10; i++)
            Show();

        Assert.Equal(rows, _enhancer.GetStats().RowsFinishedByFallback);
    }

    /// <summary>A clock that moves on by a stride whenever it is read, as on a machine where all work takes time.</summary>
    private sealed class StridingTime : TimeProvider
    {
        public long Stride { get; set; }

        public long Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now += Stride;
    }
}
