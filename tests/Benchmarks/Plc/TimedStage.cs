using System.Diagnostics;
using RtcEnhance.Audio;

namespace RtcEnhance.Benchmarks.Plc;

/// <summary>Adds up the time that another stage's <c>Process</c> takes. One thread at a time.</summary>
internal sealed class TimedStage(IStage<ConcealmentJob> inner) : IStage<ConcealmentJob>
{
    public string Name => inner.Name;

    internal long Ticks { get; private set; }

    public void Process(scoped ref ConcealmentJob job)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Process(ref job);
        Ticks += Stopwatch.GetTimestamp() - start;
    }

    public void Observe(scoped in ConcealmentJob job) => inner.Observe(in job);

    public void Reset() => inner.Reset();
}
