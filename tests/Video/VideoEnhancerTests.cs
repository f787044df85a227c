using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

public sealed class VideoEnhancerTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly VideoFramePool _pool = new();
    private readonly CollectingSink _sink = new();
    private readonly RecordingObserver _observer = new();

    public void Dispose() => _sink.Dispose();

    private VideoEnhancer Create(
        UpscaleMethod method = UpscaleMethod.Easu,
        int scale = 2,
        int maxInputPixels = 1280 * 720,
        int maxOutstanding = 6,
        TestStage? primary = null)
        => new(_sink, new VideoEnhancerOptions
        {
            Method = method,
            Scale = scale,
            MaxInputPixels = maxInputPixels,
            MaxOutstanding = maxOutstanding,
            SuperResolutionFactory = primary is null ? null : () => primary,
            OwnThread = false,
            Time = _time,
            Observer = _observer,
        });

    private VideoFrame Frame(int width = 32, int height = 24, FrameLayout layout = FrameLayout.I420, int seed = 1)
        => TestFrames.Random(_pool, width, height, layout, seed);

    private void Show(VideoEnhancer enhancer, VideoFrame frame)
    {
        Assert.True(enhancer.Submit(frame));
        Assert.True(enhancer.RunStep());
        _time.Advance(TimeSpan.FromMilliseconds(33));
    }

    private static IStage<SuperResolutionJob> Upscaler(UpscaleMethod method) => method switch
    {
        UpscaleMethod.Easu => new EdgeAdaptiveUpscaler(),
        UpscaleMethod.Lanczos => new Lanczos3Upscaler(),
        UpscaleMethod.Bicubic => new BicubicUpscaler(),
        _ => new BilinearUpscaler(),
    };

    private VideoFrame Enlarged(VideoFrame source, UpscaleMethod method, int scale)
    {
        VideoFrame target = _pool.Rent(source.Width * scale, source.Height * scale, source.Layout)!;
        var job = new SuperResolutionJob { Source = source, Target = target };
        Upscaler(method).Process(ref job);
        return target;
    }

    [Theory]
    [InlineData(UpscaleMethod.Easu, 2)]
    [InlineData(UpscaleMethod.Lanczos, 2)]
    [InlineData(UpscaleMethod.Bicubic, 3)]
    [InlineData(UpscaleMethod.Bilinear, 4)]
    public void SizeAndLayout_ChangedOnEveryFrame_GiveWhatTheUpscalerGives(UpscaleMethod method, int scale)
    {
        using VideoEnhancer enhancer = Create(method, scale);
        (int Width, int Height)[] sizes = [(1, 1), (1, 2), (2, 1), (3, 5), (32, 24), (24, 32), (17, 9), (33, 1), (1, 33), (160, 90), (90, 160), (5, 3)];

        for (int i = 0; i < 2 * sizes.Length; i++)
        {
            FrameLayout layout = i % 2 == 0 ? FrameLayout.I420 : FrameLayout.Nv12;
            (int width, int height) = sizes[i % sizes.Length];
            VideoFrame frame = Frame(width, height, layout, seed: i);
            VideoFrame expected = Enlarged(frame, method, scale);

            Show(enhancer, frame);

            Assert.Equal((scale * width, scale * height, layout), (_sink.Last.Width, _sink.Last.Height, _sink.Last.Layout));
            Assert.True(TestFrames.SameContent(expected, _sink.Last), $"{width}x{height} {layout}");
            Assert.Equal((width, height), (enhancer.GetStats().FrameWidth, enhancer.GetStats().FrameHeight));
            expected.Dispose();
            _sink.Release();
        }

        Assert.Equal(2 * sizes.Length, enhancer.GetStats().FramesEnhancedByFallback);
        Assert.Equal(0, _pool.Rented);
        Assert.Equal(0, enhancer.Pool.Rented);
    }

    [Fact]
    public void Facts_OfTheFrame_AreThoseOfTheEnlargedOne()
    {
        using VideoEnhancer enhancer = Create();
        VideoFrame frame = Frame();
        (frame.RtpTimestamp, frame.Qp, frame.IsKeyFrame, frame.EncodedBytes) = (4_000_000_000, 31, true, 1234);
        (frame.Matrix, frame.Range) = (ColorMatrix.Bt709, ColorRange.Full);

        Show(enhancer, frame);

        Assert.Equal((4_000_000_000, 31, true, 1234), (_sink.Last.RtpTimestamp, _sink.Last.Qp, _sink.Last.IsKeyFrame, _sink.Last.EncodedBytes));
        Assert.Equal((ColorMatrix.Bt709, ColorRange.Full), (_sink.Last.Matrix, _sink.Last.Range));
    }

    [Fact]
    public void Frame_LargerThanTheLimit_IsPassedThroughWithTheReason()
    {
        using VideoEnhancer enhancer = Create(maxInputPixels: 1920 * 1080, primary: new TestStage());
        VideoFrame large = Frame(3840, 2160);

        Show(enhancer, Frame());
        Show(enhancer, large);

        Assert.Same(large, _sink.Last);
        Assert.Equal((1, ReasonCode.InputTooLarge), (enhancer.GetStats().FramesPassedThrough, enhancer.GetStats().LastReason));
        Assert.Equal((3840, 2160), (enhancer.GetStats().RenderedWidth, enhancer.GetStats().RenderedHeight));

        Show(enhancer, Frame());
        Assert.Equal(["engaged super-resolution InputTooLarge", "released super-resolution"], _observer.Events);
        Assert.Equal((64, ReasonCode.Ok), (_sink.Last.Width, enhancer.GetStats().LastReason));
    }

    [Fact]
    public void Frame_WhoseEnlargementNoPoolHolds_IsPassedThrough()
    {
        using VideoEnhancer enhancer = Create(scale: 4);
        VideoFrame banner = Frame(4097, 1);

        Show(enhancer, banner);

        Assert.Same(banner, _sink.Last);
        Assert.Equal(ReasonCode.InputTooLarge, enhancer.GetStats().LastReason);
    }

    [Fact]
    public void Submit_OverWaitingFrame_ReplacesAndCountsIt()
    {
        using VideoEnhancer enhancer = Create();
        VideoFrame newest = Frame(seed: 3);
        newest.RtpTimestamp = 3;

        enhancer.Submit(Frame(seed: 1));
        enhancer.Submit(Frame(seed: 2));
        enhancer.Submit(newest);

        Assert.True(enhancer.RunStep());
        Assert.False(enhancer.RunStep());
        Assert.Equal(3u, Assert.Single(_sink.Frames).RtpTimestamp);
        Assert.Equal((3, 1, 2), (enhancer.GetStats().FramesReceived, enhancer.GetStats().FramesRendered, enhancer.GetStats().FramesDropped));
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Submit_AfterDispose_DropsAndCounts()
    {
        VideoEnhancer enhancer = Create();
        enhancer.Submit(Frame());
        enhancer.Dispose();
        enhancer.Dispose();

        Assert.False(enhancer.Submit(Frame()));
        Assert.False(enhancer.RunStep());
        Assert.Equal((2, 2), (enhancer.GetStats().FramesReceived, enhancer.GetStats().FramesDropped));
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Submit_OfReturnedFrame_ThrowsToTheCaller()
    {
        using VideoEnhancer enhancer = Create();
        VideoFrame frame = Frame();
        frame.Dispose();

        Assert.Throws<ObjectDisposedException>(() => enhancer.Submit(frame));
        Assert.False(enhancer.RunStep());
    }

    [Fact]
    public void Frame_DisposedByTheHostAfterSubmission_IsDroppedAndReported()
    {
        using VideoEnhancer enhancer = Create();
        VideoFrame frame = Frame();
        enhancer.Submit(frame);
        frame.Dispose();

        Assert.True(enhancer.RunStep());
        Assert.Empty(_sink.Frames);
        Assert.Equal(1, enhancer.GetStats().FramesDropped);
        Assert.Contains("fault super-resolution ObjectDisposedException", _observer.Events);
        Assert.Equal(0, enhancer.Pool.Rented);
    }

    [Fact]
    public void Sink_ThatHoldsEveryPicture_GetsFramesAsTheyCame()
    {
        using VideoEnhancer enhancer = Create(maxOutstanding: 2);
        for (int i = 0; i < 4; i++)
            Show(enhancer, Frame());

        Assert.Equal([64, 64, 32, 32], _sink.Frames.Select(f => f.Width));
        Assert.Equal((2, 2), (enhancer.GetStats().PoolExhaustions, enhancer.GetStats().FramesPassedThrough));

        _sink.Release();
        Show(enhancer, Frame());
        Assert.Equal(64, _sink.Last.Width);
    }

    [Fact]
    public void Sink_ThatThrows_IsCountedReportedAndCalledAgain()
    {
        using VideoEnhancer enhancer = Create();
        _sink.OnEach = _ => throw new InvalidOperationException("no window");
        for (int i = 0; i < 10; i++)
            Show(enhancer, Frame());
        _sink.OnEach = null;
        Show(enhancer, Frame());

        Assert.Single(_sink.Frames);
        Assert.Equal((11, 10), (enhancer.GetStats().FramesRendered, enhancer.GetStats().SinkFaults));
        Assert.Contains("callback IVideoFrameSink.OnFrame no window", _observer.Events);
        Assert.Equal(1, enhancer.Pool.Rented);
    }

    [Fact]
    public void Sink_ThatDisposesAndThrows_DoesNotTakeTheNextOwnersPicture()
    {
        using VideoEnhancer enhancer = Create(UpscaleMethod.PassThrough);
        VideoFrame? other = null;
        _sink.OnEach = frame =>
        {
            frame.Dispose();
            other = Frame(seed: 9);
            throw new InvalidOperationException();
        };

        Show(enhancer, Frame());

        Assert.Equal((32, 1), (other!.Width, _pool.Rented));
        other.Dispose();
    }

    [Fact]
    public void PassThrough_WithoutPrimary_HandsOnTheVeryFrame()
    {
        using VideoEnhancer enhancer = Create(UpscaleMethod.PassThrough);
        VideoFrame frame = Frame();

        Show(enhancer, frame);

        Assert.Same(frame, _sink.Last);
        Assert.Equal((1, ReasonCode.Disabled), (enhancer.GetStats().FramesPassedThrough, enhancer.GetStats().LastReason));
    }

    [Fact]
    public void PassThrough_WithFailingPrimary_HandsOnTheVeryFrame()
    {
        using VideoEnhancer enhancer = Create(UpscaleMethod.PassThrough, primary: new TestStage { OnProcess = () => throw new InvalidOperationException() });
        VideoFrame frame = Frame();

        Show(enhancer, frame);

        Assert.Same(frame, _sink.Last);
        Assert.Equal((1, ReasonCode.Faulted), (enhancer.GetStats().FramesPassedThrough, enhancer.GetStats().LastReason));
        Assert.Equal(0, enhancer.Pool.Rented);
    }

    [Theory]
    [InlineData(null, 16)]
    [InlineData(3000, 16)]
    [InlineData(1500, 8.333)]
    [InlineData(750, 4.167)]
    public void Deadline_OfAFrame_IsTheBudgetOrHalfTheFrameInterval(int? rtpStep, double expectedMs)
    {
        var primary = new TestStage();
        using VideoEnhancer enhancer = Create(primary: primary);
        for (int i = 0; i < 8; i++)
        {
            VideoFrame frame = Frame();
            frame.RtpTimestamp = rtpStep is { } step ? (uint)(i * step) : null;
            Show(enhancer, frame);
            _sink.Release();
        }

        Assert.Equal(expectedMs, primary.LastTimeLeft.TotalMilliseconds, 2);
    }

    [Fact]
    public void Stats_OfFramesWithAndWithoutFacts_CountWhatIsKnown()
    {
        using VideoEnhancer enhancer = Create();
        Assert.Equal((null, null), (enhancer.GetStats().QpSum, enhancer.GetStats().KeyFramesDecoded));

        for (int i = 0; i < 40; i++)
        {
            VideoFrame frame = Frame();
            (frame.Qp, frame.IsKeyFrame) = i < 30 ? ((int?)i, (bool?)(i == 0)) : (null, null);
            Show(enhancer, frame);
            _sink.Release();
        }

        InboundVideoStats stats = enhancer.GetStats();
        Assert.Equal((40, 40, 40), (stats.FramesReceived, stats.FramesDecoded, stats.FramesRendered));
        Assert.Equal((435, 1), (stats.QpSum, stats.KeyFramesDecoded));
        Assert.Equal(30, stats.FramesPerSecond);
        Assert.Equal(39 * 33, stats.TotalInterFrameDelay.TotalMilliseconds);
        Assert.Equal(40, stats.FramesEnhancedByFallback);
        Assert.Equal((40, UpscaleMethod.Easu), (stats.FramesMadeBy(UpscaleMethod.Easu), stats.LastMethod));
        Assert.Equal((40, 40), (enhancer.GetStageStats().PrimaryCalls, enhancer.GetStageStats(UpscaleMethod.Easu)?.PrimaryCalls));
        Assert.Equal(0, enhancer.GetStageStats(UpscaleMethod.Bicubic)?.Calls);
        Assert.Null(enhancer.GetStageStats(UpscaleMethod.Neural));
    }

    [Fact]
    public void Gap_InTheStream_IsCountedAsAFreeze()
    {
        using VideoEnhancer enhancer = Create();
        for (int i = 0; i < 40; i++)
        {
            if (i == 35)
                _time.Advance(TimeSpan.FromMilliseconds(300));
            Show(enhancer, Frame());
            _sink.Release();
        }

        Assert.Equal((1, 333), (enhancer.GetStats().FreezeCount, enhancer.GetStats().TotalFreezesDuration.TotalMilliseconds));
    }

    [Theory]
    [InlineData(UpscaleMethod.Easu, FrameLayout.I420)]
    [InlineData(UpscaleMethod.Easu, FrameLayout.Nv12)]
    [InlineData(UpscaleMethod.Lanczos, FrameLayout.I420)]
    [InlineData(UpscaleMethod.Bicubic, FrameLayout.Nv12)]
    [InlineData(UpscaleMethod.Bilinear, FrameLayout.I420)]
    [InlineData(UpscaleMethod.PassThrough, FrameLayout.I420)]
    public void Frames_InSteadyState_AllocateNothing(UpscaleMethod method, FrameLayout layout)
    {
        var sink = new DisposingSink();
        using var enhancer = new VideoEnhancer(sink, new VideoEnhancerOptions { Method = method, OwnThread = false, Time = _time });

        AllocationAssert.None(
            () =>
            {
                enhancer.Submit(_pool.Rent(48, 36, layout)!);
                enhancer.Submit(_pool.Rent(48, 36, layout)!);
                enhancer.RunStep();
                _ = enhancer.GetStats();
            },
            warmUps: 50, runs: 200);
    }

    [Fact]
    public void Options_OutsideTheirRanges_AreRefusedTogether()
    {
        string message = Assert.Throws<ArgumentException>(() => Create((UpscaleMethod)99, scale: 0, maxInputPixels: 0, maxOutstanding: 1)).Message;

        Assert.All(["Method", "Scale", "MaxInputPixels", "MaxOutstanding"], name => Assert.Contains(name, message, StringComparison.Ordinal));
    }

    [Fact]
    public void RunStep_OfAnEnhancerWithItsOwnThread_Throws()
    {
        using var enhancer = new VideoEnhancer(_sink);

        Assert.Throws<InvalidOperationException>(() => enhancer.RunStep());
    }

    private sealed class DisposingSink : IVideoFrameSink
    {
        public void OnFrame(VideoFrame frame) => frame.Dispose();
    }
}
