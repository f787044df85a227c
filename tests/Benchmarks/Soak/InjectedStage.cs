namespace RtcEnhance.Benchmarks.Soak;

/// <summary>A stage that works as another one does, and breaks on demand. One thread at a time.</summary>
/// <typeparam name="TJob">The job.</typeparam>
/// <param name="inner">Makes the output.</param>
/// <param name="budget">The budget it is to keep or to exceed.</param>
/// <param name="spend">Lets time pass on the virtual clock.</param>
internal sealed class InjectedStage<TJob>(IStage<TJob> inner, TimeSpan budget, Action<TimeSpan> spend) : IInjected, IStage<TJob>
    where TJob : struct, allows ref struct
{
    public string Name => "injected";

    public StageFault Fault { get; set; }

    public long FaultyRuns { get; private set; }

    public long Runs { get; private set; }

    public void Process(scoped ref TJob job)
    {
        Runs++;
        StageFault fault = Fault;
        if (fault != StageFault.None)
            FaultyRuns++;
        if (fault == StageFault.StallsOnce)
            Fault = StageFault.None;
        if (fault == StageFault.Throws)
            throw new InvalidOperationException("The injected stage was told to throw.");
        inner.Process(ref job);
        spend(fault switch
        {
            StageFault.OverBudget => 2.5 * budget,
            StageFault.StallsOnce => TimeSpan.FromMilliseconds(200),
            StageFault.Hangs => TimeSpan.FromSeconds(2),
            _ => 0.25 * budget,
        });
    }

    public void Observe(scoped in TJob job) => inner.Observe(in job);

    public void Reset() => inner.Reset();
}

/// <summary>The switch of an injected stage, whatever its job.</summary>
internal interface IInjected
{
    /// <summary>What is wrong with it now.</summary>
    StageFault Fault { get; set; }

    /// <summary>Runs with a fault.</summary>
    long FaultyRuns { get; }

    /// <summary>All runs.</summary>
    long Runs { get; }
}
