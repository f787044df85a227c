using RtcEnhance.Testing;
using RtcEnhance.Video;
using static RtcEnhance.Tests.Video.FramesForTests;

namespace RtcEnhance.Tests.Video;

[Trait("Category", "Simd")]
public sealed class NeuralUpscalerTests
{
    private const int Width = 46;
    private const int Height = 34;

    private static readonly UpscalingModel Model = UpscalingModel.Load(new RandomUpscaler { Widths = [8, 8] }.ToArray(), "random");

    [Fact]
    public void Process_Chroma_EqualsBicubic()
    {
        foreach (FrameLayout layout in (FrameLayout[])[FrameLayout.I420, FrameLayout.Nv12])
        {
            using VideoFrame source = Random(Width, Height, 1, layout);
            using VideoFrame target = Empty(2 * Width, 2 * Height, layout);
            using VideoFrame bicubic = Empty(2 * Width, 2 * Height, layout);
            using var upscaler = new NeuralUpscaler(Model);

            Upscale(upscaler, source, target);
            Upscale(new BicubicUpscaler(), source, bicubic);

            if (layout == FrameLayout.Nv12)
            {
                Assert.Equal(Samples(bicubic.UV), Samples(target.UV));
            }
            else
            {
                Assert.Equal(Samples(bicubic.U), Samples(target.U));
                Assert.Equal(Samples(bicubic.V), Samples(target.V));
            }

            Assert.NotEqual(Samples(bicubic.Y), Samples(target.Y));
        }
    }

    [Fact]
    public void Process_BothArithmetics_AreClose()
    {
        using VideoFrame source = Constant(Width, Height, 90, 128, 128);
        using VideoFrame eightBit = Empty(2 * Width, 2 * Height);
        using VideoFrame floatingPoint = Empty(2 * Width, 2 * Height);

        Upscale(new NeuralUpscaler(Model), source, eightBit);
        Upscale(new NeuralUpscaler(Model, InferencePrecision.FloatingPoint), source, floatingPoint);

        Assert.All(Samples(eightBit.Y).Zip(Samples(floatingPoint.Y)), pair => Assert.InRange(pair.First - pair.Second, -3, 3));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(10, 1)]
    [InlineData(32, 2)]
    public void Process_InBands_EqualsTheWholePicture(int rowsPerBand, int threads)
    {
        using VideoFrame source = Random(2 * Width, Height, 1);
        using VideoFrame expected = Empty(4 * Width, 2 * Height);
        using VideoFrame target = Empty(4 * Width, 2 * Height);
        Upscale(new NeuralUpscaler(Model), source, expected);
        using var banded = new BandedUpscaler(
            new NeuralUpscaler(Model, threads: threads), new BicubicUpscaler(), rowsPerBand, new ManualTimeProvider());

        Upscale(banded, source, target);

        Assert.Equal(Samples(expected.Y), Samples(target.Y));
        Assert.Equal(Samples(expected.V), Samples(target.V));
    }

    [Fact]
    public void Process_AfterAFrameThatTheFinisherEnded_StartsAtTheTop()
    {
        using VideoFrame source = Random(Width, Height, 1);
        using VideoFrame expected = Empty(2 * Width, 2 * Height);
        using VideoFrame target = Empty(2 * Width, 2 * Height);
        Upscale(new NeuralUpscaler(Model), source, expected);
        using var upscaler = new NeuralUpscaler(Model);
        var job = new SuperResolutionJob { Source = source, Target = target };
        ((IRowBandUpscaler)upscaler).Begin(ref job);
        ((IRowBandUpscaler)upscaler).ProcessRows(ref job, 0, 20);

        Upscale(upscaler, source, target);

        Assert.Equal(Samples(expected.Y), Samples(target.Y));
    }

    [Fact]
    public void Process_SamePictureAgain_ReusesItsLumaInAnotherTarget()
    {
        using VideoFrame source = Random(Width, Height, 1);
        using VideoFrame expected = Empty(2 * Width, 2 * Height);
        using VideoFrame target = Empty(2 * Width, 2 * Height);
        using var upscaler = new NeuralUpscaler(Model);

        Upscale(upscaler, source, expected);
        Upscale(upscaler, source, target);

        Assert.Equal(4 * Width * Height, upscaler.SamplesComputed);
        Assert.Equal(4 * Width * Height, upscaler.SamplesReused);
        Assert.Equal(Samples(expected.Y), Samples(target.Y));
        Assert.Equal(Samples(expected.U), Samples(target.U));
    }

    [Fact]
    public void Process_AfterReset_ReusesNothing()
    {
        using VideoFrame source = Random(Width, Height, 1);
        using VideoFrame target = Empty(2 * Width, 2 * Height);
        using var upscaler = new NeuralUpscaler(Model);

        Upscale(upscaler, source, target);
        upscaler.Reset();
        Upscale(upscaler, source, target);

        Assert.Equal(2 * 4 * Width * Height, upscaler.SamplesComputed);
    }

    // Rows that the finisher made are no result of the network, and some pictures never come to it at all.
    [Fact]
    public void Process_AmongPicturesOfTheFinisher_EqualsComputingAnew()
    {
        var time = new ManualTimeProvider();
        using var upscaler = new NeuralUpscaler(Model);
        using var banded = new BandedUpscaler(new SlowBands(upscaler, time), new BicubicUpscaler(), 8, time);
        using VideoFrame target = Empty(2 * Width, 2 * Height);
        using VideoFrame expected = Empty(2 * Width, 2 * Height);
        using VideoFrame source = Random(Width, Height, 1);
        var random = new Random(1);
        int finished = 0;
        for (int picture = 0; picture < 40; picture++)
        {
            random.NextBytes(source.Y.Row(random.Next(Height)).Slice(random.Next(Width), 1));
            var job = new SuperResolutionJob { Source = source, Target = target, Deadline = Deadline.After(time, TimeSpan.FromMilliseconds(random.Next(20))) };
            banded.Process(ref job);
            finished += job.RowsFinishedByFallback > 0 ? 1 : 0;
            if (job.RowsFinishedByFallback > 0)
                continue;
            Upscale(new NeuralUpscaler(Model), source, expected);
            Assert.Equal(Samples(expected.Y), Samples(target.Y));
        }

        Assert.InRange(finished, 5, 35);
        Assert.InRange(upscaler.SamplesReused, 1, long.MaxValue);
    }

    [Fact]
    public void Process_WarmedUp_AllocatesNothing()
    {
        using VideoFrame source = Random(Width, Height, 1);
        using VideoFrame target = Empty(2 * Width, 2 * Height);
        using var upscaler = new NeuralUpscaler(Model, threads: 2);

        AllocationAssert.None(() => Upscale(upscaler, source, target), warmUps: 3);
    }

    [Fact]
    public void VideoEnhancer_WithANetwork_DeliversItsFrames()
    {
        using VideoFrame source = Random(Width, Height, 1);
        using VideoFrame expected = Empty(2 * Width, 2 * Height);
        Upscale(new NeuralUpscaler(Model), source, expected);
        var time = new ManualTimeProvider();
        byte[]? delivered = null;
        var sink = new SampleSink(frame => delivered = Samples(frame.Y));
        using var enhancer = new VideoEnhancer(sink, new VideoEnhancerOptions
        {
            Time = time,
            OwnThread = false,
            SuperResolutionFactory = () => new BandedUpscaler(new NeuralUpscaler(Model), new BicubicUpscaler(), 32, time),
        });

        enhancer.Submit(Random(Width, Height, 1));
        enhancer.RunStep();

        Assert.Equal(Samples(expected.Y), delivered);
    }

    // Each band takes a millisecond.
    private sealed class SlowBands(NeuralUpscaler upscaler, ManualTimeProvider time) : IStage<SuperResolutionJob>, IRowBandUpscaler
    {
        public string Name => upscaler.Name;

        public void Process(scoped ref SuperResolutionJob job) => upscaler.Process(ref job);

        public void Observe(scoped in SuperResolutionJob job)
        {
        }

        public void Reset() => upscaler.Reset();

        public void Begin(scoped ref SuperResolutionJob job) => ((IRowBandUpscaler)upscaler).Begin(ref job);

        public void ProcessRows(scoped ref SuperResolutionJob job, int firstRow, int endRow)
        {
            ((IRowBandUpscaler)upscaler).ProcessRows(ref job, firstRow, endRow);
            time.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    private sealed class SampleSink(Action<VideoFrame> take) : IVideoFrameSink
    {
        public void OnFrame(VideoFrame frame)
        {
            take(frame);
            frame.Dispose();
        }
    }
}
