using RtcEnhance.Testing;

namespace RtcEnhance.Benchmarks.Playout;

/// <summary>A kind of network. Thread-safe: immutable.</summary>
/// <param name="Name">Name in tables and plots.</param>
/// <param name="PacketMs">Duration of a packet.</param>
/// <param name="Impairment">What the network does.</param>
internal sealed record PlayoutScenario(string Name, int PacketMs, ImpairmentOptions Impairment)
{
    private static readonly TimeSpan Packet = TimeSpan.FromMilliseconds(20);

    /// <summary>Every delay alone, the loss traces on three of them, and other packet durations.</summary>
    /// <param name="duration">Length of a call.</param>
    /// <param name="losses">Loss traces by name.</param>
    /// <param name="seed">Seed of the delays.</param>
    public static IReadOnlyList<PlayoutScenario> All(TimeSpan duration, IReadOnlyList<(string Name, LossTrace Trace)> losses, int seed)
    {
        DelayTrace spikes = DelayTraces.Spikes(duration, TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(80), seed);
        DelayTrace steps = DelayTraces.Steps(duration, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30));
        DelayTrace handovers = DelayTraces.Handovers(
            duration, TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(600), TimeSpan.FromMilliseconds(60), seed);
        DelayTrace queue = DelayTraces.Queue(duration, load: 0.5, burstRate: 1.8, TimeSpan.FromMilliseconds(150), room: TimeSpan.FromMilliseconds(250), seed);

        List<PlayoutScenario> scenarios =
        [
            new("gamma jitter", 20, Gamma(seed, 20)),
            new("log-normal jitter", 20, Jitter(seed, 20, DelayDistribution.LogNormal)),
            new("cross traffic", 20, Gamma(seed, 3, queue)),
            new("wireless spikes", 20, Gamma(seed, 5, spikes)),
            new("handovers", 20, Gamma(seed, 8, handovers)),
            new("steps of 200 ms", 20, Gamma(seed, 5, steps)),
            new("reordering", 20, Jitter(seed, 8, DelayDistribution.Gamma, reorderPercent: 3)),
            new("sender fast by 200 ppm", 20, Jitter(seed, 8, DelayDistribution.Gamma, driftPpm: 200)),
            new("sender slow by 200 ppm", 20, Jitter(seed, 8, DelayDistribution.Gamma, driftPpm: -200)),
            new("gamma jitter, 10 ms packets", 10, Gamma(seed, 20)),
            new("gamma jitter, 60 ms packets", 60, Gamma(seed, 20)),
            new("wireless spikes, 10 ms packets", 10, Gamma(seed, 5, spikes)),
            new("wireless spikes, 60 ms packets", 60, Gamma(seed, 5, spikes)),
        ];
        foreach ((string name, LossTrace loss) in losses)
        {
            scenarios.Add(new($"gamma jitter, {name}", 20, Gamma(seed, 20, null, loss)));
            scenarios.Add(new($"cross traffic, {name}", 20, Gamma(seed, 3, queue, loss)));
            scenarios.Add(new($"wireless spikes, {name}", 20, Gamma(seed, 5, spikes, loss)));
        }

        return scenarios;
    }

    /// <summary>Recorded loss where there is data, seeded loss of the same kind where there is none.</summary>
    public static IReadOnlyList<(string Name, LossTrace Trace)> Losses(BenchArguments arguments, BenchReport report)
    {
        if (arguments.DataDirectory is { } data)
        {
            return [.. ((ReadOnlySpan<string>)["2307_is_lost", "1214_is_lost", "lossgen_p10"]).ToArray().Select(file =>
                (file.Replace("_is_lost", " loss", StringComparison.Ordinal), LossTrace.Load(Path.Combine(data, "loss-traces", file + ".txt"), Packet)))];
        }

        report.Notes.Add("no --data: losses from a seeded Gilbert-Elliott model, 10 %, mean burst 60 ms.");
        var model = new GilbertElliott(10, TimeSpan.FromMilliseconds(60), TimeSpan.FromMilliseconds(200), Packet, arguments.Seed);
        bool[] lost = [.. Enumerable.Range(0, 20000).Select(packet => model.IsSlotLost(packet))];
        return [("10 % loss", new LossTrace(lost, Packet))];
    }

    private static ImpairmentOptions Gamma(int seed, int jitterMs, DelayTrace? trace = null, LossTrace? loss = null) => new()
    {
        Jitter = TimeSpan.FromMilliseconds(jitterMs),
        JitterCorrelation = 0.5,
        DelayTrace = trace,
        LossTrace = loss,
        Seed = seed,
    };

    private static ImpairmentOptions Jitter(int seed, int jitterMs, DelayDistribution distribution, double driftPpm = 0, double reorderPercent = 0) => new()
    {
        // A sender whose clock is fast may not be received before it sends.
        BaseDelay = TimeSpan.FromMilliseconds(40),
        Jitter = TimeSpan.FromMilliseconds(jitterMs),
        JitterDistribution = distribution,
        JitterCorrelation = 0.5,
        ClockDriftPpm = driftPpm,
        ReorderPercent = reorderPercent,
        ReorderHold = TimeSpan.FromMilliseconds(50),
        Seed = seed,
    };
}
