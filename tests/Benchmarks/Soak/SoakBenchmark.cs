using System.Diagnostics;
using RtcEnhance.Audio;
using RtcEnhance.Benchmarks.Receiver;

namespace RtcEnhance.Benchmarks.Soak;

/// <summary>Hours of calls on a virtual clock, and every way that a stage, a frame or a host can break. One thread at a time.</summary>
internal static class SoakBenchmark
{
    private const int Steps = 100_000;
    private const int Seed = 20;

    private static readonly TimeSpan CallLength = TimeSpan.FromHours(1);
    private static readonly StageFault[] Faults = [StageFault.OverBudget, StageFault.Throws, StageFault.StallsOnce, StageFault.Hangs];

    public static BenchReport Run(BenchArguments arguments)
    {
        var report = new BenchReport();
        report.Tables.Add(Calls(report, CallLength / arguments.Every));
        report.Tables.Add(Faulty(report, Steps / arguments.Every));
        report.Notes.Add("Calls: 5 % loss in bursts of 60 ms, jitter 15 ms, 2 % reordered, 1 % duplicates; the statistics are checked every second.");
        report.Notes.Add(report.Failed ? "Promises were BROKEN, see above." : "No promise was broken.");
        return report;
    }

    private static BenchTable Calls(BenchReport report, TimeSpan length)
    {
        var table = new BenchTable(
            $"Calls of {length.TotalMinutes:0} minutes on a virtual clock",
            "call", "pulls", "concealed %", "delay of a minute, least ms", "most ms", "drift blocks", "peak", "bytes allocated", "heap growth, KB", "broken", "seconds");
        foreach (CallCodec codec in CallCodec.All())
        {
            foreach (double drift in (double[])[200, -200])
            {
                Console.Error.WriteLine($"soak: {codec.Name}, {drift:+0;-0} ppm");
                var watch = Stopwatch.StartNew();
                CallSoak soak = CallSoak.Run(codec, length, drift, Seed, measuresHeap: true);
                InboundAudioStats stats = soak.Stats;
                table.Add(
                    soak.Result.Name, soak.Result.Steps, 100.0 * stats.ConcealedSamples / stats.TotalSamplesReceived, soak.DelayMs.Min, soak.DelayMs.Max,
                    soak.Result["drift blocks"], (double)soak.Peak, soak.AllocatedBytes, soak.MemoryGrowthBytes / 1024.0, soak.Result.BrokenCount, watch.Elapsed.TotalSeconds);
                Note(report, soak.Result);
            }
        }

        return table;
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
