using System.Diagnostics;
using RtcEnhance.Audio;
using RtcEnhance.Benchmarks.Receiver;

namespace RtcEnhance.Benchmarks.Soak;

/// <summary>Hours of calls on a virtual clock, and every way that a stage, a frame or a host can break. One thread at a time.</summary>
internal static class SoakBenchmark
{
    private const int Steps = 100_000;
    private const int Seed = 20;

    private static readonly TimeSpan Day = TimeSpan.FromHours(24);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly StageFault[] Faults = [StageFault.OverBudget, StageFault.Throws, StageFault.StallsOnce, StageFault.Hangs];

    public static BenchReport Run(BenchArguments arguments)
    {
        var report = new BenchReport();
        report.Tables.Add(Calls(report, arguments.Every));
        report.Tables.Add(Faulty(report, Steps / arguments.Every));
        report.Notes.Add("Calls: 5 % loss in bursts of 60 ms, jitter 15 ms, 2 % reordered, 1 % duplicates; the statistics are checked every second.");
        report.Notes.Add(report.Failed ? "Promises were BROKEN, see above." : "No promise was broken.");
        return report;
    }

    private static BenchTable Calls(BenchReport report, int every)
    {
        var table = new BenchTable(
            "Calls on a virtual clock",
            "call", "pulls", "concealed %", "stretched %", "comfort noise %", "delay of a minute, least ms", "most ms", "over target, most ms",
            "removed ms", "inserted ms", "bytes allocated", "heap growth, KB", "broken", "seconds");
        foreach (CallSoakOptions call in CallList(every))
        {
            Console.Error.WriteLine($"soak: {call.Name}");
            var watch = Stopwatch.StartNew();
            CallSoak soak = CallSoak.Run(call);
            InboundAudioStats stats = soak.Stats;
            double percent = 100.0 / stats.TotalSamplesReceived;
            double? leastDelayMs = soak.DelayMs.Max > 0 ? soak.DelayMs.Min : null;
            table.Add(
                soak.Result.Name, soak.Result.Steps, percent * stats.ConcealedSamples, percent * stats.StretchedSamples, percent * stats.ComfortNoiseSamples,
                leastDelayMs, soak.DelayMs.Max, soak.Result["ms over the target at most"], soak.Result["removed ms"], soak.Result["inserted ms"],
                soak.AllocatedBytes, soak.MemoryGrowthBytes / 1024.0, soak.Result.BrokenCount, watch.Elapsed.TotalSeconds);
            Note(report, soak.Result);
        }

        return table;
    }

    private static IEnumerable<CallSoakOptions> CallList(int every)
    {
        IReadOnlyList<CallCodec> codecs = CallCodec.All();
        var call = new CallSoakOptions { Name = "", Codecs = codecs, Duration = Hour / every, Seed = Seed, MeasuresHeap = true };
        yield return call with { Name = $"{Day.TotalHours / every:0.0} hours, all codecs and pauses, +200 ppm", Duration = Day / every, PartDuration = Hour / every, DriftPpm = 200, HasPauses = true };
        foreach (CallCodec codec in codecs)
        {
            yield return call with { Name = $"{codec.Name} at +200 ppm", Codecs = [codec], DriftPpm = 200 };
            yield return call with { Name = $"{codec.Name} at -200 ppm", Codecs = [codec], DriftPpm = -200 };
        }

        yield return call with { Name = "PCMU, device pulls 9 ms every 10", Codecs = [codecs[0]], PullSamples = 432 };
        yield return call with { Name = "PCMU, device pulls 11 ms every 10", Codecs = [codecs[0]], PullSamples = 528 };
    }

    private static BenchTable Faulty(BenchReport report, int steps)
    {
        var table = new BenchTable($"Broken stages and bad input, {steps} blocks or frames each", "run", "broken", "seconds", "what happened");
        var runs = new List<Func<SoakResult>> { () => VideoShapeSoak.Run(steps, Seed), () => VideoInputSoak.Run(steps, Seed) };
        foreach (StageFault fault in Faults)
        {
            runs.Add(() => AudioFaultSoak.Run(fault, isConcealment: true, steps, Seed));
            runs.Add(() => AudioFaultSoak.Run(fault, isConcealment: false, steps, Seed));
            runs.Add(() => VideoFaultSoak.Run(fault, steps));
        }

        foreach (Func<SoakResult> run in runs)
        {
            var watch = Stopwatch.StartNew();
            SoakResult result = run();
            table.Add(result.Name, result.BrokenCount, watch.Elapsed.TotalSeconds, result.Describe());
            Console.Error.WriteLine($"soak: {result.Name}, {result.Steps} steps");
            Note(report, result);
        }

        return table;
    }

    private static void Note(BenchReport report, SoakResult result)
    {
        report.Failed |= result.BrokenCount > 0;
        foreach (string promise in result.Broken)
            report.Notes.Add($"BROKEN: {promise}");
    }
}
