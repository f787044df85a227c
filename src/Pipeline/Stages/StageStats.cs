namespace RtcEnhance;

/// <summary>
/// What a stage has done since it was built: cumulative, never reset. Times cover all a job costs: the route that made
/// the output and the other one's observing. Percentiles are at most 3.2 % too long. Thread-safe.
/// </summary>
public readonly record struct StageStats
{
    private readonly ReasonCounts _reasons;

    internal StageStats(in ReasonCounts reasons) => _reasons = reasons;

    /// <summary>Jobs processed.</summary>
    public long Calls { get; init; }

    /// <summary>Jobs whose output the primary made.</summary>
    public long PrimaryCalls => FallbackCount(ReasonCode.Ok);

    /// <summary>Jobs whose output the fallback made.</summary>
    public long FallbackCalls => Calls - PrimaryCalls;

    /// <summary>
    /// Runs of the primary that took longer than the budget or the time left, or would have but for a cheaper way to
    /// finish; its observing counts too.
    /// </summary>
    public long Overruns { get; init; }

    /// <summary>Jobs, by either route, that were finished later than the budget or the time left allowed.</summary>
    public long DeadlineMisses { get; init; }

    /// <summary>Times the primary threw.</summary>
    public long Faults { get; init; }

    /// <summary>Time spent on all jobs; <see cref="TrialTime"/> is none of it.</summary>
    public TimeSpan TotalTime { get; init; }

    /// <summary>Runs of the primary whose output nobody saw: a step of super-resolution is tried on a frame that is shown already.</summary>
    public long Trials { get; init; }

    /// <summary>Time spent on <see cref="Trials"/>.</summary>
    public TimeSpan TrialTime { get; init; }

    /// <summary>Median time of a job.</summary>
    public TimeSpan P50 { get; init; }

    /// <summary>95th percentile of a job's time.</summary>
    public TimeSpan P95 { get; init; }

    /// <summary>99th percentile of a job's time.</summary>
    public TimeSpan P99 { get; init; }

    /// <summary>The longest time that a job took, exactly.</summary>
    public TimeSpan Max { get; init; }

    /// <summary>What the primary is predicted to cost now; zero while that is not known.</summary>
    public TimeSpan PredictedCost { get; init; }

    /// <summary>Whether the primary is in use.</summary>
    public CircuitState Circuit { get; init; }

    /// <summary>Why the last job went where it did.</summary>
    public ReasonCode LastReason { get; init; }

    /// <summary>Jobs that went to the fallback for this reason; for <see cref="ReasonCode.Ok"/>, to the primary.</summary>
    /// <param name="reason">The reason.</param>
    /// <returns>The count; 0 for a value that is no reason.</returns>
    public long FallbackCount(ReasonCode reason)
        => (uint)reason < ReasonCounts.Length ? _reasons[(int)reason] : 0;
}
