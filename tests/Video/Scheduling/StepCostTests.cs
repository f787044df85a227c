using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video.Scheduling;

public sealed class StepCostTests
{
    private const long Frame = TimeSpan.TicksPerSecond / 30;

    private readonly StepCost _cost = new();
    private long _now;

    [Fact]
    public void SecondsPerPixel_BeforeThreeFrames_IsInfiniteAndNotKnown()
    {
        Add(2, 1);

        Assert.False(_cost.IsKnown(_now));
        Assert.Equal(double.PositiveInfinity, _cost.SecondsPerPixel);
    }

    [Fact]
    public void Add_ThirdFrame_CompletesTheTrialWithTheMedian()
    {
        Assert.False(_cost.Add(50, Tick()));
        Assert.False(_cost.Add(3, Tick()));
        Assert.True(_cost.Add(2, Tick()));

        Assert.True(_cost.IsKnown(_now));
        Assert.Equal(3, _cost.SecondsPerPixel);
    }

    [Fact]
    public void Add_OneStall_MovesNothing()
    {
        Add(100, 1);
        double before = _cost.SecondsPerPixel;

        Add(1, 40);
        Add(10, 1);

        Assert.Equal(before, _cost.SecondsPerPixel, 9);
    }

    [Fact]
    public void Add_CostThatRises_FollowsWithinTenFrames()
    {
        Add(100, 1);
        Add(10, 4);

        Assert.InRange(_cost.SecondsPerPixel, 3.6, 4);
    }

    [Fact]
    public void Add_CostThatFalls_IsForgottenSlowly()
    {
        Add(100, 4);
        Add(30, 1);
        Assert.InRange(_cost.SecondsPerPixel, 3, 4);

        Add(900, 1);
        Assert.InRange(_cost.SecondsPerPixel, 1, 1.1);
    }

    [Fact]
    public void Add_SlowFirstFrames_AreForgottenWithinASecond()
    {
        Add(5, 20);
        Add(11, 1);

        Assert.InRange(_cost.SecondsPerPixel, 1, 2.5);
    }

    [Fact]
    public void Add_CostThatVaries_IsAHighExpectile()
    {
        var random = new Random(1);
        for (int i = 0; i < 3000; i++)
            _cost.Add(1 + random.NextDouble(), Tick());

        Assert.InRange(_cost.SecondsPerPixel, 1.6, 2);
    }

    [Fact]
    public void IsKnown_TrialsThatAreSoonOver_AreTrustedForTwiceAsLongEachTime()
    {
        var trusted = new List<double>();
        for (int trial = 0; trial < 8; trial++)
        {
            Add(3, 1);
            trusted.Add(SecondsTrusted());
        }

        Assert.Equal([2, 4, 8, 16, 32, 60, 60, 60], trusted);
    }

    [Fact]
    public void IsKnown_AfterAStepThatWasKept_StartsAgainAtTwoSeconds()
    {
        Add(3, 1);
        SecondsTrusted();
        Add(3, 1);
        SecondsTrusted();
        Add(600, 1);
        SecondsTrusted();
        Add(3, 1);

        Assert.Equal(2, SecondsTrusted());
    }

    [Fact]
    public void Decline_MakesTheStepInfinitelyDearForAWhile()
    {
        Add(3, 1);
        _cost.Decline(Tick());

        Assert.True(_cost.IsKnown(_now));
        Assert.Equal(double.PositiveInfinity, _cost.SecondsPerPixel);

        SecondsTrusted();
        Add(3, 2);
        Assert.Equal(2, _cost.SecondsPerPixel);
    }

    [Fact]
    public void LastStep_IsJudgedAfterSixteenFrames_AndTriedAgainEveryTwoSeconds()
    {
        var last = new StepCost(isLast: true);
        for (int trial = 0; trial < 4; trial++)
        {
            for (int frame = 1; frame <= 16; frame++)
                Assert.Equal(frame == 16, last.Add(frame is > 7 and < 12 ? 1 : 50, Tick()));
            Assert.Equal(1, last.SecondsPerPixel);
            Assert.True(last.IsKnown(_now + (2 * TimeSpan.TicksPerSecond) - 1));
            _now += 2 * TimeSpan.TicksPerSecond;
            Assert.False(last.IsKnown(_now));
        }
    }

    private void Add(int frames, double cost)
    {
        for (int i = 0; i < frames; i++)
            _cost.Add(cost, Tick());
    }

    private long Tick() => _now += Frame;

    /// <summary>Lets time pass until the figure is not trusted any more.</summary>
    private double SecondsTrusted()
    {
        long since = _now;
        while (_cost.IsKnown(_now))
            _now += TimeSpan.TicksPerSecond / 10;
        return (double)(_now - since) / TimeSpan.TicksPerSecond;
    }
}
