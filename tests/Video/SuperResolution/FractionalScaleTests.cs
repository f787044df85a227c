using RtcEnhance.Testing;
using RtcEnhance.Video;
using static RtcEnhance.Tests.Video.FramesForTests;

namespace RtcEnhance.Tests.Video;

/// <summary>Targets smaller than what a network makes, as at one and a half times the size.</summary>
[Trait("Category", "Simd")]
public sealed class FractionalScaleTests
{
    private static readonly UpscalingModel Model = UpscalingModel.Load(new RandomUpscaler { Widths = [8, 8] }.ToArray(), "random");

    [Theory]
    [InlineData(48, 36, 72, 54)]
    [InlineData(47, 35, 70, 52)]
    [InlineData(48, 27, 72, 41)]
    [InlineData(40, 20, 40, 20)]
    [InlineData(40, 20, 79, 21)]
    [InlineData(2, 1, 3, 2)]
    public void Process_SmallerTarget_IsTheNetworksPictureReduced(int width, int height, int targetWidth, int targetHeight)
    {
        foreach (FrameLayout layout in (FrameLayout[])[FrameLayout.I420, FrameLayout.Nv12])
        {
            using VideoFrame source = Random(width, height, 1, layout);
            using VideoFrame whole = Empty(2 * width, 2 * height, layout);
            using VideoFrame expected = Empty(targetWidth, targetHeight, layout);
            using VideoFrame target = Empty(targetWidth, targetHeight, layout);
            using VideoFrame chroma = Empty(targetWidth, targetHeight, layout);
            Upscale(new NeuralUpscaler(Model), source, whole);
            Upscale(new Lanczos3Upscaler(), whole, expected);
            Upscale(new BicubicUpscaler(), source, chroma);

            Upscale(new NeuralUpscaler(Model), source, target);

            Assert.Equal(Samples(expected.Y), Samples(target.Y));
            if (layout == FrameLayout.Nv12)
                Assert.Equal(Samples(chroma.UV), Samples(target.UV));
            else
                Assert.Equal(Samples(chroma.V), Samples(target.V));
        }
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(10, 2)]
    [InlineData(32, 1)]
    public void Process_InBands_EqualsTheWholePicture(int rowsPerBand, int threads)
    {
        using VideoFrame source = Random(96, 34, 1);
        using VideoFrame expected = Empty(144, 51);
        using VideoFrame target = Empty(144, 51);
        Upscale(new NeuralUpscaler(Model), source, expected);
        using var banded = new BandedUpscaler(new NeuralUpscaler(Model, threads: threads), new BicubicUpscaler(), rowsPerBand, new ManualTimeProvider());

        Upscale(banded, source, target);

        Assert.Equal(Samples(expected.Y), Samples(target.Y));
        Assert.Equal(Samples(expected.U), Samples(target.U));
    }

    [Fact]
    public void Process_PicturesAndSizesThatChange_EachIsMadeAsIfItWereTheFirst()
    {
        using var upscaler = new NeuralUpscaler(Model);
        using VideoFrame source = Random(60, 40, 1);
        for (int i = 0; i < 20; i++)
        {
            source.Y.Row(i % 40)[i % 60]++;
            (int width, int height) = (i / 4 % 3) switch { 0 => (90, 60), 1 => (120, 80), _ => (75, 50) };
            using VideoFrame expected = Empty(width, height);
            using VideoFrame target = Empty(width, height);
            Upscale(new NeuralUpscaler(Model), source, expected);

            Upscale(upscaler, source, target);

            Assert.Equal(Samples(expected.Y), Samples(target.Y));
        }

        Assert.True(upscaler.SamplesReused > upscaler.SamplesComputed);
    }

    [Theory]
    [InlineData(59, 40)]
    [InlineData(121, 80)]
    [InlineData(90, 81)]
    public void Process_TargetSmallerThanItsSourceOrLargerThanTheNetworks_Throws(int width, int height)
    {
        using VideoFrame source = Random(60, 40, 1);
        using VideoFrame target = Empty(width, height);

        Assert.Throws<ArgumentException>(() => Upscale(new NeuralUpscaler(Model), source, target));
    }

    [Fact]
    public void Frame_AtScaleOneAndAHalf_IsMadeByTheDoublingNetworks()
    {
        using VideoFrame source = Random(97, 50, 1);
        using VideoFrame expected = Empty(146, 75);
        Upscale(new NeuralUpscaler(UpscalingModelSource.Quality.Load()), source, expected);
        var sink = new CollectingSink();
        using var enhancer = new VideoEnhancer(sink, new VideoEnhancerOptions { Scale = 1.5, OwnThread = false, Time = new ManualTimeProvider() });

        enhancer.Submit(Random(97, 50, 1));
        enhancer.RunStep();

        Assert.Equal((146, 75, UpscaleMethod.Neural), (sink.Last.Width, sink.Last.Height, sink.Last.UpscaledBy));
        Assert.Equal(Samples(expected.Y), Samples(sink.Last.Y));
        sink.Dispose();
    }

    [Fact]
    public void Frame_AtAFractionAboveTwo_IsMadeByTheTriplingNetwork()
    {
        UpscalingModelSource.Tripling.Load();
        var sink = new CollectingSink();
        using var enhancer = new VideoEnhancer(
            sink, new VideoEnhancerOptions { Scale = 2.5, QualityModel = UpscalingModelSource.Tripling, OwnThread = false, Time = new ManualTimeProvider() });

        enhancer.Submit(Random(40, 20, 1));
        enhancer.RunStep();

        Assert.Equal((100, 50, UpscaleMethod.Neural), (sink.Last.Width, sink.Last.Height, sink.Last.UpscaledBy));
        sink.Dispose();
    }

    [Fact]
    public void Frames_InSteadyState_AllocateNothing()
    {
        UpscalingModelSource.Quality.Load();
        UpscalingModelSource.Fast.Load();

        SteadyEnhancer.AssertAllocatesNothing(new() { Scale = 1.5, OwnThread = false, Time = new ManualTimeProvider() });
    }
}
