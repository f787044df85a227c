using System.Diagnostics;

namespace RtcEnhance.Benchmarks;

/// <summary>Measures the time that each <c>Process</c> of another stage takes. One thread at a time.</summary>
internal sealed class TimedStage<TJob>(IStage<TJob> inner) : IStage<TJob>
    where TJob : struct, allows ref struct
{
    private readonly List<long> _blocks = [];

    public string Name => inner.Name;

    /// <summary>Stopwatch ticks of each job, in order.</summary>
    internal IReadOnlyList<long> Blocks => _blocks;

    /// <summary>Their sum.</summary>
    internal long Ticks { get; private set; }

    public void Process(scoped ref TJob job)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Process(ref job);
        long ticks = Stopwatch.GetTimestamp() - start;
        Ticks += ticks;
        _blocks.Add(ticks);
    }

    public void Observe(scoped in TJob job) => inner.Observe(in job);

    public void Reset() => inner.Reset();
}
