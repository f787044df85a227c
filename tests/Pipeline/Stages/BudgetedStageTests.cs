using RtcEnhance.Testing;

namespace RtcEnhance.Tests.Stages;

public sealed class BudgetedStageTests
{
    private static readonly TimeSpan BlockInterval = TimeSpan.FromMilliseconds(10);

    private readonly ManualTimeProvider _time = new();
    private readonly RecordingObserver _observer = new();
    private readonly ScriptedStage _primary;
    private readonly ScriptedStage _fallback;
    private readonly BudgetedStage<TextJob> _stage;
    private readonly char[] _output = new char[4];

    public BudgetedStageTests()
    {
        _primary = new ScriptedStage("primary", _time) { Cost = TimeSpan.FromMilliseconds(1) };
        _fallback = new ScriptedStage("fallback", _time) { Cost = TimeSpan.FromMilliseconds(0.1) };
        _stage = new BudgetedStage<TextJob>(_primary, _fallback, new BudgetOptions(), _time, _observer, name: "stage");
    }

    [Fact]
    public void Process_PrimaryFits_PrimaryMakesOutputAndFallbackObserves()
    {
        StageRoute route = Process();

        Assert.Equal(StageRoute.Primary, route);
        Assert.Equal("pppp", new string(_output));
        Assert.Equal(ReasonCode.Ok, _stage.LastReason);
        Assert.Equal(StageRoute.Primary, _stage.LastRoute);
        Assert.Equal((0, 1), (_fallback.Processed, _fallback.Observed));
        Assert.Equal((1, 0), (_primary.Processed, _primary.Observed));
        Assert.Empty(_observer.Events);
    }

    [Theory]
    [InlineData(ReasonCode.ModelMissing)]
    [InlineData(ReasonCode.ModelInvalid)]
    [InlineData(ReasonCode.Disabled)]
    public void Process_NoPrimary_FallbackMakesOutputForThatReason(ReasonCode reason)
    {
        var stage = new BudgetedStage<TextJob>(null, _fallback, new BudgetOptions(), _time, _observer, reason, "stage");
        var job = new TextJob { Output = _output };

        for (int i = 0; i < 3; i++)
            Assert.Equal(StageRoute.Fallback, stage.Process(ref job));

        Assert.Equal("ffff", new string(_output));
        Assert.Equal(reason, stage.LastReason);
        Assert.Equal(3, stage.GetStats().FallbackCount(reason));
        Assert.Equal([$"engaged stage {reason}"], _observer.Events);
    }

    [Fact]
    public void Process_Manual_FallbackMakesOutputAndPrimaryObserves()
    {
        _stage.Manual = true;
        Process();
        Process();

        Assert.Equal("ffff", new string(_output));
        Assert.Equal(ReasonCode.Manual, _stage.LastReason);
        Assert.Equal((0, 2), (_primary.Processed, _primary.Observed));

        _stage.Manual = false;
        Assert.Equal(StageRoute.Primary, Process());
        Assert.Equal(0, _primary.Resets);
    }

    [Fact]
    public void Process_RefusedByCaller_PrimarySeesNothingAndStartsAnew()
    {
        Assert.Equal(StageRoute.Fallback, Process(refusal: ReasonCode.InputTooLarge));
        Assert.Equal(ReasonCode.InputTooLarge, _stage.LastReason);
        Assert.Equal((0, 0), (_primary.Processed, _primary.Observed));

        Assert.Equal(StageRoute.Primary, Process());
        Assert.Equal(1, _primary.Resets);
    }

    [Fact]
    public void Process_PrimaryThrows_FallbackGetsTheJobUntouched()
    {
        _primary.ThrowsInProcess = true;
        var job = new TextJob { Output = _output };

        StageRoute route = _stage.Process(ref job);

        Assert.Equal(StageRoute.Fallback, route);
        Assert.Equal("ffff", new string(_output));
        Assert.Equal(1, job.Scratch);
        Assert.Equal(ReasonCode.Faulted, _stage.LastReason);
        Assert.Equal(CircuitState.Open, _stage.GetStats().Circuit);
        Assert.Equal(["faulted stage primary in Process", "engaged stage Faulted"], _observer.Events);
        Assert.Equal(1, _primary.Resets);
    }

    [Fact]
    public void Process_PrimaryThrewOnce_ComesBackWarmAfterOneBreak()
    {
        _primary.ThrowsInProcess = true;
        Process();
        _primary.ThrowsInProcess = false;

        List<ReasonCode> reasons = Run(TimeSpan.FromSeconds(2.5));

        Assert.Equal([ReasonCode.Faulted, ReasonCode.Ok], Runs(reasons));
        Assert.InRange(reasons.Count(reason => reason == ReasonCode.Faulted), 98, 100);
        Assert.True(_primary.Observed >= 98);
        Assert.Equal(1, _primary.Resets);
        Assert.Equal(1, _stage.GetStats().Faults);
        Assert.Equal(
            ["faulted stage primary in Process", "engaged stage Faulted", "released stage"], _observer.Events);
    }

    [Fact]
    public void Process_PrimaryAlwaysThrows_BreaksDoubleToTheCap()
    {
        _primary.ThrowsInProcess = true;
        var faultTimes = new List<TimeSpan>();
        for (int runs = 0; _time.Elapsed < TimeSpan.FromMinutes(3);)
        {
            Process();
            Assert.Equal("ffff", new string(_output));
            if (_primary.Processed > runs)
                faultTimes.Add(_time.Elapsed);
            runs = _primary.Processed;
            _time.Advance(BlockInterval);
        }

        int[] breaks = [.. faultTimes.Zip(faultTimes.Skip(1), (a, b) => (int)Math.Round((b - a).TotalSeconds))];
        Assert.Equal([1, 2, 4, 8, 16, 30, 30, 30, 30], breaks);
        Assert.Equal(_primary.Processed, _stage.GetStats().Faults);
        Assert.Single(_observer.Events, text => text.StartsWith("engaged", StringComparison.Ordinal));
    }

    [Fact]
    public void Process_PrimaryStallsOnce_OneLateBlockThenFallbackThenPrimaryAgain()
    {
        Run(TimeSpan.FromSeconds(3));

        _primary.Cost = TimeSpan.FromMilliseconds(200);
        Process();

        Assert.Equal("pppp", new string(_output));
        StageStats stalled = _stage.GetStats();
        Assert.Equal((CircuitState.Open, 1, 1), (stalled.Circuit, stalled.Overruns, stalled.DeadlineMisses));

        _primary.Cost = TimeSpan.FromMilliseconds(1);
        List<ReasonCode> reasons = Run(TimeSpan.FromSeconds(10));

        Assert.Equal([ReasonCode.OverBudget, ReasonCode.Ok], Runs(reasons));
        Assert.InRange(reasons.Count(reason => reason == ReasonCode.OverBudget), 97, 100);
        StageStats after = _stage.GetStats();
        Assert.Equal((CircuitState.Closed, 1, 1), (after.Circuit, after.Overruns, after.DeadlineMisses));
        Assert.Equal(TimeSpan.FromMilliseconds(200), after.Max);
    }

    [Fact]
    public void Process_PrimaryAlwaysOverBudget_ThreeLateBlocksThenOnePerBreak()
    {
        _primary.Cost = TimeSpan.FromMilliseconds(3);

        List<ReasonCode> reasons = Run(TimeSpan.FromSeconds(20));

        Assert.Equal(
            [ReasonCode.Ok, ReasonCode.OverBudget, ReasonCode.Ok, ReasonCode.OverBudget, ReasonCode.Ok, ReasonCode.OverBudget,
                ReasonCode.Ok, ReasonCode.OverBudget, ReasonCode.Ok, ReasonCode.OverBudget],
            Runs(reasons));
        Assert.Equal(3 + 4, _stage.GetStats().DeadlineMisses);
    }

    [Fact]
    public void Process_DeadlineTooNear_IsOverloadAndReturnsAtOnce()
    {
        Run(TimeSpan.FromSeconds(1));

        Process(Deadline.After(_time, TimeSpan.FromMilliseconds(0.5)));
        Assert.Equal(ReasonCode.Overload, _stage.LastReason);

        Process(Deadline.After(_time, TimeSpan.FromMilliseconds(5)));
        Assert.Equal(ReasonCode.Ok, _stage.LastReason);
        Assert.Equal(0, _stage.GetStats().DeadlineMisses);
    }

    [Fact]
    public void Process_DeadlinePassed_IsCountedAsMissEvenByFallback()
    {
        Process(new Deadline(_time, _time.GetTimestamp() - 1));

        Assert.Equal(1, _stage.GetStats().DeadlineMisses);
        Assert.Equal(0, _stage.GetStats().Overruns);
    }

    [Fact]
    public void Budget_ShrinksBelowTheCost_PrimaryIsRefused()
    {
        Run(TimeSpan.FromSeconds(1));
        _stage.Budget = TimeSpan.FromMilliseconds(0.5);

        Assert.Equal(StageRoute.Fallback, Process());
        Assert.Equal(ReasonCode.OverBudget, _stage.LastReason);
        Assert.Throws<ArgumentOutOfRangeException>(() => _stage.Budget = TimeSpan.Zero);
    }

    [Fact]
    public void Observe_Always_BothTakeNote()
    {
        var job = new TextJob { Output = _output };
        _stage.Observe(in job);

        Assert.Equal((1, 1), (_primary.Observed, _fallback.Observed));
        Assert.Equal(0, _stage.GetStats().Calls);
    }

    [Fact]
    public void Observe_PrimaryThrows_IsAFaultAndItIsLeftAloneUntilItsProbe()
    {
        _primary.ThrowsInObserve = true;
        var job = new TextJob { Output = _output };
        for (int i = 0; i < 5; i++)
            _stage.Observe(in job);

        Assert.Equal((1, 5), (_primary.Observed, _fallback.Observed));
        Assert.Equal(["faulted stage primary in Observe"], _observer.Events);
        Assert.Equal(StageRoute.Fallback, Process());
        Assert.Equal(ReasonCode.Faulted, _stage.LastReason);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(StageRoute.Primary, Process());
        Assert.Equal(1, _primary.Resets);
    }

    [Fact]
    public void Observe_PrimaryStalls_OpensTheCircuit()
    {
        _primary.ObserveCost = TimeSpan.FromMilliseconds(200);
        var job = new TextJob { Output = _output };
        _stage.Observe(in job);
        _stage.Observe(in job);

        Assert.Equal(1, _primary.Observed);
        Assert.Equal(1, _stage.GetStats().Overruns);
        Process();
        Assert.Equal(ReasonCode.OverBudget, _stage.LastReason);
    }

    [Fact]
    public void Observe_CheapPrimaryMeetsAStall_KeepsItsHistory()
    {
        var stage = new BudgetedStage<TextJob>(_primary, _fallback, new BudgetOptions(), _time, _observer) { ObservesCheaply = true };
        _primary.ObserveCost = TimeSpan.FromMilliseconds(200);
        var job = new TextJob { Output = _output };
        stage.Observe(in job);
        _primary.ObserveCost = TimeSpan.Zero;
        stage.Observe(in job);
        stage.Process(ref job, refusal: ReasonCode.Warming);

        Assert.Equal((0, 3), (_primary.Processed, _primary.Observed));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(StageRoute.Primary, stage.Process(ref job));
        Assert.Equal(0, _primary.Resets);
    }

    [Fact]
    public void Reset_PrimaryThrows_IsAFault()
    {
        _primary.ThrowsInReset = true;
        _stage.Reset();

        Assert.Equal(1, _fallback.Resets);
        Assert.Equal(["faulted stage primary in Reset"], _observer.Events);
        Process();
        Assert.Equal(ReasonCode.Faulted, _stage.LastReason);
        Assert.Equal("ffff", new string(_output));
    }

    [Fact]
    public void Reset_Always_ClearsHistoryAndKeepsCounts()
    {
        Run(TimeSpan.FromSeconds(1));
        StageStats before = _stage.GetStats();
        _stage.Reset();

        Assert.Equal((1, 1), (_primary.Resets, _fallback.Resets));
        Assert.Equal(before, _stage.GetStats());
    }

    [Fact]
    public void Process_ObserverThrows_OutputIsMadeAndTheThrowIsCounted()
    {
        var observer = new ThrowingObserver();
        var stage = new BudgetedStage<TextJob>(_primary, _fallback, new BudgetOptions(), _time, observer);
        _primary.ThrowsInProcess = true;
        var job = new TextJob { Output = _output };

        Assert.Equal(StageRoute.Fallback, stage.Process(ref job));

        Assert.Equal("ffff", new string(_output));
        Assert.Equal(2, observer.CallbacksThrown);
    }

    /// <summary>Reliability list, item 20.</summary>
    [Theory]
    [InlineData("over budget")]
    [InlineData("throws")]
    [InlineData("hangs")]
    public void InferenceOverBudgetThrowsOrHangs_AtMostOneLateFrameBreakerOpensHalfOpenProbe(string injected)
    {
        TimeSpan frameInterval = TimeSpan.FromMilliseconds(33);
        var options = new BudgetOptions { Budget = TimeSpan.FromMilliseconds(16) };
        var stage = new BudgetedStage<TextJob>(_primary, _fallback, options, _time);
        var states = new List<CircuitState>();
        var routes = new List<StageRoute>();
        int lateFrames = 0;
        for (int frame = 0; frame < 300; frame++)
        {
            bool isInjected = frame is >= 60 and < 70;
            _primary.ThrowsInProcess = isInjected && injected == "throws";
            _primary.Cost = TimeSpan.FromMilliseconds(!isInjected ? 10 : injected switch { "hangs" => 2000, "throws" => 10, _ => 60 });
            TimeSpan due = frameInterval * (frame + 1);
            if (_time.Elapsed < frameInterval * frame)
                _time.Advance((frameInterval * frame) - _time.Elapsed);

            // A picture that is due before it could be started was replaced by a newer one: newest wins.
            if (_time.Elapsed >= due)
                continue;
            var job = new TextJob { Output = _output };
            routes.Add(stage.Process(ref job, new Deadline(_time, due.Ticks)));
            states.Add(stage.GetStats().Circuit);
            Assert.DoesNotContain('?', _output);
            if (_time.Elapsed > due)
                lateFrames++;
        }

        Assert.True(lateFrames <= 1, $"{lateFrames} late frames");
        Assert.Contains(CircuitState.Open, states);
        Assert.Equal([StageRoute.Primary, StageRoute.Fallback, StageRoute.Primary], Runs(routes));
        Assert.Equal(CircuitState.Closed, states[^1]);
    }

    [Fact]
    public void Process_ByEitherRoute_AllocatesNothing()
    {
        char[] output = _output;
        BudgetedStage<TextJob> stage = _stage;

        AllocationAssert.None(() =>
        {
            var job = new TextJob { Output = output };
            stage.Manual = !stage.Manual;
            stage.Process(ref job);
            stage.Observe(in job);
            stage.GetStats();
        });
    }

    [Fact]
    public void GetStats_WhileAnotherThreadWorks_NeverShowsMoreRoutesThanCallsByMoreThanOne()
    {
        var stage = new BudgetedStage<TextJob>(null, _fallback, new BudgetOptions(), _time);
        using var done = new ManualResetEventSlim();
        var worker = new Thread(() =>
        {
            var job = new TextJob { Output = _output };
            for (int i = 0; i < 100_000; i++)
                stage.Process(ref job);
            done.Set();
        });
        worker.Start();
        long last = 0;
        while (!done.IsSet)
        {
            StageStats stats = stage.GetStats();
            Assert.InRange(stats.Calls, last, 100_000);
            Assert.True(stats.FallbackCount(ReasonCode.ModelMissing) >= stats.Calls);
            last = stats.Calls;
        }

        worker.Join();
        Assert.Equal(100_000, stage.GetStats().Calls);
    }

    [Fact]
    public void Constructor_WrongUse_NamesValueAndRange()
    {
        Assert.Throws<ArgumentNullException>(() => new BudgetedStage<TextJob>(_primary, null!, new BudgetOptions(), _time));
        Assert.Throws<ArgumentNullException>(() => new BudgetedStage<TextJob>(_primary, _fallback, null!, _time));
        Assert.Throws<ArgumentNullException>(() => new BudgetedStage<TextJob>(_primary, _fallback, new BudgetOptions(), null!));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new BudgetedStage<TextJob>(null, _fallback, new BudgetOptions(), _time, absentReason: ReasonCode.Ok));
    }

    private static List<T> Runs<T>(IEnumerable<T> values)
    {
        var runs = new List<T>();
        foreach (T value in values)
        {
            if (runs.Count == 0 || !EqualityComparer<T>.Default.Equals(runs[^1], value))
                runs.Add(value);
        }

        return runs;
    }

    private StageRoute Process(Deadline deadline = default, ReasonCode refusal = ReasonCode.Ok)
    {
        var job = new TextJob { Output = _output };
        return _stage.Process(ref job, deadline, refusal);
    }

    /// <summary>One job every 10 ms of the virtual clock.</summary>
    private List<ReasonCode> Run(TimeSpan span)
    {
        var reasons = new List<ReasonCode>();
        for (TimeSpan end = _time.Elapsed + span; _time.Elapsed < end;)
        {
            TimeSpan start = _time.Elapsed;
            Process();
            reasons.Add(_stage.LastReason);
            TimeSpan left = start + BlockInterval - _time.Elapsed;
            _time.Advance(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        return reasons;
    }

    private sealed class ThrowingObserver : PipelineObserver
    {
        protected override void OnStageFaulted(string stage, Exception exception) => throw new InvalidOperationException();

        protected override void OnFallbackEngaged(string stage, ReasonCode reason) => throw new InvalidOperationException();
    }
}
