namespace RtcEnhance;

/// <summary>
/// Runs the primary where the budget controller admits it, else the fallback, and always yields output: a primary that
/// throws is covered by the fallback, one that stalls delivers late once and is then left alone for a break. Whichever
/// did not make the output observes it. One thread at a time; <see cref="GetStats"/>, <see cref="Manual"/> and the
/// <c>Last</c> properties may be used from any.
/// </summary>
/// <typeparam name="TJob">The job: a view over the caller's buffers, never stored.</typeparam>
public sealed class BudgetedStage<TJob>
    where TJob : struct, allows ref struct
{
    private readonly IStage<TJob>? _primary;
    private readonly ISelfLimitingStage? _selfLimiting;
    private readonly IStage<TJob> _fallback;
    private readonly TimeProvider _time;
    private readonly PipelineObserver? _observer;
    private readonly ReasonCode _absentReason;
    private readonly TimeSpan _releaseAfter;
    private readonly BudgetController _controller;
    private readonly StageCounters _counters;

    private volatile bool _manual;
    private int _lastReason;
    private int _lastRoute = (int)StageRoute.Fallback;

    // A primary whose history is broken is left alone, and is reset just before it runs again.
    private bool _primaryIsCold;
    private bool _toldEngaged;
    private long _lastFallbackAt;

    /// <summary>A stage whose circuit is closed.</summary>
    /// <param name="primary">The preferred implementation; null where there is none.</param>
    /// <param name="fallback">The implementation that is always there: bounded in time, and never throws.</param>
    /// <param name="options">Budget and breaks; validated and copied.</param>
    /// <param name="time">The clock that costs and breaks are measured on.</param>
    /// <param name="observer">Told when the fallback takes over, hands back, or the primary throws.</param>
    /// <param name="absentReason">Why <paramref name="primary"/> is null; not <see cref="ReasonCode.Ok"/>.</param>
    /// <param name="name">The stage in statistics and events; the fallback's name where it is null.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public BudgetedStage(
        IStage<TJob>? primary,
        IStage<TJob> fallback,
        BudgetOptions options,
        TimeProvider time,
        PipelineObserver? observer = null,
        ReasonCode absentReason = ReasonCode.ModelMissing,
        string? name = null)
    {
        ArgumentNullException.ThrowIfNull(fallback);
        _controller = new BudgetController(options, time);
        if (!Enum.IsDefined(absentReason) || absentReason == ReasonCode.Ok)
            Throw.OutOfRange(nameof(absentReason), absentReason, "A missing primary has a reason other than Ok.");
        _primary = primary;
        _selfLimiting = primary as ISelfLimitingStage;
        _fallback = fallback;
        _time = time;
        _observer = observer;
        _absentReason = absentReason;
        _releaseAfter = options.FirstBreak;
        Name = name ?? fallback.Name;
        _counters = new StageCounters(Name);
        _lastReason = (int)(primary is null ? absentReason : ReasonCode.Warming);
    }

    /// <summary>The stage in statistics and events.</summary>
    public string Name { get; }

    /// <summary>Why the last job went where it did; before the first one, Warming or why there is no primary.</summary>
    public ReasonCode LastReason => (ReasonCode)Volatile.Read(ref _lastReason);

    /// <summary>Who made the last output.</summary>
    public StageRoute LastRoute => (StageRoute)Volatile.Read(ref _lastRoute);

    /// <summary>True where the application forces the fallback; may change at any time.</summary>
    public bool Manual
    {
        get => _manual;
        set => _manual = value;
    }

    /// <summary>
    /// Time that one job may take from the next one on: starts at <see cref="BudgetOptions.Budget"/>; a video stage
    /// lets it follow the frame rate.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside 10 us to 1 s.</exception>
    public TimeSpan Budget
    {
        get => _controller.Budget;
        set
        {
            if (!BudgetOptions.IsBudget(value))
                Throw.OutOfRange(nameof(value), value, "A budget is 10 us to 1 s.");
            _controller.Budget = value;
        }
    }

    /// <summary>
    /// True where the primary's Observe is known to be cheap: it keeps its history also over jobs that the caller keeps it out
    /// of, and when the machine stalled while it observed.
    /// </summary>
    internal bool ObservesCheaply { get; init; }

    /// <summary>What the primary's last finished run cost, or would have cost where it was shortened.</summary>
    internal TimeSpan LastCost { get; private set; }

    /// <summary>Makes the whole output of <paramref name="job"/>, by the primary or by the fallback.</summary>
    /// <param name="job">The work. A primary that throws leaves no trace in it.</param>
    /// <param name="deadline">When the output must be finished, on the stage's own clock.</param>
    /// <param name="refusal">
    /// Why the caller keeps the primary out of this one job (InputTooLarge, UnsupportedFormat, StreamLimit), or Ok.
    /// The primary then does not observe the job either, and starts from an empty history when it runs again.
    /// </param>
    /// <returns>Who made the output.</returns>
    public StageRoute Process(scoped ref TJob job, Deadline deadline = default, ReasonCode refusal = ReasonCode.Ok)
    {
        long start = _time.GetTimestamp();
        TimeSpan timeLeft = deadline.Remaining();
        ReasonCode reason = Admit(timeLeft, refusal);
        _primaryIsCold |= refusal != ReasonCode.Ok && !ObservesCheaply;
        Exception? fault = reason == ReasonCode.Ok ? RunPrimary(ref job, timeLeft) : null;
        if (fault is not null)
            reason = ReasonCode.Faulted;

        if (reason == ReasonCode.Ok)
        {
            _fallback.Observe(in job);
        }
        else
        {
            _fallback.Process(ref job);
            fault = ObserveByPrimary(in job) ?? fault;
        }

        TimeSpan time = _time.GetElapsedTime(start);
        StageRoute route = reason == ReasonCode.Ok ? StageRoute.Primary : StageRoute.Fallback;
        Volatile.Write(ref _lastReason, (int)reason);
        Volatile.Write(ref _lastRoute, (int)route);
        _counters.CountJob(time, reason, isLate: time > _controller.Budget || time > timeLeft);
        Tell(reason, fault);
        return route;
    }

    /// <summary>
    /// Where the primary is out of use and due for a trial, has it make the output of a job that is done already; nobody
    /// sees it.
    /// </summary>
    /// <param name="job">The work, with another place for its output.</param>
    /// <param name="timeLeft">Time for it.</param>
    /// <returns>False where there was nothing to try.</returns>
    internal bool Rehearse(scoped ref TJob job, TimeSpan timeLeft)
    {
        if (_primary is null || !_controller.BeginRehearsal())
            return false;
        RunTrial(ref job, timeLeft);
        return true;
    }

    /// <summary>
    /// Where the primary was never measured on jobs of this size, has it make the output of a job that is done already: what
    /// it takes to begin is then not taken from a job that needs it.
    /// </summary>
    /// <param name="job">The work, with another place for its output.</param>
    /// <param name="timeLeft">Time for it.</param>
    /// <returns>False where there was nothing to do.</returns>
    internal bool MakeReady(scoped ref TJob job, TimeSpan timeLeft)
    {
        if (!IsUnmeasured)
            return false;
        RunTrial(ref job, timeLeft);
        return true;
    }

    /// <summary>Says that this was played and the stage did not make it; both implementations take note.</summary>
    /// <param name="job">A finished job: its output is what was played.</param>
    public void Observe(scoped in TJob job)
    {
        _fallback.Observe(in job);
        if (ObserveByPrimary(in job) is { } fault)
            _observer?.NotifyStageFaulted(Name, fault);
    }

    /// <summary>Clears both implementations' history; the circuit, the measured costs and the counts stay.</summary>
    public void Reset()
    {
        _fallback.Reset();
        _primaryIsCold = false;
        if (TryResetPrimary(out Exception? fault))
            return;
        CountFault();
        _observer?.NotifyStageFaulted(Name, fault!);
    }

    /// <summary>What the stage has done so far. Allocates nothing.</summary>
    /// <returns>A snapshot.</returns>
    public StageStats GetStats() => _counters.Snapshot(_controller, LastReason);

    /// <inheritdoc cref="BudgetController.State"/>
    internal CircuitState Circuit => _controller.State;

    /// <inheritdoc cref="BudgetController.IsUnmeasured"/>
    internal bool IsUnmeasured => _primary is not null && !_manual && _controller.IsUnmeasured;

    /// <inheritdoc cref="BudgetController.SetWork"/>
    internal void SetWork(long work) => _controller.SetWork(work);

    private void RunTrial(scoped ref TJob job, TimeSpan timeLeft)
    {
        long start = _time.GetTimestamp();
        Exception? fault = RunPrimary(ref job, timeLeft);
        _counters.CountTrial(_time.GetElapsedTime(start));
        if (fault is not null)
            _observer?.NotifyStageFaulted(Name, fault);
    }

    private ReasonCode Admit(TimeSpan timeLeft, ReasonCode refusal)
        => _primary is null ? _absentReason
            : refusal != ReasonCode.Ok ? refusal
            : _manual ? ReasonCode.Manual
            : _controller.Admit(timeLeft);

    private Exception? RunPrimary(scoped ref TJob job, TimeSpan timeLeft)
    {
        TJob untouched = job;
        long start = _time.GetTimestamp();
        try
        {
            if (_primaryIsCold)
                _primary!.Reset();
            _primaryIsCold = false;
            _primary!.Process(ref job);
        }
        catch (Exception exception)
        {
            job = untouched;
            CountFault();
            _primaryIsCold = !TryResetPrimary(out _);
            return exception;
        }

        TimeSpan cost = _time.GetElapsedTime(start);
        if (_selfLimiting?.UnshortenedCost is { } unshortened)
        {
            LastCost = unshortened > cost ? unshortened : cost;
            _controller.RecordShortenedRun(LastCost, timeLeft, isLate: cost > timeLeft);
            _counters.CountOverrun();
            return null;
        }

        LastCost = cost;
        if (_controller.RecordRun(cost, timeLeft))
            _counters.CountOverrun();
        return null;
    }

    private Exception? ObserveByPrimary(scoped in TJob job)
    {
        if (_primary is null || _primaryIsCold)
            return null;
        long start = _time.GetTimestamp();
        try
        {
            _primary.Observe(in job);
        }
        catch (Exception exception)
        {
            CountFault();
            return exception;
        }

        TimeSpan cost = _time.GetElapsedTime(start);
        if (cost > _controller.Budget)
        {
            _counters.CountOverrun();
            _controller.RecordOverrun(cost);
            _primaryIsCold = _controller.State != CircuitState.Closed && !ObservesCheaply;
        }

        return null;
    }

    private bool TryResetPrimary(out Exception? fault)
    {
        fault = null;
        try
        {
            _primary?.Reset();
        }
        catch (Exception exception)
        {
            fault = exception;
        }

        return fault is null;
    }

    private void CountFault()
    {
        _primaryIsCold = true;
        _controller.RecordFault();
        _counters.CountFault();
    }

    private void Tell(ReasonCode reason, Exception? fault)
    {
        if (_observer is null)
            return;
        if (fault is not null)
            _observer.NotifyStageFaulted(Name, fault);
        if (reason != ReasonCode.Ok)
        {
            _lastFallbackAt = _time.GetTimestamp();
            if (!_toldEngaged)
                _observer.NotifyFallbackEngaged(Name, reason);
            _toldEngaged = true;
        }
        else if (_toldEngaged && _time.GetElapsedTime(_lastFallbackAt) >= _releaseAfter)
        {
            // Told late on purpose: a stage that goes to and fro under load would flood the log.
            _toldEngaged = false;
            _observer.NotifyFallbackReleased(Name);
        }
    }
}
