using System.Diagnostics;
using RtcEnhance.Audio;

namespace RtcEnhance.Benchmarks.Bwe;

/// <summary>Measures the time that each <c>Process</c> of another stage takes. One thread at a time.</summary>
internal sealed class TimedExtender(IStage<BandwidthExtensionJob> inner) : IStage<BandwidthExtensionJob>
{
    private readonly List<long> _blocks = [];

    public string Name => inner.Name;

    /// <summary>Stopwatch ticks of each block, in order.</summary>
    internal IReadOnlyList<long> Blocks => _blocks;

    public void Process(scoped ref BandwidthExtensionJob job)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Process(ref job);
        _blocks.Add(Stopwatch.GetTimestamp() - start);
    }

    public void Observe(scoped in BandwidthExtensionJob job) => inner.Observe(in job);

    public void Reset() => inner.Reset();
}
