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
        => _enhancer = new VideoEnhancer(_sink, new VideoEnhancerOptions { Method = UpscaleMethod.Easu, OwnThread = false, Time = _time });

    public void Dispose()
    {
        _enhancer.Dispose();
        _sink.Dispose();
    }

    private void Show(int height = 360)
    {
        _sink.Release();
        _enhancer.Submit(TestFrames.Random(_pool, 16, height));
        _enhancer.RunStep();
        _time.Now += TimeSpan.FromMilliseconds(33).Ticks;
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
    public void Frame_OnASlowMachine_IsFinishedByBicubicNearItsDeadline()
    {
        // Each look at the clock takes 0.5 ms: three a band, 23 bands, and some around them, would make it 35 ms.
        _time.Stride = TimeSpan.FromMilliseconds(0.5).Ticks;
        Show();
        long rows = _enhancer.GetStats().RowsFinishedByFallback;
        TimeSpan delay = _enhancer.GetStats().TotalEnhancementDelay;

        for (int i = 0; i < 20; i++)
            Show();

        Assert.InRange((_enhancer.GetStats().TotalEnhancementDelay - delay).TotalMilliseconds / 20, 4, 16 + 5);
        Assert.InRange(_enhancer.GetStats().RowsFinishedByFallback - rows, 20, 20 * 719);
        Assert.Equal(21, _enhancer.GetStats().FramesEnhancedByFallback);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(12)]
    public void EdgeAdaptiveFilter_AfterOneStallAnywhere_ComesBack(int looksBeforeStall)
    {
        _time.Stride = TimeSpan.FromMicroseconds(20).Ticks;
        for (int i = 0; i < 10; i++)
            Show(height: 64);
        _time.LooksBeforeStall = looksBeforeStall;
        for (int i = 0; i < 60; i++)
            Show(height: 64);
        long rows = _enhancer.GetStats().RowsFinishedByFallback;

        for (int i = 0; i < 5; i++)
            Show(height: 64);

        Assert.Equal(rows, _enhancer.GetStats().RowsFinishedByFallback);
    }

    /// <summary>
    /// A clock that moves on by a stride whenever it is read, as on a machine where all work takes time, and once by a
    /// tenth of a second.
    /// </summary>
    private sealed class StridingTime : TimeProvider
    {
        public long Stride { get; set; }

        public long Now { get; set; }

        public int LooksBeforeStall { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp()
        {
            if (LooksBeforeStall > 0 && --LooksBeforeStall == 0)
                Now += TimeSpan.FromMilliseconds(100).Ticks;
            return Now += Stride;
        }
    }
}
