using RtcEnhance.Testing;
using RtcEnhance.Video;
using static RtcEnhance.Tests.Video.FramesForTests;

namespace RtcEnhance.Tests.Video;

[Trait("Category", "Simd")]
public sealed class BandedUpscalerTests
{
    private const int Width = 40;
    private const int Height = 36;

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(1000)]
    public void Process_NoDeadline_EqualsThePreferredUpscaler(int rowsPerBand)
    {
        foreach (FrameLayout layout in (FrameLayout[])[FrameLayout.I420, FrameLayout.Nv12])
        {
            using VideoFrame source = Random(Width, Height - 1, 1, layout);
            using VideoFrame expected = Empty(2 * Width, (2 * Height) - 1, layout);
            using VideoFrame target = Empty(2 * Width, (2 * Height) - 1, layout);

            Upscale(new EdgeAdaptiveUpscaler(), source, expected);
            Upscale(new BandedUpscaler(new EdgeAdaptiveUpscaler(), new BicubicUpscaler(), rowsPerBand, _time), source, target);

            Assert.Equal(Samples(expected.Y), Samples(target.Y));
            if (layout == FrameLayout.Nv12)
                Assert.Equal(Samples(expected.UV), Samples(target.UV));
            else
                Assert.Equal(Samples(expected.V), Samples(target.V));
        }
    }

    [Fact]
    public void Process_DeadlineNears_FinishesWithTheOtherUpscaler()
    {
        using VideoFrame source = Random(Width, Height, 1);
        using VideoFrame target = Empty(2 * Width, 2 * Height);
        using VideoFrame preferred = Empty(2 * Width, 2 * Height);
        using VideoFrame finisher = Empty(2 * Width, 2 * Height);
        Upscale(new Lanczos3Upscaler(), source, preferred);
        Upscale(new BilinearUpscaler(), source, finisher);
        var slow = new SlowUpscaler(new Lanczos3Upscaler(), _time, TimeSpan.FromMilliseconds(1));
        var quick = new SlowUpscaler(new BilinearUpscaler(), _time, TimeSpan.FromMilliseconds(0.1));
        var banded = new BandedUpscaler(slow, quick, 8, _time);

        // The first frame teaches both costs: 1 ms and 0.1 ms a row.
        Run(banded, source, target, TimeSpan.FromMilliseconds(30));
        TimeSpan started = _time.Elapsed;
        int rows = Run(banded, source, target, TimeSpan.FromMilliseconds(30));
        TimeSpan taken = _time.Elapsed - started;

        // 24 rows at 1 ms and 48 + 4 rows at 0.1 ms fit; another band would not.
        Assert.Equal((2 * Height) - 24, rows);
        Assert.True(taken <= TimeSpan.FromMilliseconds(30), $"took {taken.TotalMilliseconds} ms");
        byte[] found = Samples(target.Y);
        int kept = (24 - 4) * 2 * Width;
        int rest = 24 * 2 * Width;
        Assert.Equal(Samples(preferred.Y)[..kept], found[..kept]);
        Assert.Equal(Samples(finisher.Y)[rest..], found[rest..]);
        Assert.All(Enumerable.Range(kept, rest - kept), i => Assert.InRange(
            found[i], Math.Min(Samples(preferred.Y)[i], Samples(finisher.Y)[i]), Math.Max(Samples(preferred.Y)[i], Samples(finisher.Y)[i])));
    }

    [Fact]
    public void Process_DeadlineHasPassed_IsTheFinishersPicture()
    {
        using VideoFrame source = Random(Width, Height, 1);
        using VideoFrame target = Empty(2 * Width, 2 * Height);
        using VideoFrame expected = Empty(2 * Width, 2 * Height);
        Upscale(new BilinearUpscaler(), source, expected);
        var banded = new BandedUpscaler(new Lanczos3Upscaler(), new BilinearUpscaler(), 8, _time);

        int rows = Run(banded, source, target, TimeSpan.FromMilliseconds(-1));

        Assert.Equal(2 * Height, rows);
        Assert.Equal(Samples(expected.Y), Samples(target.Y));
    }

    [Fact]
    public void Process_AfterOneSlowFrame_ReturnsToThePreferredUpscaler()
    {
        using VideoFrame source = Random(Width, Height, 1);
        using VideoFrame target = Empty(2 * Width, 2 * Height);
        var slow = new SlowUpscaler(new Lanczos3Upscaler(), _time, TimeSpan.FromMilliseconds(50));
        var banded = new BandedUpscaler(slow, new BilinearUpscaler(), 8, _time);
        int first = Run(banded, source, target, TimeSpan.FromMilliseconds(10));
        slow.PerRow = TimeSpan.FromMilliseconds(0.01);

        int frames = 0;
        while (Run(banded, source, target, TimeSpan.FromMilliseconds(10)) > 0 && frames < 200)
            frames++;

        Assert.True(first > 0);
        Assert.InRange(frames, 1, 100);
    }

    [Fact]
    public void UnshortenedCost_OfAFrameThatTheFinisherEnded_IsThatOfAWholeOne()
    {
        using VideoFrame source = Random(Width, Height, 1);
        using VideoFrame target = Empty(2 * Width, 2 * Height);
        var slow = new SlowUpscaler(new Lanczos3Upscaler(), _time, TimeSpan.FromMilliseconds(1));
        var banded = new BandedUpscaler(slow, new BilinearUpscaler(), 8, _time);

        Assert.Equal(0, Run(banded, source, target, TimeSpan.FromMilliseconds(80)));
        Assert.Null(banded.UnshortenedCost);

        Assert.True(Run(banded, source, target, TimeSpan.FromMilliseconds(30)) > 0);
        Assert.Equal(2 * Height, banded.UnshortenedCost!.Value.TotalMilliseconds, 3);
    }

    [Fact]
    public void Process_OneBandPauses_OtherBandsAndFramesAreNotTakenToCostAsMuch()
    {
        using VideoFrame source = Random(Width, Height, 1);
        using VideoFrame target = Empty(2 * Width, 2 * Height);
        var slow = new SlowUpscaler(new Lanczos3Upscaler(), _time, TimeSpan.FromMilliseconds(0.1));
        var banded = new BandedUpscaler(slow, new BilinearUpscaler(), 8, _time);
        for (int i = 0; i < 5; i++)
            Assert.Equal(0, Run(banded, source, target, TimeSpan.FromMilliseconds(10)));

        slow.PauseOnce = TimeSpan.FromMilliseconds(30);
        Assert.InRange(Run(banded, source, target, TimeSpan.FromMilliseconds(10)), 1, 2 * Height);
        Assert.InRange(banded.UnshortenedCost!.Value.TotalMilliseconds, 30, 38);

        Assert.Equal(0, Run(banded, source, target, TimeSpan.FromMilliseconds(10)));
    }

    [Fact]
    public void Process_AfterALongBreak_TriesABandWhateverTheCostWas()
    {
        using VideoFrame source = Random(Width, Height, 1);
        using VideoFrame target = Empty(2 * Width, 2 * Height);
        var slow = new SlowUpscaler(new Lanczos3Upscaler(), _time, TimeSpan.FromMilliseconds(50));
        var banded = new BandedUpscaler(slow, new BilinearUpscaler(), 8, _time);
        Assert.True(Run(banded, source, target, TimeSpan.FromMilliseconds(10)) > 0);

        slow.PerRow = TimeSpan.FromMilliseconds(0.1);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0, Run(banded, source, target, TimeSpan.FromMilliseconds(10)));
    }

    [Fact]
    public void Process_WarmedUp_AllocatesNothing()
    {
        using VideoFrame source = Random(Width, Height, 1);
        using VideoFrame target = Empty(2 * Width, 2 * Height);
        var banded = new BandedUpscaler(new EdgeAdaptiveUpscaler(), new BicubicUpscaler(), 8, _time);
        var slow = new SlowUpscaler(new EdgeAdaptiveUpscaler(), _time, TimeSpan.FromMilliseconds(1));
        var late = new BandedUpscaler(slow, new BicubicUpscaler(), 8, _time);

        AllocationAssert.None(
            () =>
            {
                Run(banded, source, target, TimeSpan.FromSeconds(1));
                Run(late, source, target, TimeSpan.FromMilliseconds(30));
            },
            warmUps: 3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(20000)]
    public void Constructor_RowsOutsideRange_Throws(int rowsPerBand)
        => Assert.Throws<ArgumentOutOfRangeException>(
            () => new BandedUpscaler(new EdgeAdaptiveUpscaler(), new BicubicUpscaler(), rowsPerBand, _time));

    [Fact]
    public void Constructor_SameInstanceTwice_Throws()
    {
        var upscaler = new BicubicUpscaler();

        Assert.Throws<ArgumentException>(() => new BandedUpscaler(upscaler, upscaler, 8, _time));
    }

    private int Run(BandedUpscaler banded, VideoFrame source, VideoFrame target, TimeSpan budget)
    {
        var job = new SuperResolutionJob { Source = source, Target = target, Deadline = Deadline.After(_time, budget) };
        banded.Process(ref job);
        return job.RowsFinishedByFallback;
    }

    private sealed class SlowUpscaler(IStage<SuperResolutionJob> inner, ManualTimeProvider time, TimeSpan perRow)
        : IStage<SuperResolutionJob>, IRowBandUpscaler
    {
        public TimeSpan PerRow { get; set; } = perRow;

        public TimeSpan PauseOnce { get; set; }

        public string Name => inner.Name;

        public void Process(scoped ref SuperResolutionJob job) => inner.Process(ref job);

        public void Observe(scoped in SuperResolutionJob job) => inner.Observe(in job);

        public void Reset() => inner.Reset();

        public void Begin(scoped ref SuperResolutionJob job) => ((IRowBandUpscaler)inner).Begin(ref job);

        public void ProcessRows(scoped ref SuperResolutionJob job, int firstRow, int endRow)
        {
            ((IRowBandUpscaler)inner).ProcessRows(ref job, firstRow, endRow);
            time.Advance((PerRow * (endRow - firstRow)) + PauseOnce);
            PauseOnce = TimeSpan.Zero;
        }
    }
}
