using RtcEnhance.Video;

namespace RtcEnhance.OnnxRuntime.Tests;

/// <summary>The released networks on ONNX Runtime against the trainer's results and the library's own engine.</summary>
public sealed class OnnxUpscalerTests
{
    private const int Width = 61;
    private const int Height = 47;

    private readonly VideoFramePool _pool = new();

    public static TheoryData<string> Models()
    {
        var models = new TheoryData<string>();
        string root = Path.Combine(Repository.Root, "models");
        foreach (string path in Directory.EnumerateFiles(root, $"luma-{Width}x{Height}.u8", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            models.Add(Path.GetRelativePath(root, Path.GetDirectoryName(Path.GetDirectoryName(path))!));
        Assert.NotEmpty(models);
        return models;
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Process_GoldenPicture_IsTheTrainersResultRounded(string name)
    {
        string vectors = Path.Combine(Repository.Root, "models", name, "vectors");
        byte[] expected = File.ReadAllBytes(Directory.GetFiles(vectors, "upscaled-*.f32").Single());
        byte[] onnx = Load(name);
        int scale = UpscalingModel.Load(onnx, name).Info.Scale;
        using var upscaler = new OnnxUpscaler(onnx, name);
        using VideoFrame source = GoldenPicture(vectors);
        using VideoFrame target = _pool.Rent(scale * Width, scale * Height)!;

        Upscale(upscaler, source, target);

        Assert.Equal(scale * scale * Width * Height * sizeof(float), expected.Length);
        for (int i = 0; i < expected.Length / sizeof(float); i++)
        {
            float value = Math.Clamp(255 * BitConverter.ToSingle(expected, i * sizeof(float)), 0, 255);
            Assert.InRange(target.Y.Row(i / (scale * Width))[i % (scale * Width)], value - 0.502f, value + 0.502f);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Process_AnySize_IsWhatTheManagedEngineMakes(string name)
    {
        byte[] onnx = Load(name);
        using var upscaler = new OnnxUpscaler(onnx, name);
        UpscalingModel model = UpscalingModel.Load(onnx, name);
        using var managed = new NeuralUpscaler(model, InferencePrecision.FloatingPoint);
        var random = new Random(3);

        foreach ((int width, int height) in new[] { (64, 48), (33, 17), (64, 48) })
        {
            using VideoFrame source = _pool.Rent(width, height)!;
            Fill(source, random);
            using VideoFrame expected = _pool.Rent(model.Info.Scale * width, model.Info.Scale * height)!;
            using VideoFrame actual = _pool.Rent(model.Info.Scale * width, model.Info.Scale * height)!;

            Upscale(managed, source, expected);
            Upscale(upscaler, source, actual);

            AssertClose(expected.Y, actual.Y, most: 1);
            AssertClose(expected.U, actual.U, most: 0);
            AssertClose(expected.V, actual.V, most: 0);
        }
    }

    [Fact]
    public void VideoEnhancer_OwnStage_EnlargesByOnnxRuntime()
    {
        var sink = new LastFrame();
        using var enhancer = new VideoEnhancer(sink, new VideoEnhancerOptions
        {
            SuperResolutionFactory = static () => new OnnxUpscaler(Load("sr-x2-fast"), "sr-x2-fast"),
            OwnThread = false,
            Time = new StoppedClock(),
        });
        VideoFrame source = _pool.Rent(64, 48)!;
        Fill(source, new Random(3));

        Assert.True(enhancer.Submit(source));
        Assert.True(enhancer.RunStep());

        Assert.Equal((128, 96), sink.Size);
        Assert.Equal(1, enhancer.GetStats().FramesEnhancedByPrimary);
    }

    [Fact]
    public void OnnxUpscaler_WrongUse_Throws()
    {
        byte[] onnx = Load("sr-x2-fast");
        using var upscaler = new OnnxUpscaler(onnx, "sr-x2-fast");
        using VideoFrame source = _pool.Rent(64, 48)!;
        using VideoFrame target = _pool.Rent(130, 96)!;

        Assert.Throws<ArgumentException>(() => Upscale(upscaler, source, target));
        Assert.Throws<ModelFormatException>(() => new OnnxUpscaler(onnx.AsSpan(0, onnx.Length / 2), "half of it"));
    }

    private static byte[] Load(string name) => File.ReadAllBytes(Path.Combine(Repository.Root, "models", name, "model.onnx"));

    private static void Upscale(IStage<SuperResolutionJob> upscaler, VideoFrame source, VideoFrame target)
    {
        var job = new SuperResolutionJob { Source = source, Target = target };
        upscaler.Process(ref job);
    }

    private static void AssertClose(PlaneView expected, PlaneView actual, int most)
    {
        for (int y = 0; y < expected.Height; y++)
        {
            for (int x = 0; x < expected.Width; x++)
                Assert.InRange(actual.Row(y)[x] - expected.Row(y)[x], -most, most);
        }
    }

    private static void Fill(VideoFrame frame, Random random)
    {
        Fill(frame.Y, random);
        Fill(frame.U, random);
        Fill(frame.V, random);
    }

    private static void Fill(PlaneView plane, Random random)
    {
        for (int y = 0; y < plane.Height; y++)
        {
            for (int x = 0; x < plane.Width; x++)
                plane.Row(y)[x] = (byte)(128 + (60 * Math.Sin((x + (3 * y)) / 5.0)) + random.Next(20));
        }
    }

    private VideoFrame GoldenPicture(string vectors)
    {
        byte[] luma = File.ReadAllBytes(Path.Combine(vectors, $"luma-{Width}x{Height}.u8"));
        VideoFrame frame = _pool.Rent(Width, Height)!;
        for (int y = 0; y < Height; y++)
            luma.AsSpan(y * Width, Width).CopyTo(frame.Y.Row(y));
        frame.U.Data.Fill(128);
        frame.V.Data.Fill(128);
        return frame;
    }

    private sealed class LastFrame : IVideoFrameSink
    {
        public (int Width, int Height) Size { get; private set; }

        public void OnFrame(VideoFrame frame)
        {
            Size = (frame.Width, frame.Height);
            frame.Dispose();
        }
    }

    /// <summary>No picture is late, and no stage over its budget.</summary>
    private sealed class StoppedClock : TimeProvider
    {
        public override long GetTimestamp() => 1;
    }
}
