using RtcEnhance.Tests.Video.Reliability;
using RtcEnhance.Video;
using static RtcEnhance.Tests.Video.FramesForTests;

namespace RtcEnhance.Tests.Video;

public class UpscaleLadderTests
{
    [Theory]
    [InlineData(UpscaleMethod.Neural)]
    [InlineData(UpscaleMethod.NeuralFast)]
    [InlineData(UpscaleMethod.Easu)]
    [InlineData(UpscaleMethod.Bicubic)]
    [InlineData(UpscaleMethod.PassThrough)]
    public void Limit_BelowTheTop_IsTheBestStepUsedWithReasonStreamLimit(UpscaleMethod limit)
    {
        using var call = new LadderCall();
        call.Run(TimeSpan.FromSeconds(1));
        int before = call.Made.Count;

        call.Enhancer.Limit = (int)limit;
        call.Run(TimeSpan.FromSeconds(1));

        Assert.All(call.Made.Skip(before), made => Assert.Equal(limit, made));
        Assert.Equal(limit == UpscaleMethod.Neural ? ReasonCode.Ok : ReasonCode.StreamLimit, call.Stats.LastReason);
        Assert.Equal(limit == UpscaleMethod.PassThrough ? call.Made.Count - before : 0, call.Enhancer.GetStageStats(UpscaleMethod.Bicubic)?.FallbackCount(ReasonCode.StreamLimit));

        call.Enhancer.Limit = 0;
        call.Run(TimeSpan.FromSeconds(1));
        Assert.Equal((UpscaleMethod.Neural, ReasonCode.Ok), (call.Made[^1], call.Stats.LastReason));
    }

    [Fact]
    public void Limit_BelowTheTop_KeepsTheApplicationsOwnStageOutToo()
    {
        var own = new TestStage();
        var sink = new CollectingSink();
        using var enhancer = new VideoEnhancer(sink, new VideoEnhancerOptions
        {
            Method = UpscaleMethod.Easu,
            SuperResolutionFactory = () => own,
            OwnThread = false,
            Time = new Testing.ManualTimeProvider(),
        });
        UpscaleMethod?[] expected = [null, UpscaleMethod.Bicubic];

        foreach (int limit in (int[])[0, 2])
        {
            enhancer.Limit = limit;
            enhancer.Submit(Random(32, 24, 1));
            enhancer.RunStep();
        }

        Assert.Equal(expected, sink.Frames.Select(frame => frame.UpscaledBy));
        Assert.Equal((1, 1, 0), (own.Runs, enhancer.GetStats().FramesMadeBy(UpscaleMethod.Bicubic), enhancer.GetStats().FramesMadeBy(UpscaleMethod.Easu)));
        Assert.Equal((ReasonCode.StreamLimit, UpscaleMethod.Bicubic), (enhancer.GetStats().LastReason, enhancer.GetStats().LastMethod));
        sink.Dispose();
    }

    [Theory]
    [InlineData(UpscaleMethod.Lanczos, UpscaleMethod.Bicubic)]
    [InlineData(UpscaleMethod.Bilinear, UpscaleMethod.PassThrough)]
    [InlineData(UpscaleMethod.Bicubic, UpscaleMethod.PassThrough)]
    public void TopStep_TooSlow_IsReplacedByTheOneBelow(UpscaleMethod top, UpscaleMethod below)
    {
        using var call = new LadderCall(method: top);
        call.CostMs[UpscaleMethod.Lanczos] = call.CostMs[UpscaleMethod.Bilinear] = 40;
        if (top == UpscaleMethod.Bicubic)
            call.CostMs[top] = 40;

        call.Run(TimeSpan.FromSeconds(5));

        Assert.Equal(below, call.Made[^1]);
        Assert.InRange(call.Steps.Count, 1, 8);
    }

    [Theory]
    [InlineData(UpscaleMethod.Neural, "sr-x2-quality")]
    [InlineData(UpscaleMethod.NeuralFast, "sr-x2-fast")]
    public void Frame_OfTheLibrarysOwnNetworks_IsWhatTheirUpscalerMakes(UpscaleMethod method, string id)
    {
        UpscalingModelSource model = method == UpscaleMethod.Neural ? UpscalingModelSource.Quality : UpscalingModelSource.Fast;
        Assert.StartsWith(id, model.Load().Info.Id, StringComparison.Ordinal);
        using VideoFrame source = Random(96, 50, 1);
        using VideoFrame expected = Empty(192, 100);
        Upscale(new NeuralUpscaler(model.Load()), source, expected);
        var sink = new CollectingSink();
        using var enhancer = new VideoEnhancer(sink, new VideoEnhancerOptions
        {
            Method = method,
            Threads = 2,
            OwnThread = false,
            Time = new Testing.ManualTimeProvider(),
        });

        enhancer.Submit(Random(96, 50, 1));
        enhancer.RunStep();

        Assert.Equal(method, sink.Last.UpscaledBy);
        Assert.Equal(Samples(expected.Y), Samples(sink.Last.Y));
        Assert.Equal((1, 1), (enhancer.GetStats().FramesEnhancedByPrimary, enhancer.GetStats().FramesMadeBy(method)));
        sink.Dispose();
    }

    [Fact]
    public void Frames_OfANetwork_InSteadyState_AllocateNothing()
    {
        UpscalingModelSource.Quality.Load();
        UpscalingModelSource.Fast.Load();
        var pool = new VideoFramePool();
        using var enhancer = new VideoEnhancer(
            new DisposingSink(), new VideoEnhancerOptions { OwnThread = false, Time = new Testing.ManualTimeProvider() });
        int frames = 0;

        AllocationAssert.None(
            () =>
            {
                enhancer.Submit(pool.Rent(64, 48)!);
                enhancer.RunStep();
                _ = enhancer.GetStats();
                _ = enhancer.GetStageStats(UpscaleMethod.NeuralFast);
                frames++;
            },
            warmUps: 50, runs: 50);

        Assert.Equal(frames, enhancer.GetStats().FramesMadeBy(UpscaleMethod.Neural));
    }

    private sealed class DisposingSink : IVideoFrameSink
    {
        public void OnFrame(VideoFrame frame) => frame.Dispose();
    }
}
