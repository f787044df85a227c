namespace RtcEnhance;

/// <summary>The counts behind <see cref="StageStats"/>. One writer; snapshots may be taken on any thread.</summary>
internal sealed class StageCounters(string stage)
{
    private readonly LatencyHistogram _times = new();
    private ReasonCounts _reasons;
    private long _calls;
    private long _overruns;
    private long _deadlineMisses;
    private long _faults;
    private long _totalTicks;
    private long _maxTicks;
    private long _trials;
    private long _trialTicks;

    public void CountJob(TimeSpan time, ReasonCode reason, bool isLate)
    {
        Bump(ref _reasons[(int)reason]);
        Volatile.Write(ref _totalTicks, _totalTicks + time.Ticks);
        Volatile.Write(ref _maxTicks, Math.Max(_maxTicks, time.Ticks));
        if (isLate)
            Bump(ref _deadlineMisses);
        _times.Add(time);
        Bump(ref _calls);
        RtcEnhanceMeter.RecordJob(stage, time, reason);
    }

    public void CountTrial(TimeSpan time)
    {
        Bump(ref _trials);
        Volatile.Write(ref _trialTicks, _trialTicks + time.Ticks);
    }

    public void CountOverrun()
    {
        Bump(ref _overruns);
        RtcEnhanceMeter.AddOverrun(stage);
    }

    public void CountFault()
    {
        Bump(ref _faults);
        RtcEnhanceMeter.AddFault(stage);
    }

    public StageStats Snapshot(BudgetController controller, ReasonCode lastReason)
    {
        // Calls first: a job finished meanwhile then never makes the routes' sum smaller than the calls.
        long calls = Volatile.Read(ref _calls);
        var reasons = default(ReasonCounts);
        for (int i = 0; i < ReasonCounts.Length; i++)
            reasons[i] = Volatile.Read(ref _reasons[i]);
        return new StageStats(reasons)
        {
            Calls = calls,
            Overruns = Volatile.Read(ref _overruns),
            DeadlineMisses = Volatile.Read(ref _deadlineMisses),
            Faults = Volatile.Read(ref _faults),
            TotalTime = new TimeSpan(Volatile.Read(ref _totalTicks)),
            Trials = Volatile.Read(ref _trials),
            TrialTime = new TimeSpan(Volatile.Read(ref _trialTicks)),
            P50 = _times.Percentile(0.50),
            P95 = _times.Percentile(0.95),
            P99 = _times.Percentile(0.99),
            Max = new TimeSpan(Volatile.Read(ref _maxTicks)),
            PredictedCost = controller.PredictedCost,
            Circuit = controller.State,
            LastReason = lastReason,
        };
    }

    private static void Bump(ref long counter) => Volatile.Write(ref counter, counter + 1);
}
