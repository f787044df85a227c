using RtcEnhance.Inference;
using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video;

public sealed class NeuralStepTests
{
    private const int Width = 32;
    private const int Height = 16;

    private readonly VideoFramePool _pool = new();

    [Fact]
    public void Process_EncodedBytesNotKnown_TakesTheDefaultWeights()
    {
        using NeuralStep step = Step(out List<string> made);

        for (int i = 0; i < 50; i++)
            Run(step, encodedBytes: null);

        Assert.Equal(["default"], made);
    }

    [Fact]
    public void Process_BitRateOfACall_TakesTheDefaultWeights()
    {
        using NeuralStep step = Step(out List<string> made);

        // A key frame of two bits a pixel among others of a tenth.
        for (int i = 0; i < 300; i++)
            Run(step, i % 100 == 0 ? Bytes(2) : Bytes(0.1));

        Assert.Equal(["default"], made);
    }

    [Fact]
    public void Process_NearlyLosslessThenACallThenUnknown_ChangesTheWeightsEachTime()
    {
        using NeuralStep step = Step(out List<string> made);

        RunUntilClean(step);
        Assert.Equal("clean", made[^1]);
        for (int i = 0; i < 50; i++)
            Run(step, Bytes(0.1));
        Assert.Equal("default", Run(step, Bytes(0.1)));
        for (int i = 0; i < 50; i++)
            Run(step, Bytes(3));
        Assert.Equal("clean", Run(step, Bytes(3)));
        Assert.Equal("default", Run(step, encodedBytes: null));
    }

    [Fact]
    public void Process_BitRateAboutTheBorder_DoesNotGoToAndFro()
    {
        using NeuralStep step = Step(out _);
        string last = "default";
        int changes = 0;

        for (int i = 0; i < 600; i++)
        {
            string by = Run(step, i % 2 == 0 ? Bytes(0.5) : Bytes(0.65));
            changes += by == last ? 0 : 1;
            last = by;
        }

        Assert.InRange(changes, 0, 1);
    }

    [Fact]
    public void Process_CleanWeightsUnusable_TakesTheDefaultWeights()
    {
        var broken = UpscalingModelSource.From("broken", () => throw new ModelFormatException("broken", "file", "a model", "none"));
        Assert.Throws<ModelFormatException>(() => broken.Load());
        List<string> made = [];
        using var step = new NeuralStep(Reliability.Models.Small.WithClean(broken), 2, model => new Marking(made, "default"));
        Reliability.Models.Small.Load();

        for (int i = 0; i < 50; i++)
            Run(step, Bytes(3));

        Assert.Equal(ReasonCode.Ok, step.Readiness);
        Assert.Equal(["default"], made);
    }

    [Fact]
    public void Process_NearlyLossless_GoesOnWithTheDefaultWeightsUntilTheOthersAreReady()
    {
        using var gate = new ManualResetEventSlim();
        var slow = UpscalingModelSource.From("slow", () =>
        {
            gate.Wait();
            return UpscalingModelSource.Quality.Load();
        });
        UpscalingModel small = Reliability.Models.Small.Load();
        List<string> made = [];
        using var step = new NeuralStep(
            UpscalingModelSource.FromModel(small).WithClean(slow), 2, model => new Marking(made, ReferenceEquals(model, small) ? "default" : "clean"));

        for (int i = 0; i < 50; i++)
            Assert.Equal("default", Run(step, Bytes(3)));
        gate.Set();

        RunUntilClean(step);
    }

    [Fact]
    public void Process_SwitchesToTheCleanWeights_AllocatesNothing()
    {
        UpscalingModelSource quality = UpscalingModelSource.Quality;
        quality.Load();
        UpscalingModel cleanModel = quality.Clean!.Load();

        Assert.Equal(0, AllocationAssert.Least(Switch));

        long Switch()
        {
            // Made on another thread.
            Counting? clean = null;
            using var step = new NeuralStep(quality, 2, model =>
            {
                var upscaler = new Counting(new NeuralUpscaler(model));
                if (ReferenceEquals(model, cleanModel))
                    Volatile.Write(ref clean, upscaler);
                return upscaler;
            });
            for (int i = 0; i < 20; i++)
                Run(step, Bytes(3));
            using VideoFrame source = _pool.Rent(Width, Height)!;
            using VideoFrame target = _pool.Rent(2 * Width, 2 * Height)!;
            source.EncodedBytes = Bytes(3);

            // Its first picture is made beside the call.
            long before = GC.GetAllocatedBytesForCurrentThread();
            while (!(Volatile.Read(ref clean)?.Pictures >= 3))
            {
                var job = new SuperResolutionJob { Source = source, Target = target };
                step.Process(ref job);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static int Bytes(double bitsPerPixel) => (int)(bitsPerPixel * Width * Height / 8);

    private static NeuralStep Step(out List<string> made)
    {
        UpscalingModel small = Reliability.Models.Small.Load();
        UpscalingModel other = UpscalingModelSource.Quality.Load();
        List<string> names = [];
        made = names;
        return new NeuralStep(
            UpscalingModelSource.FromModel(small).WithClean(UpscalingModelSource.FromModel(other)), 2,
            model => new Marking(names, ReferenceEquals(model, other) ? "clean" : "default"));
    }

    private void RunUntilClean(NeuralStep step)
    {
        // They are loaded on another thread.
        while (Run(step, Bytes(3)) != "clean")
            Thread.Yield();
    }

    private string Run(NeuralStep step, int? encodedBytes)
    {
        using VideoFrame source = _pool.Rent(Width, Height)!;
        using VideoFrame target = _pool.Rent(2 * Width, 2 * Height)!;
        source.EncodedBytes = encodedBytes;
        var job = new SuperResolutionJob { Source = source, Target = target };
        step.Process(ref job);
        return target.Y.Row(0)[0] == 1 ? "clean" : "default";
    }

    private sealed class Counting(IStage<SuperResolutionJob> inner) : IStage<SuperResolutionJob>, IDisposable
    {
        private int _pictures;

        public string Name => inner.Name;

        public int Pictures => Volatile.Read(ref _pictures);

        public void Process(scoped ref SuperResolutionJob job)
        {
            inner.Process(ref job);
            Interlocked.Increment(ref _pictures);
        }

        public void Observe(scoped in SuperResolutionJob job) => inner.Observe(in job);

        public void Reset() => inner.Reset();

        public void Dispose() => (inner as IDisposable)?.Dispose();
    }

    private sealed class Marking : IStage<SuperResolutionJob>
    {
        public Marking(List<string> made, string name)
        {
            made.Add(name);
            Name = name;
        }

        public string Name { get; }

        public void Process(scoped ref SuperResolutionJob job) => job.Target.Y.Row(0)[0] = (byte)(Name == "clean" ? 1 : 0);

        public void Observe(scoped in SuperResolutionJob job)
        {
        }

        public void Reset()
        {
        }
    }
}
