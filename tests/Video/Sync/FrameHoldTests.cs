using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video.Sync;

public sealed class FrameHoldTests : IDisposable
{
    private const int FrameMs = 33;

    private readonly ManualTimeProvider _time = new();
    private readonly VideoFramePool _pool = new(64);
    private readonly CollectingSink _sink = new();
    private readonly FakeAudio _audio;
    private readonly PlayoutClock _video;
    private readonly LipSync _sync;

    public FrameHoldTests()
    {
        _audio = new FakeAudio(_time);
        _video = new PlayoutClock(_time, 90_000);
        _sync = new LipSync(_audio, _video);
        _audio.PlayoutClock.AddSenderReport(StartReport);
        _video.AddSenderReport(StartReport);
        SetAudioDelay(100);
    }

    /// <summary>Both streams' timestamps are 0 at local time 0.</summary>
    private static RtcpSenderReport StartReport => new() { Ssrc = 1, NtpTimestamp = 3_950_000_000UL << 32, RtpTimestamp = 0 };

    public void Dispose()
    {
        _sink.Dispose();
        _sync.Dispose();
    }

    [Fact]
    public void Frame_WithALaterSound_WaitsForItToTheMillisecond()
    {
        using VideoEnhancer enhancer = Create();
        enhancer.Submit(Frame(0));

        Pass(enhancer, 99);
        Assert.Empty(_sink.Frames);
        Pass(enhancer, 1);
        Assert.Single(_sink.Frames);
        Assert.Equal((1, 100), (enhancer.GetStats().FramesHeld, enhancer.GetStats().TotalHoldDelay.TotalMilliseconds));
    }

    [Fact]
    public void Frame_BehindItsSound_IsShownAtOnce()
    {
        using VideoEnhancer enhancer = Create();
        Pass(enhancer, 101);
        enhancer.Submit(Frame(0));

        Assert.True(enhancer.RunStep());
        Assert.Equal(0, enhancer.GetStats().FramesHeld);
    }

    [Fact]
    public void DeviceDelay_MovesTheInstant()
    {
        using VideoEnhancer enhancer = Create();
        _sync.DeviceDelay = TimeSpan.FromMilliseconds(40);
        enhancer.Submit(Frame(0));

        Pass(enhancer, 139);
        Assert.Empty(_sink.Frames);
        Pass(enhancer, 1);
        Assert.Single(_sink.Frames);
        Assert.Throws<ArgumentOutOfRangeException>(() => _sync.DeviceDelay = TimeSpan.FromSeconds(1.1));
    }

    [Fact]
    public void StepsOfTheClocks_BeforeTheFirstFrame_AreTakenAtFaceValue()
    {
        using VideoEnhancer enhancer = Create();
        _audio.PlayoutClock.AddSenderReport(StartReport with { NtpTimestamp = StartReport.NtpTimestamp + (1UL << 32) });
        SetAudioDelay(1100);
        enhancer.Submit(Frame(0));

        Pass(enhancer, 99);
        Assert.Empty(_sink.Frames);
        Pass(enhancer, 1);
        Assert.Single(_sink.Frames);
    }

    [Fact]
    public void MoreFramesThanMayWait_LetTheOldestGoEarly()
    {
        using VideoEnhancer enhancer = Create(maxHeld: 3);
        for (int i = 0; i < 5; i++)
        {
            enhancer.Submit(Frame(i));
            enhancer.RunStep();
        }

        Assert.Equal([0u, 1u], _sink.Frames.Select(Number));
        Assert.Equal((2, 3), (enhancer.GetStats().FramesReleasedEarly, enhancer.GetStats().FramesWaiting));
    }

    [Fact]
    public void PoolOfTheFrames_RunningOut_LetsTheOldestGoEarly()
    {
        var pool = new VideoFramePool(6);
        SetAudioDelay(500);
        using VideoEnhancer enhancer = Create();
        for (int i = 0; i < 60; i++)
        {
            VideoFrame? frame = pool.Rent(8, 6);
            Assert.NotNull(frame);
            frame.RtpTimestamp = Timestamp(i);
            enhancer.Submit(frame);
            Pass(enhancer, FrameMs);
            _sink.Release();
        }

        Assert.Equal((0, 0, 60 - 4), (pool.Refused, enhancer.GetStats().FramesDropped, enhancer.GetStats().FramesReleasedEarly));
    }

    [Fact]
    public void FramesOfUnknownTime_KeepTheirPlace()
    {
        using VideoEnhancer enhancer = Create();
        enhancer.Submit(Frame(0));
        VideoFrame unknown = Frame(1);
        unknown.RtpTimestamp = null;
        enhancer.Submit(unknown);

        Assert.False(enhancer.RunStep());
        Pass(enhancer, 100);
        Assert.Null(Assert.Single(_sink.Frames).RtpTimestamp);
        Assert.Equal(1, enhancer.GetStats().FramesDropped);
    }

    [Fact]
    public void Frame_FarAheadOfItsSound_DoesNotWait()
    {
        using VideoEnhancer enhancer = Create();
        enhancer.Submit(Frame(3 * 30));

        Assert.True(enhancer.RunStep());
    }

    [Fact]
    public void LipSync_TakenAway_LetsTheFramesGo()
    {
        using VideoEnhancer enhancer = Create();
        enhancer.Submit(Frame(0));
        enhancer.Submit(Frame(1));

        enhancer.LipSync = null;

        Assert.True(enhancer.RunStep());
        Assert.Equal(1u, Number(_sink.Last));
        Assert.Equal((1, 0), (enhancer.GetStats().FramesDropped, enhancer.GetStats().FramesWaiting));
        enhancer.Submit(Frame(2));
        Assert.True(enhancer.RunStep());
    }

    [Fact]
    public void Dispose_GivesEveryHeldFrameBack()
    {
        VideoEnhancer enhancer = Create();
        for (int i = 0; i < 5; i++)
            enhancer.Submit(Frame(i));
        enhancer.Dispose();

        Assert.False(enhancer.Submit(Frame(6)));
        Assert.Equal((0, 6, 0), (_pool.Rented, enhancer.GetStats().FramesDropped, enhancer.GetStats().FramesWaiting));
    }

    [Fact]
    public void HeldFrame_HasItsWholeBudgetAfterwards()
    {
        var primary = new TestStage();
        using VideoEnhancer enhancer = Create(primary);
        enhancer.Submit(Frame(0));
        Pass(enhancer, 100);

        Assert.Equal(16, primary.LastTimeLeft.TotalMilliseconds, 2);
        Assert.Equal(0, enhancer.GetStats().DeadlineMisses);
    }

    [Fact]
    public void Enlarging_ThatTakesTime_StartsEarlier()
    {
        const int Cost = 10;
        var primary = new TestStage { OnProcess = () => _time.Advance(TimeSpan.FromMilliseconds(Cost)) };
        using VideoEnhancer enhancer = Create(primary);
        double shownMs = 0;
        _sink.OnEach = _ => shownMs = _time.Elapsed.TotalMilliseconds;
        for (int i = 0; i < 60; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(Math.Max(0, (i * FrameMs) - _time.Elapsed.TotalMilliseconds)));
            enhancer.Submit(Frame(i));
            for (int ms = 0; ms < 20; ms++)
                Pass(enhancer, 1);
            _sink.Release();
        }

        double captured = Math.Floor((shownMs - 99) / FrameMs) * FrameMs;
        Assert.InRange(shownMs - captured, 99, 101);
    }

    [Fact]
    public void OwnThread_ShowsAHeldFrameWhenItsTimeComes()
    {
        using var shown = new SemaphoreSlim(0);
        _sink.OnEach = _ => shown.Release();
        using VideoEnhancer enhancer = Create(ownThread: true);
        for (int i = 0; i < 3; i++)
            enhancer.Submit(Frame(i));

        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal((0, 3), (enhancer.GetStats().FramesRendered, enhancer.GetStats().FramesWaiting));
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(i == 0 ? 2 : FrameMs));
            Assert.True(shown.Wait(TimeSpan.FromSeconds(30)));
        }

        Assert.Equal((3, 0), (enhancer.GetStats().FramesRendered, enhancer.GetStats().FramesWaiting));
    }

    [Fact]
    public void Holding_InSteadyState_AllocatesNothing()
    {
        using var enhancer = new VideoEnhancer(new DisposingSink(), Options(null, 24, ownThread: false)) { LipSync = _sync };
        int number = 0;

        AllocationAssert.None(
            () =>
            {
                enhancer.Submit(Frame(number++));
                Pass(enhancer, FrameMs);
                _ = enhancer.GetStats();
            },
            runs: 300);

        Assert.InRange(enhancer.GetStats().FramesHeld, number - 10, number);
    }

    [Fact]
    public void Options_WithoutRoomToHold_AreRefused()
        => Assert.Contains("MaxHeldFrames", Assert.Throws<ArgumentException>(() => Create(maxHeld: 0)).Message, StringComparison.Ordinal);

    private static uint Timestamp(int number) => (uint)(number * FrameMs * 90);

    private static uint Number(VideoFrame frame) => frame.RtpTimestamp!.Value / (FrameMs * 90);

    private VideoEnhancer Create(TestStage? primary = null, int maxHeld = 24, bool ownThread = false)
        => new(_sink, Options(primary, maxHeld, ownThread)) { LipSync = _sync };

    private VideoEnhancerOptions Options(TestStage? primary, int maxHeld, bool ownThread) => new()
    {
        Method = UpscaleMethod.PassThrough,
        SuperResolutionFactory = primary is null ? null : () => primary,
        MaxHeldFrames = maxHeld,
        OwnThread = ownThread,
        Time = _time,
    };

    private VideoFrame Frame(int number)
    {
        VideoFrame frame = _pool.Rent(8, 6)!;
        frame.RtpTimestamp = Timestamp(number);
        return frame;
    }

    private void SetAudioDelay(int ms) => _audio.PlayoutClock.ReportPlayout(0, ms * TimeSpan.TicksPerMillisecond);

    private void Pass(VideoEnhancer enhancer, int ms)
    {
        _time.Advance(TimeSpan.FromMilliseconds(ms));
        while (enhancer.RunStep())
        {
        }
    }

    private sealed class FakeAudio(TimeProvider time) : IPlayoutDelay
    {
        public PlayoutClock PlayoutClock { get; } = new(time, 48_000);

        public TimeSpan CurrentDelay => MinimumDelay;

        public TimeSpan MinimumDelay { get; set; }
    }

    private sealed class DisposingSink : IVideoFrameSink
    {
        public void OnFrame(VideoFrame frame) => frame.Dispose();
    }
}
