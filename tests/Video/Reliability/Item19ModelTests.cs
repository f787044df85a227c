using System.Text;
using RtcEnhance.Video;
using static RtcEnhance.Tests.Video.FramesForTests;

namespace RtcEnhance.Tests.Video.Reliability;

/// <summary>Item 19: whatever is wrong with a model, pictures are enlarged classically from the first frame on.</summary>
public sealed class Item19ModelTests : IDisposable
{
    private const int Width = 46;
    private const int Height = 34;

    private readonly string _directory = Directory.CreateTempSubdirectory("rtc-models-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("missing", ReasonCode.ModelMissing)]
    [InlineData("missing folder", ReasonCode.ModelMissing)]
    [InlineData("a folder", ReasonCode.ModelInvalid)]
    [InlineData("empty", ReasonCode.ModelInvalid)]
    [InlineData("truncated", ReasonCode.ModelInvalid)]
    [InlineData("too large", ReasonCode.ModelInvalid)]
    [InlineData("wrong hash", ReasonCode.ModelInvalid)]
    [InlineData("wrong shape", ReasonCode.ModelInvalid)]
    [InlineData("LFS pointer", ReasonCode.ModelInvalid)]
    [InlineData("NaN", ReasonCode.ModelInvalid)]
    [InlineData("infinity", ReasonCode.ModelInvalid)]
    [InlineData("wrong scale", ReasonCode.UnsupportedFormat)]
    public void Item19_UnusableModel_IsClassicalFromTheFirstFrameWithTheReason(string fault, ReasonCode expected)
    {
        UpscalingModelSource source = Write(fault);
        bool isLoadable = expected == ReasonCode.UnsupportedFormat;
        Assert.Equal(isLoadable, Record.Exception(() => source.Load()) is null);
        var observer = new RecordingObserver();
        var sink = new SampleSink();
        using VideoFrame source0 = Random(Width, Height, 1);
        using VideoFrame easu = Empty(2 * Width, 2 * Height);
        Upscale(new EdgeAdaptiveUpscaler(), source0, easu);

        using var enhancer = new VideoEnhancer(sink, Options(source, source, observer));
        enhancer.Submit(Random(Width, Height, 1));
        enhancer.RunStep();

        Assert.Equal(UpscaleMethod.Easu, sink.Method);
        Assert.Equal(Samples(easu.Y), sink.Luma);
        Assert.Equal(expected, enhancer.GetStats().LastReason);
        Assert.Equal((expected, 0), (enhancer.GetStageStats(UpscaleMethod.NeuralFast)?.LastReason, enhancer.GetStats().DeadlineMisses));
        Assert.Equal(isLoadable ? 0 : 2, observer.Events.Count(text => text.StartsWith("fault super-resolution", StringComparison.Ordinal)));

        for (int i = 0; i < 100; i++)
        {
            enhancer.Submit(Random(Width, Height, 1));
            enhancer.RunStep();
        }

        Assert.Equal(101, enhancer.GetStats().FramesEnhancedByFallback);
        Assert.Equal(isLoadable ? 2 : 4, observer.Events.Count);
    }

    [Fact]
    public void Item19_QualityModelMissing_TheFastNetworkMakesTheFrames()
    {
        UpscalingModelSource missing = Write("missing");
        Assert.Throws<FileNotFoundException>(() => missing.Load());
        var sink = new SampleSink();
        using var enhancer = new VideoEnhancer(sink, Options(missing, Models.Small, new RecordingObserver()));

        enhancer.Submit(Random(Width, Height, 1));
        enhancer.RunStep();

        Assert.Equal((UpscaleMethod.NeuralFast, ReasonCode.ModelMissing), (sink.Method, enhancer.GetStats().LastReason));
    }

    [Fact]
    public void Item19_LoadingTakesFiveSeconds_FramesAreClassicalUntilTheModelIsThere()
    {
        using var gate = new ManualResetEventSlim();
        int loads = 0;
        var slow = UpscalingModelSource.From("slow", () =>
        {
            loads++;
            gate.Wait();
            return Models.Small.Load();
        });
        using var call = new LadderCall(slow, slow);

        call.Run(TimeSpan.FromSeconds(5));
        Assert.Equal([UpscaleMethod.Easu], call.Steps);
        Assert.All(call.Reasons, reason => Assert.Equal(ReasonCode.Warming, reason));
        Assert.Equal(0, call.Stats.DeadlineMisses);

        gate.Set();
        slow.Load();
        call.Run(TimeSpan.FromSeconds(5));
        Assert.Equal([UpscaleMethod.Easu, UpscaleMethod.Neural], call.Steps);
        Assert.Equal((1, 0, ReasonCode.Ok), (loads, call.Stats.DeadlineMisses, call.Stats.LastReason));
        Assert.Equal(["engaged super-resolution.neural-fast Warming", "engaged super-resolution Warming", "released super-resolution"], call.Observer.Events);
    }

    [Fact]
    public void Item19_OtherScaleThanTheModels_StartsAtTheEdgeAdaptiveFilter()
    {
        using var call = new LadderCall(UpscalingModelSource.Quality, UpscalingModelSource.Fast, scale: 3);

        call.Run(TimeSpan.FromSeconds(1));

        Assert.Equal([UpscaleMethod.Easu], call.Steps);
        Assert.All(call.Reasons, reason => Assert.Equal(ReasonCode.UnsupportedFormat, reason));
    }

    private static VideoEnhancerOptions Options(UpscalingModelSource quality, UpscalingModelSource fast, PipelineObserver observer) => new()
    {
        QualityModel = quality,
        FastModel = fast,
        OwnThread = false,
        Time = new RtcEnhance.Testing.ManualTimeProvider(),
        Observer = observer,
    };

    private UpscalingModelSource Write(string fault)
    {
        string path = Path.Combine(_directory, "model.onnx");
        byte[] good = new RandomUpscaler { Widths = [8, 8] }.ToArray();
        byte[]? bytes = fault switch
        {
            "empty" => [],
            "truncated" => good[..(good.Length * 2 / 3)],
            "too large" => new byte[(4 << 20) + 1],
            "wrong hash" => Flip(good),
            "wrong shape" => new RandomUpscaler { Widths = [24, 24] }.ToArray(),
            "LFS pointer" => Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 42559\n"),
            "NaN" => WithWeight(float.NaN),
            "infinity" => WithWeight(float.PositiveInfinity),
            "wrong scale" => new RandomUpscaler { Widths = [8, 8], Scale = 3 }.ToArray(),
            _ => null,
        };
        if (bytes is not null)
            File.WriteAllBytes(path, bytes);
        return UpscalingModelSource.FromFile(fault switch
        {
            "missing folder" => Path.Combine(_directory, "nowhere", "model.onnx"),
            "a folder" => _directory,
            _ => path,
        });
    }

    /// <summary>Changes one weight and not the hash: a byte in the middle of the largest run of weights.</summary>
    private static byte[] Flip(byte[] model)
    {
        byte[] changed = [.. model];
        changed[model.Length / 2] ^= 1;
        return changed;
    }

    private static byte[] WithWeight(float value)
    {
        OnnxFile file = new RandomUpscaler { Widths = [8, 8] }.ToFile();
        return file.Weights("w9", [1], value).ToArray();
    }

    private sealed class SampleSink : IVideoFrameSink
    {
        public byte[]? Luma { get; private set; }

        public UpscaleMethod? Method { get; private set; }

        public void OnFrame(VideoFrame frame)
        {
            Luma = Samples(frame.Y);
            Method = frame.UpscaledBy;
            frame.Dispose();
        }
    }
}
