using RtcEnhance.Testing;

namespace RtcEnhance.Tests.Stages;

public sealed class BudgetControllerTests
{
    private static readonly TimeSpan Ample = TimeSpan.MaxValue;

    private readonly ManualTimeProvider _time = new();
    private readonly BudgetController _controller;

    public BudgetControllerTests() => _controller = new BudgetController(new BudgetOptions(), _time);

    [Fact]
    public void Admit_UnknownCost_NeedsTheWholeBudgetLeft()
    {
        Assert.Equal(ReasonCode.Ok, _controller.Admit(Ample));
        Assert.Equal(ReasonCode.Ok, _controller.Admit(Ms(1.8)));
        Assert.Equal(ReasonCode.Warming, _controller.Admit(Ms(1.7)));
        Assert.Equal(TimeSpan.Zero, _controller.PredictedCost);
    }

    [Fact]
    public void Admit_KnownCost_FitsBudgetOrTimeLeftWithHeadroom()
    {
        RunTimes(20, 1);

        Assert.InRange(_controller.PredictedCost, Ms(1), Ms(1.04));
        Assert.Equal(ReasonCode.Ok, _controller.Admit(Ms(1.2)));
        Assert.Equal(ReasonCode.Overload, _controller.Admit(Ms(1.1)));
        Assert.Equal(ReasonCode.Overload, _controller.Admit(Ms(-1)));
        Assert.Equal(CircuitState.Closed, _controller.State);
    }

    [Fact]
    public void Admit_PredictionOverBudgetWithoutOverruns_OpensAndProbes()
    {
        RunTimes(20, 1.9);

        Assert.Equal(CircuitState.Closed, _controller.State);
        Assert.Equal(ReasonCode.OverBudget, _controller.Admit(Ample));
        Assert.Equal(CircuitState.Open, _controller.State);
        _time.Advance(Ms(999));
        Assert.Equal(ReasonCode.OverBudget, _controller.Admit(Ample));
        _time.Advance(Ms(1));
        Assert.Equal(ReasonCode.Ok, _controller.Admit(Ample));
        Assert.Equal(CircuitState.HalfOpen, _controller.State);
        _controller.RecordRun(Ms(1), Ample);
        Assert.Equal(CircuitState.Closed, _controller.State);
    }

    [Fact]
    public void RecordRun_OverrunsWithinWindow_OpenAtTheThird()
    {
        RunTimes(30, 1);
        RunTimes(1, 2.1);
        RunTimes(100, 1);
        RunTimes(1, 2.1);
        Assert.Equal(CircuitState.Closed, _controller.State);
        RunTimes(100, 1);
        RunTimes(1, 2.1);

        Assert.Equal(CircuitState.Open, _controller.State);
        Assert.Equal(ReasonCode.OverBudget, _controller.Admit(Ample));
    }

    [Fact]
    public void RecordRun_OverrunsFurtherApartThanTheWindow_StaysClosed()
    {
        for (int i = 0; i < 10; i++)
        {
            RunTimes(1, 2.1);
            RunTimes(200, 1);
        }

        Assert.Equal(CircuitState.Closed, _controller.State);
    }

    [Fact]
    public void RecordRun_LaterThanTheTimeLeftButWithinBudget_IsAnOverrun()
    {
        Assert.True(_controller.RecordRun(Ms(1.5), Ms(1)));
        Assert.False(_controller.RecordRun(Ms(1.5), Ms(2)));
    }

    [Fact]
    public void RecordRun_ProbeStillSlow_DoublesTheBreak()
    {
        RunTimes(1, 200);
        _time.Advance(Ms(1000));
        RunTimes(1, 200);
        _time.Advance(Ms(1999));
        Assert.Equal(ReasonCode.OverBudget, _controller.Admit(Ample));
        _time.Advance(Ms(1));

        Assert.Equal(ReasonCode.Ok, _controller.Admit(Ample));
    }

    [Fact]
    public void RecordRun_ClosedForAsLongAsTheLongestBreak_StartsAtTheFirstBreakAgain()
    {
        RunTimes(1, 200);
        _time.Advance(Ms(1000));
        RunTimes(1, 200);
        _time.Advance(Ms(2000));
        RunTimes(1, 1);
        _time.Advance(TimeSpan.FromSeconds(30));
        RunTimes(1, 200);
        _time.Advance(Ms(1000));

        Assert.Equal(ReasonCode.Ok, _controller.Admit(Ample));
    }

    [Fact]
    public void RecordFault_DuringABreak_GivesTheReasonAndKeepsTheBreak()
    {
        RunTimes(1, 200);
        _time.Advance(Ms(500));
        _controller.RecordFault();

        Assert.Equal(ReasonCode.Faulted, _controller.Admit(Ample));
        _time.Advance(Ms(500));
        Assert.Equal(ReasonCode.Ok, _controller.Admit(Ample));
    }

    [Fact]
    public void Admit_BreakOverButNoTimeLeft_WaitsWithTheProbe()
    {
        _controller.RecordFault();
        _time.Advance(Ms(1000));

        Assert.Equal(ReasonCode.Faulted, _controller.Admit(Ms(1)));
        Assert.Equal(CircuitState.Open, _controller.State);
        Assert.Equal(ReasonCode.Ok, _controller.Admit(Ms(2)));
    }

    [Fact]
    public void ToleratesStalls_OneStall_ChangesNothing()
    {
        BudgetController controller = Tolerant();
        Run(controller, 1, 20);

        Run(controller, 500, 1);
        Run(controller, 1, 5);

        Assert.Equal(CircuitState.Closed, controller.State);
        Assert.InRange(controller.PredictedCost.TotalMilliseconds, 1, 1.1);
    }

    [Fact]
    public void ToleratesStalls_MoreThanAQuarterOfTheWindowIsSlow_OpensAndFourGoodRehearsalsCloseIt()
    {
        BudgetController controller = Tolerant();
        Run(controller, 1, 20);

        Run(controller, 3, 5);
        Assert.Equal(ReasonCode.Ok, controller.Admit(Ample));
        controller.RecordShortenedRun(Ms(3), Ms(2));
        Assert.Equal((ReasonCode.OverBudget, CircuitState.Open), (controller.Admit(Ample), controller.State));

        Assert.False(controller.BeginRehearsal());
        _time.Advance(Ms(250));
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(ReasonCode.OverBudget, controller.Admit(Ample));
            Assert.True(Rehearse(controller, 1));
        }

        Assert.Equal((CircuitState.Closed, ReasonCode.Ok, false), (controller.State, controller.Admit(Ample), controller.BeginRehearsal()));
    }

    [Fact]
    public void ToleratesStalls_TwoLateRuns_OpenIt()
    {
        BudgetController controller = Tolerant();
        Run(controller, 1, 20);

        controller.RecordShortenedRun(Ms(3), Ms(2), isLate: true);
        Assert.Equal(ReasonCode.Ok, controller.Admit(Ample));
        controller.RecordShortenedRun(Ms(3), Ms(2), isLate: true);

        Assert.Equal(ReasonCode.OverBudget, controller.Admit(Ample));
    }

    [Fact]
    public void Rehearses_ThatFail_AreNeverMoreThanABreakOf1250MsApartAndAfterFaultsTheyAre()
    {
        BudgetController controller = Tolerant();
        Run(controller, 3, 4);
        Assert.Equal(ReasonCode.OverBudget, controller.Admit(Ample));
        foreach (double ms in new[] { 250, 500, 1000, 1250, 1250 })
        {
            _time.Advance(Ms(ms - 1));
            Assert.False(controller.BeginRehearsal());
            _time.Advance(Ms(1));
            while (controller.BeginRehearsal())
                controller.RecordRun(Ms(3), Ms(2));
        }

        _time.Advance(Ms(1250));
        for (int i = 0; i < 7; i++)
        {
            Assert.Equal(ReasonCode.OverBudget, controller.Admit(Ample));
            Assert.True(Rehearse(controller, 1));
        }

        Assert.Equal(ReasonCode.Ok, controller.Admit(Ample));
        controller.RecordFault();
        _time.Advance(Ms(2499));
        Assert.False(controller.BeginRehearsal());
        Assert.Equal(ReasonCode.Faulted, controller.Admit(Ample));
        _time.Advance(Ms(1));
        Assert.True(controller.BeginRehearsal());
    }

    [Theory]
    [InlineData(1, CircuitState.Closed)]
    [InlineData(2, CircuitState.Open)]
    public void Rehearses_AfterALongBreak_OneMayBeBadOrAJobMayComeLate(int bad, CircuitState expected)
    {
        BudgetController controller = Tolerant();
        Run(controller, 3, 4);
        controller.Admit(Ample);
        foreach (double ms in new[] { 250, 500, 1000 })
        {
            _time.Advance(Ms(ms));
            while (controller.BeginRehearsal())
                controller.RecordRun(Ms(3), Ms(2));
        }

        _time.Advance(Ms(1250));
        Assert.True(Rehearse(controller, 1));
        controller.Admit(Ms(0.5));
        for (int i = 1; i < bad; i++)
            Rehearse(controller, 3);
        for (int i = 0; i < 6; i++)
            Rehearse(controller, 1);

        Assert.Equal(expected, controller.State);
    }

    [Fact]
    public void ToleratesStalls_JobsThatComeTooLate_OpenItWhenTheyAreMany()
    {
        BudgetController controller = Tolerant();
        Run(controller, 1, 20);

        for (int i = 0; i < 6; i++)
        {
            Assert.Equal(CircuitState.Closed, controller.State);
            Assert.Equal(ReasonCode.Overload, controller.Admit(Ms(0.5)));
        }

        Assert.Equal(ReasonCode.OverBudget, controller.Admit(Ample));
    }

    [Fact]
    public void RecordRun_Shortened_IsAnOverrunThoughItWasInTime()
    {
        RunTimes(30, 1);

        for (int i = 0; i < 3; i++)
            _controller.RecordShortenedRun(Ms(1.5), Ms(2));

        Assert.Equal(CircuitState.Open, _controller.State);
    }

    [Fact]
    public void RecordRun_ShortenedAmongTheFirstRuns_NeitherOpensNorPredicts()
    {
        for (int i = 0; i < 20; i++)
            _controller.RecordShortenedRun(Ms(100), Ample);

        Assert.Equal((CircuitState.Closed, TimeSpan.Zero), (_controller.State, _controller.PredictedCost));
        _controller.RecordShortenedRun(Ms(100), Ample);
        Assert.Equal(CircuitState.Open, _controller.State);
    }

    [Fact]
    public void SetWork_Changed_ForgetsTheCostAndKeepsTheOverruns()
    {
        _controller.SetWork(100);
        RunTimes(30, 1);
        RunTimes(2, 2.1);
        _controller.SetWork(100);
        Assert.NotEqual(TimeSpan.Zero, _controller.PredictedCost);

        _controller.SetWork(101);
        Assert.Equal((CircuitState.Closed, TimeSpan.Zero), (_controller.State, _controller.PredictedCost));
        RunTimes(1, 2.1);
        Assert.Equal(CircuitState.Open, _controller.State);
    }

    [Fact]
    public void SetWork_HalvedWhileOpen_ProbesAtOnceButOnlyOnce()
    {
        _controller.SetWork(100);
        RunTimes(1, 200);

        _controller.SetWork(51);
        Assert.Equal(ReasonCode.OverBudget, _controller.Admit(Ample));
        _controller.SetWork(50);
        RunTimes(1, 200);
        Assert.Equal(ReasonCode.OverBudget, _controller.Admit(Ample));
        _controller.SetWork(100);
        _controller.SetWork(50);
        Assert.Equal(ReasonCode.OverBudget, _controller.Admit(Ample));
        _controller.SetWork(25);
        RunTimes(1, 1);
        Assert.Equal(CircuitState.Closed, _controller.State);
    }

    [Fact]
    public void SetWork_HalvedAfterAFault_WaitsForTheBreak()
    {
        _controller.SetWork(100);
        _controller.RecordFault();

        _controller.SetWork(10);

        Assert.Equal(ReasonCode.Faulted, _controller.Admit(Ample));
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private void RunTimes(int count, double milliseconds) => Run(_controller, milliseconds, count);

    private static void Run(BudgetController controller, double milliseconds, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(ReasonCode.Ok, controller.Admit(Ample));
            controller.RecordRun(Ms(milliseconds), Ample);
        }
    }

    private static bool Rehearse(BudgetController controller, double milliseconds)
    {
        if (!controller.BeginRehearsal())
            return false;
        controller.RecordRun(Ms(milliseconds), Ample);
        return true;
    }

    private BudgetController Tolerant() => new(new BudgetOptions { Window = 20, ToleratesStalls = true, Rehearses = true }, _time);
}
