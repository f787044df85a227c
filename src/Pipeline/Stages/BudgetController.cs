namespace RtcEnhance;

/// <summary>
/// Decides for every job whether the primary may run, from what it cost recently. Closed: it runs while the 95th
/// percentile of its cost, with headroom, fits both the budget and the time left. Open, after overruns or a fault: it is
/// left alone for a break that doubles each time. HalfOpen: one job is the probe that closes or opens it again; of
/// super-resolution, several rehearsals. One thread at a time; <see cref="State"/> and <see cref="PredictedCost"/> may be read from any.
/// </summary>
public sealed class BudgetController
{
    /// <summary>Runs before a prediction is trusted: from here on one outlier alone does not set the 95th percentile.</summary>
    internal const int WarmUpRuns = 20;

    private const int FewestRehearsals = 4;
    private const double RehearsalsPerSecond = 6;

    // Of so many rehearsals one may be bad: where one frame in eight is late for its own reasons, a dozen good ones in a row
    // would not come for minutes.
    private const int RehearsalsForABadOne = 6;

    private static readonly TimeSpan FirstShortBreak = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxShortBreak = TimeSpan.FromSeconds(1.25);

    private readonly TimeProvider _time;
    private readonly double _headroom;
    private readonly int _overrunWindow;
    private readonly TimeSpan _firstBreak;
    private readonly TimeSpan _maxBreak;
    private readonly bool _rehearses;
    private readonly bool _toleratesStalls;
    private readonly double _quantile;
    private readonly int _runsToPredict;
    private int _runsToClose = 1;
    private int _badTrials;
    private readonly LatencyWindow _costs;

    // Run numbers of the last overruns, oldest at _overrunNext: the circuit opens when all of them are recent.
    private readonly long[] _overrunRuns;
    private int _overrunNext;
    private long _runs;
    private long _lastLateRun = long.MinValue / 2;

    private int _state = (int)CircuitState.Closed;
    private long _predictedTicks;
    private ReasonCode _openReason;
    private TimeSpan _break;
    private long _changedAt;
    private long _work;
    private long _openedAtWork;
    private bool _probesNow;

    /// <summary>A closed circuit that knows nothing of the primary's cost.</summary>
    /// <param name="options">Budget and breaks; validated and copied.</param>
    /// <param name="time">The clock that breaks are measured on.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public BudgetController(BudgetOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        _time = time;
        Budget = options.Budget;
        _headroom = options.Headroom;
        _overrunWindow = options.Window;
        _firstBreak = options.FirstBreak;
        _maxBreak = options.MaxBreak;
        _rehearses = options.Rehearses;
        _toleratesStalls = options.ToleratesStalls;
        (_quantile, _runsToPredict) = _toleratesStalls ? (0.75, FewestRehearsals) : (0.95, WarmUpRuns);
        _costs = new LatencyWindow(options.Window);
        _overrunRuns = new long[options.OverrunsToOpen];
        _changedAt = time.GetTimestamp();
        ForgetOverruns();
    }

    /// <summary>
    /// Time that one job may take from now on: starts at <see cref="BudgetOptions.Budget"/>, may follow a frame rate.
    /// </summary>
    public TimeSpan Budget { get; internal set; }

    /// <summary>Whether the primary is in use.</summary>
    public CircuitState State => (CircuitState)Volatile.Read(ref _state);

    /// <summary>95th percentile of the primary's recent cost, for super-resolution the 75th; zero until it has run often enough to be predicted.</summary>
    public TimeSpan PredictedCost => new(Volatile.Read(ref _predictedTicks));

    /// <summary>Whether the primary may run but has not yet, on such work; false where no run of many was good enough to count.</summary>
    internal bool IsUnmeasured => State == CircuitState.Closed && _costs.Count == 0 && _runs <= WarmUpRuns;

    /// <summary>
    /// Says whether the primary may run now. After <see cref="ReasonCode.Ok"/> the run must be reported with
    /// <see cref="RecordRun"/> or <see cref="RecordFault"/>.
    /// </summary>
    /// <param name="timeLeft">Time to the job's deadline; negative when late.</param>
    /// <returns>
    /// <see cref="ReasonCode.Ok"/>; or why not: OverBudget, Overload, Warming (cost unknown and less time left than it
    /// may take), Faulted.
    /// </returns>
    public ReasonCode Admit(TimeSpan timeLeft)
    {
        switch (State)
        {
            case CircuitState.Open when Elapsed() < _break && !_probesNow:
                return _openReason;
            case CircuitState.Open or CircuitState.HalfOpen:
                // A machine that has jobs wait is not ready.
                if (State == CircuitState.HalfOpen && _rehearses && timeLeft < Affordable(Budget))
                    CountBadTrial(_openReason);
                if (_rehearses || timeLeft < Affordable(Budget))
                    return _openReason;
                BeginTrial();
                return ReasonCode.Ok;
        }

        TimeSpan predicted = PredictedCost;
        if (predicted == TimeSpan.Zero)
        {
            // What is measured in less time is the cost all the same, where the job ends in time by itself.
            return timeLeft >= (_toleratesStalls ? Budget / 2 : Affordable(Budget)) ? ReasonCode.Ok : ReasonCode.Warming;
        }

        if (predicted > Affordable(Budget))
        {
            // A refusal by prediction alone would last for ever, as nothing new is measured: the break and its probe
            // are the way back.
            Open(ReasonCode.OverBudget);
            return ReasonCode.OverBudget;
        }

        if (predicted <= Affordable(timeLeft))
            return ReasonCode.Ok;

        // Again and again, it is the machine's state: to and fro with every frame would be seen.
        if (_toleratesStalls)
            AddCost(predicted + Lost(timeLeft));
        return ReasonCode.Overload;
    }

    /// <summary>
    /// Says whether the primary may run now on a job that is done already, with the whole budget before it; what it makes
    /// is thrown away. To be reported as a run. Several good ones in a row close the circuit: the longer the last break,
    /// the more.
    /// </summary>
    /// <returns>False while there is nothing to rehearse, or the break is not over.</returns>
    internal bool BeginRehearsal()
    {
        if (!_rehearses || State == CircuitState.Closed || (State == CircuitState.Open && Elapsed() < _break))
            return false;
        BeginTrial();
        return true;
    }

    /// <summary>Reports what an admitted run cost.</summary>
    /// <param name="cost">Time the primary took.</param>
    /// <param name="timeLeft">What <see cref="Admit"/> was given.</param>
    /// <returns>True where the run took longer than the budget or than the time left: an overrun.</returns>
    public bool RecordRun(TimeSpan cost, TimeSpan timeLeft) => Record(cost, timeLeft, wasShortened: false, isLate: cost > timeLeft);

    /// <summary>Reports that the primary threw; opens the circuit, and leaves a running break as long as it is.</summary>
    public void RecordFault() => Open(ReasonCode.Faulted);

    /// <summary>Reports an admitted run that was ended by cheaper means: always an overrun.</summary>
    /// <param name="cost">What the run would have cost.</param>
    /// <param name="timeLeft">What <see cref="Admit"/> was given.</param>
    /// <param name="isLate">Whether it was late all the same.</param>
    internal void RecordShortenedRun(TimeSpan cost, TimeSpan timeLeft, bool isLate = false) => Record(cost, timeLeft, wasShortened: true, isLate);

    /// <summary>
    /// Says how much work a job is from now on, in any unit. What was measured on other jobs predicts nothing then; a
    /// circuit that opened on jobs at least twice as large is probed at once.
    /// </summary>
    /// <param name="work">The work, for example pixels.</param>
    internal void SetWork(long work)
    {
        if (work == _work)
            return;
        _work = work;
        ForgetCosts();
        if (State == CircuitState.Open && _openReason != ReasonCode.Faulted && work <= _openedAtWork / 2)
        {
            _openedAtWork = work;
            _probesNow = true;
            if (_rehearses)
                SetState(CircuitState.Closed);
        }
    }

    /// <summary>Reports that the primary was slow outside a run, while it observed: an overrun that predicts nothing.</summary>
    /// <param name="cost">Time the primary took.</param>
    internal void RecordOverrun(TimeSpan cost)
    {
        if (State == CircuitState.Closed)
            CountOverrun(cost);
    }

    private void BeginTrial()
    {
        // The window may still hold the stall that opened the circuit: what counts now is measured from here.
        if (State == CircuitState.Open)
        {
            ForgetCosts();
            _badTrials = 0;
        }

        SetState(CircuitState.HalfOpen);
    }

    private void CountBadTrial(ReasonCode reason)
    {
        if (++_badTrials > _runsToClose / RehearsalsForABadOne)
            Open(reason);
    }

    private bool Record(TimeSpan cost, TimeSpan timeLeft, bool wasShortened, bool isLate)
    {
        bool isOverrun = wasShortened || cost > Budget || cost > timeLeft;
        if (isOverrun && _toleratesStalls)
            cost += Lost(timeLeft);
        if (State == CircuitState.HalfOpen && (cost > Affordable(Budget) || (isOverrun && !_toleratesStalls)))
        {
            CountBadTrial(ReasonCode.OverBudget);
            if (State == CircuitState.Open)
                return isOverrun;
        }

        _runs++;

        // The first runs are slow because their code is being compiled; one that was shortened did no harm.
        if (wasShortened && !isLate && _runs <= WarmUpRuns)
            return true;
        AddCost(cost);

        // One that was late may be an accident. A second one, or one soon after a trial, is not: it counts for all.
        if (isLate && _toleratesStalls && State == CircuitState.Closed)
        {
            for (int i = 0; i < _overrunWindow && _runs - _lastLateRun < _overrunWindow; i++)
                AddCost(cost);
            _lastLateRun = _runs;
        }

        if (State == CircuitState.HalfOpen && _costs.Count >= _runsToClose)
        {
            ForgetOverruns();
            _lastLateRun = _runs;
            SetState(CircuitState.Closed);
        }

        if (isOverrun)
            CountOverrun(cost);
        return isOverrun;
    }

    private void AddCost(TimeSpan cost)
    {
        _costs.Add(cost);
        if (_costs.Count >= _runsToPredict)
            Volatile.Write(ref _predictedTicks, Math.Max(1, _costs.Percentile(_quantile).Ticks));
    }

    private void CountOverrun(TimeSpan cost)
    {
        if (_toleratesStalls)
            return;
        for (long weight = Math.Clamp(cost.Ticks / Budget.Ticks, 1, _overrunRuns.Length); weight > 0; weight--)
        {
            _overrunRuns[_overrunNext] = _runs;
            _overrunNext = (_overrunNext + 1) % _overrunRuns.Length;
        }

        if (_runs - _overrunRuns[_overrunNext] < _overrunWindow)
            Open(ReasonCode.OverBudget);
    }

    private void Open(ReasonCode reason)
    {
        _openReason = reason;
        if (State == CircuitState.Open)
            return;
        bool isShort = _rehearses && reason != ReasonCode.Faulted;
        TimeSpan longest = isShort && _maxBreak > MaxShortBreak ? MaxShortBreak : _maxBreak;
        TimeSpan first = isShort && _firstBreak > FirstShortBreak ? FirstShortBreak : _firstBreak;
        bool startsOver = _break == TimeSpan.Zero || (State == CircuitState.Closed && Elapsed() >= longest);
        TimeSpan doubled = _break * 2;
        _break = startsOver ? first : doubled < longest ? doubled : longest;
        if (_rehearses)
            _runsToClose = Math.Max(FewestRehearsals, (int)(RehearsalsPerSecond * Math.Min(_break.TotalSeconds, MaxShortBreak.TotalSeconds)));
        _openedAtWork = _work;
        SetState(CircuitState.Open);
    }

    private void ForgetCosts()
    {
        _costs.Clear();
        Volatile.Write(ref _predictedTicks, 0);
    }

    private void ForgetOverruns() => Array.Fill(_overrunRuns, long.MinValue / 2);

    private void SetState(CircuitState state)
    {
        _changedAt = _time.GetTimestamp();
        _probesNow = false;
        Volatile.Write(ref _state, (int)state);
    }

    private TimeSpan Elapsed() => _time.GetElapsedTime(_changedAt);

    /// <summary>How much of the budget was gone when the job came.</summary>
    private TimeSpan Lost(TimeSpan timeLeft) => timeLeft < Budget ? Budget - timeLeft : TimeSpan.Zero;

    private TimeSpan Affordable(TimeSpan time) => new((long)(time.Ticks * _headroom));
}
