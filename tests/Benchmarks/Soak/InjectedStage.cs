namespace RtcEnhance.Benchmarks.Soak;

/// <summary>A stage that works as another one does, and breaks on demand. One thread at a time.</summary>
/// <typeparam name="TJob">The job.</typeparam>
/// <param name="inner">Makes the output.</param>
/// <param name="faults">How it breaks.</param>
/// <param name="budget">The budget it is to keep or to exceed.</param>
/// <param name="spend">Lets time pass on the virtual clock.</param>
internal sealed class InjectedStage<TJob>(IStage<TJob> inner, FaultSwitch faults, TimeSpan budget, Action<TimeSpan> spend) : IStage<TJob>
    where TJob : struct, allows ref struct
{
    public string Name => "injected";

    public void Process(scoped ref TJob job)
    {
        StageFault fault = faults.Next();
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
