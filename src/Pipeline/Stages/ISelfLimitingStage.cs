namespace RtcEnhance;

/// <summary>
/// A stage that watches its deadline and ends a job by cheaper means when it nears. It is in time, then, without having
/// done its work: what the work would have cost is what tells whether it should run. One thread at a time.
/// </summary>
internal interface ISelfLimitingStage
{
    /// <summary>What the last job would have cost without cheaper means; null where it was done without them.</summary>
    TimeSpan? UnshortenedCost { get; }
}
