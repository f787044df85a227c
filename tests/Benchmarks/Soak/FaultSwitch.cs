namespace RtcEnhance.Benchmarks.Soak;

/// <summary>Says how an injected stage is to break, and counts. One thread at a time.</summary>
internal sealed class FaultSwitch
{
    /// <summary>What is wrong from the next run on.</summary>
    public StageFault Fault { get; set; }

    /// <summary>Runs with a fault so far.</summary>
    public long FaultyRuns { get; private set; }

    /// <summary>What is wrong with the run that begins now.</summary>
    public StageFault Next()
    {
        StageFault fault = Fault;
        if (fault != StageFault.None)
            FaultyRuns++;
        if (fault == StageFault.StallsOnce)
            Fault = StageFault.None;
        return fault;
    }
}
