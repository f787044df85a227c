using RtcEnhance.Tests.Video.Reliability;
using RtcEnhance.Video;
using static RtcEnhance.Tests.Video.FramesForTests;

namespace RtcEnhance.Tests.Video;

/// <summary>Streams that come in the size of their display.</summary>
public class RestorationTests
{
    [Theory]
    [InlineData(UpscaleMethod.Neural, FrameLayout.I420)]
    [InlineData(UpscaleMethod.NeuralFast, FrameLayout.Nv12)]
    public void Frame_AtScaleOne_IsWhatTheNetworkMakesOfItsLuma(UpscaleMethod method, FrameLayout layout)
    {
        UpscalingModel model = UpscalingModelSource.Restoration.Load();
        using VideoFrame source = Random(97, 50, 1, layout);
        using VideoFrame expected = Empty(97, 50, layout);
        Upscale(new NeuralUpscaler(model), source, expected);
        var sink = new CollectingSink();
        using VideoEnhancer enhancer = Create(sink, method);

        enhancer.Submit(Random(97, 50, 1, layout));
        enhancer.RunStep();

        Assert.Equal((97, 50, method), (sink.Last.Width, sink.Last.Height, sink.Last.UpscaledBy));
        Assert.Equal(Samples(expected.Y), Samples(sink.Last.Y));
        Assert.NotEqual(Samples(source.Y), Samples(sink.Last.Y));
        if (layout == FrameLayout.Nv12)
            Assert.Equal(Samples(source.UV), Samples(sink.Last.UV));
        else
            Assert.Equal([.. Samples(source.U), .. Samples(source.V)], (byte[])[.. Samples(sink.Last.U), .. Samples(sink.Last.V)]);
        sink.Dispose();
    }

    [Theory]
    [InlineData(UpscaleMethod.Easu)]
    [InlineData(UpscaleMethod.Bicubic)]
    public void Frame_AtScaleOneByAFilter_IsPassedThrough(UpscaleMethod method)
    {
        var sink = new CollectingSink();
        using VideoEnhancer enhancer = Create(sink, method);
        VideoFrame frame = Random(96, 50, 1);

        enhancer.Submit(frame);
        enhancer.RunStep();

        Assert.Same(frame, sink.Last);
        sink.Dispose();
    }

    [Fact]
    public void Frame_WithoutTheModel_IsPassedThroughAndSaysWhy()
    {
        var sink = new CollectingSink();
        using var enhancer = new VideoEnhancer(sink, new VideoEnhancerOptions
        {
            Scale = 1,
            RestorationModel = UpscalingModelSource.Quality,
            OwnThread = false,
            Time = new Testing.ManualTimeProvider(),
        });
        VideoFrame frame = Random(96, 50, 1);

        enhancer.Submit(frame);
        enhancer.RunStep();

        Assert.Same(frame, sink.Last);
        Assert.Equal(ReasonCode.UnsupportedFormat, enhancer.GetStats().LastReason);
        sink.Dispose();
    }

    private static VideoEnhancer Create(CollectingSink sink, UpscaleMethod method) => new(sink, new VideoEnhancerOptions
    {
        Scale = 1,
        Method = method,
        OwnThread = false,
        Time = new Testing.ManualTimeProvider(),
    });
}
