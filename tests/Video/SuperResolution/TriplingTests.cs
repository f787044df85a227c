using RtcEnhance.Tests.Video.Reliability;
using RtcEnhance.Video;
using static RtcEnhance.Tests.Video.FramesForTests;

namespace RtcEnhance.Tests.Video;

/// <summary>Streams that are shown at three times their size.</summary>
public class TriplingTests
{
    [Theory]
    [InlineData(FrameLayout.I420)]
    [InlineData(FrameLayout.Nv12)]
    public void Frame_AtScaleThree_IsWhatTheTriplingNetworkMakes(FrameLayout layout)
    {
        UpscalingModel model = UpscalingModelSource.Tripling.Load();
        using VideoFrame source = Random(97, 50, 1, layout);
        using VideoFrame expected = Empty(291, 150, layout);
        Upscale(new NeuralUpscaler(model), source, expected);
        using VideoFrame classical = Empty(291, 150, layout);
        Upscale(new BicubicUpscaler(), source, classical);
        var sink = new CollectingSink();
        using var enhancer = new VideoEnhancer(sink, new VideoEnhancerOptions { Scale = 3, QualityModel = UpscalingModelSource.Tripling, OwnThread = false, Time = new Testing.ManualTimeProvider() });

        enhancer.Submit(Random(97, 50, 1, layout));
        enhancer.RunStep();

        Assert.Equal((291, 150, UpscaleMethod.Neural), (sink.Last.Width, sink.Last.Height, sink.Last.UpscaledBy));
        Assert.Equal(Samples(expected.Y), Samples(sink.Last.Y));
        Assert.NotEqual(Samples(classical.Y), Samples(sink.Last.Y));
        if (layout == FrameLayout.Nv12)
            Assert.Equal(Samples(classical.UV), Samples(sink.Last.UV));
        else
            Assert.Equal([.. Samples(classical.U), .. Samples(classical.V)], (byte[])[.. Samples(sink.Last.U), .. Samples(sink.Last.V)]);
        sink.Dispose();
    }

    [Fact]
    public void Frames_WhereTheNetworkIsTooSlow_AreMadeByTheFiltersInTime()
    {
        UpscalingModelSource.Tripling.Load();
        using var call = new LadderCall(UpscalingModelSource.Tripling, UpscalingModelSource.Fast, scale: 3);
        call.Run(TimeSpan.FromSeconds(1));
        Assert.Equal([UpscaleMethod.Neural], call.Steps);

        call.CostMs[UpscaleMethod.Neural] = 60;
        call.Run(TimeSpan.FromSeconds(5));

        Assert.Equal(UpscaleMethod.Easu, call.Steps[^1]);
        Assert.Equal(0, call.Stats.DeadlineMisses);

        call.CostMs[UpscaleMethod.Easu] = 60;
        call.Run(TimeSpan.FromSeconds(5));

        Assert.Equal(UpscaleMethod.Bicubic, call.Steps[^1]);
        Assert.Equal(0, call.Stats.DeadlineMisses);
    }

    [Fact]
    public void Frames_InSteadyState_AllocateNothing()
    {
        UpscalingModelSource.Tripling.Load();

        SteadyEnhancer.AssertAllocatesNothing(new() { Scale = 3, QualityModel = UpscalingModelSource.Tripling, OwnThread = false, Time = new Testing.ManualTimeProvider() });
    }
}
