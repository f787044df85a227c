using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

/// <summary>Primaries that are slow, throw or stall: media flows on, the reason is right, and they come back.</summary>
public sealed class VideoEnhancerBudgetTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly VideoFramePool _pool = new();
    private readonly CollectingSink _sink = new();
    private readonly RecordingObserver _observer = new();
    private readonly TestStage _primary = new();
    private readonly VideoEnhancer _enhancer;
    private uint _rtp;

    public VideoEnhancerBudgetTests()
        => _enhancer = new VideoEnhancer(_sink, new VideoEnhancerOptions
        {
            SuperResolutionFactory = () => _primary,
            Method = UpscaleMethod.Easu,
            OwnThread = false,
            Time = _time,
            Observer = _observer,
        });

    public void Dispose()
    {
        _enhancer.Dispose();
        _sink.Dispose();
    }

    private void Submit()
    {
        VideoFrame frame = TestFrames.Random(_pool, 32, 24);
        frame.RtpTimestamp = _rtp += 3000;
        _enhancer.Submit(frame);
    }

    /// <summary>Feeds frames at 30 a second and returns the reasons of the last of them.</summary>
    private ReasonCode Feed(int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            Submit();
            _enhancer.RunStep();
            _time.Advance(TimeSpan.FromSeconds(1) / 30);
            _sink.Release();
        }

        return _enhancer.GetStats().LastReason;
    }

    private void AssertEveryFrameIsAccountedFor()
    {
        InboundVideoStats stats = _enhancer.GetStats();
        Assert.Equal(stats.FramesReceived, stats.FramesRendered + stats.FramesDropped);
        Assert.Equal(stats.FramesRendered, stats.FramesEnhancedByPrimary + stats.FramesEnhancedByFallback + stats.FramesPassedThrough);
        Assert.Equal((0, 0), (_pool.Rented, _enhancer.Pool.Rented));
    }

    [Fact]
    public void FastPrimary_MakesEveryFrame()
    {
        _primary.OnProcess = () => _time.Advance(TimeSpan.FromMilliseconds(5));

        Assert.Equal(ReasonCode.Ok, Feed(100));
        Assert.Equal((100, 0), (_enhancer.GetStats().FramesEnhancedByPrimary, _enhancer.GetStats().DeadlineMisses));
        AssertEveryFrameIsAccountedFor();
    }

    [Fact]
    public void ThrowingPrimary_IsReplacedOnThatVeryFrameAndComesBack()
    {
        Feed(10);
        _primary.OnProcess = () => throw new InvalidOperationException("broken weights");

        Assert.Equal(ReasonCode.Faulted, Feed(1));
        int runs = _primary.Runs;
        Assert.Equal(ReasonCode.Faulted, Feed(20));
        Assert.Equal(runs, _primary.Runs);
        Assert.Equal((10, 21), (_enhancer.GetStats().FramesEnhancedByPrimary, _enhancer.GetStats().FramesEnhancedByFallback));
        Assert.Contains("fault super-resolution InvalidOperationException", _observer.Events);
        Assert.Contains("engaged super-resolution Faulted", _observer.Events);

        _primary.OnProcess = null;
        Assert.Equal(ReasonCode.Ok, Feed(40));
        Assert.Equal(0, _enhancer.GetStats().FramesDropped);
        AssertEveryFrameIsAccountedFor();
    }

    [Fact]
    public void SlowPrimary_MissesAFewDeadlinesThenTheFilterTakesOver()
    {
        _primary.OnProcess = () => _time.Advance(TimeSpan.FromMilliseconds(20));

        Assert.Equal(ReasonCode.OverBudget, Feed(10));
        long misses = _enhancer.GetStats().DeadlineMisses;
        Assert.InRange(misses, 1, 3);
        Assert.Equal(10, _enhancer.GetStats().FramesRendered);

        _primary.OnProcess = null;
        Assert.Equal(ReasonCode.Ok, Feed(60));
        Assert.Equal(misses, _enhancer.GetStats().DeadlineMisses);
        AssertEveryFrameIsAccountedFor();
    }

    [Fact]
    public void StallingPrimary_WithNewerFrameWaiting_DropsThatFrameAlone()
    {
        Feed(30);
        _primary.OnProcess = () =>
        {
            for (int i = 0; i < 6; i++)
            {
                _time.Advance(TimeSpan.FromSeconds(1) / 30);
                Submit();
            }
        };
        Submit();
        uint newest = _rtp + (6 * 3000);

        Assert.True(_enhancer.RunStep());
        Assert.Empty(_sink.Frames);
        Assert.Equal((1, 6), (_enhancer.GetStats().DeadlineMisses, _enhancer.GetStats().FramesDropped));

        Assert.True(_enhancer.RunStep());
        Assert.Equal(newest, _sink.Last.RtpTimestamp);
        Assert.Equal(ReasonCode.OverBudget, _enhancer.GetStats().LastReason);
        Assert.Equal((1, 1), (_enhancer.GetStats().DeadlineMisses, _enhancer.GetStats().FramesEnhancedByFallback));
        _sink.Release();

        _primary.OnProcess = null;
        Assert.Equal(ReasonCode.OverBudget, Feed(20));
        Assert.Equal(ReasonCode.Ok, Feed(40));
        Assert.Contains("engaged super-resolution OverBudget", _observer.Events);
        AssertEveryFrameIsAccountedFor();
    }

    [Fact]
    public void StallingPrimary_WithNothingNewer_DeliversTheFrameLate()
    {
        Feed(30);
        _primary.OnProcess = () => _time.Advance(TimeSpan.FromMilliseconds(200));
        Feed(1);
        _primary.OnProcess = null;
        Feed(1);

        InboundVideoStats stats = _enhancer.GetStats();
        Assert.Equal((32, 0, 1), (stats.FramesRendered, stats.FramesDropped, stats.DeadlineMisses));
        Assert.Equal(ReasonCode.OverBudget, stats.LastReason);
        AssertEveryFrameIsAccountedFor();
    }

    [Fact]
    public void PrimaryThatIsAlwaysLate_StillShowsEverySecondFrame()
    {
        // The circuit probes after every break; here every job is late, and a newer frame always waits.
        for (int i = 0; i < 20; i++)
        {
            Submit();
            _time.Advance(TimeSpan.FromMilliseconds(100));
            _sink.OnEach = _ => Submit();
            _enhancer.RunStep();
        }

        Assert.True(_enhancer.GetStats().FramesRendered >= 10);
    }

    [Fact]
    public void FrameThatWaitedTooLong_IsMadeByTheFilterWithReasonOverload()
    {
        _primary.OnProcess = () => _time.Advance(TimeSpan.FromMilliseconds(5));
        Feed(40);
        _primary.OnProcess = null;
        Submit();
        _time.Advance(TimeSpan.FromMilliseconds(14));

        _enhancer.RunStep();

        Assert.Equal(ReasonCode.Overload, _enhancer.GetStats().LastReason);
        Assert.Equal(1, _enhancer.GetStats().FramesEnhancedByFallback);
    }

    [Fact]
    public void FactoryThatThrows_ThrowsWhereTheEnhancerIsMade()
        => Assert.Throws<MediaFormatException>(() => new VideoEnhancer(_sink, new VideoEnhancerOptions
        {
            SuperResolutionFactory = () => throw new MediaFormatException("bad model"),
        }));
}
