using RtcEnhance.Testing;
using RtcEnhance.Testing.Metrics;

namespace RtcEnhance.Benchmarks.Plc;

/// <summary>`rtc bench plc`.</summary>
internal static class PlcTables
{
    public static BenchReport Run(BenchArguments arguments)
    {
        var report = new BenchReport();
        using var clips = BenchClips.Speech(arguments, "wb", report);
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("rtc-bench-plc");
        try
        {
            string traces = arguments.DataDirectory is { } data ? Path.Combine(data, "loss-traces") : WriteTraces(scratch, report);
            if (arguments.ScorerDirectory is null)
                report.Notes.Add("no --scorer: PLCMOS was not measured; it needs a folder with plcmos.js and its model, and node with onnxruntime-node.");
            IReadOnlyList<PlcBenchmarkRow> rows = PlcBenchmark.Run(new PlcBenchmarkOptions(clips.Directory, traces, scratch.FullName)
            {
                Every = arguments.Every,
                Models = [.. arguments.Models.Select(model => (model.Name, ConcealmentModel.Load(File.ReadAllBytes(model.Path), model.Path)))],
                Peers = [.. arguments.Peers.Select(peer => (peer.Name, peer.Command))],
                ScorerDirectory = arguments.ScorerDirectory,
                Metrics = [("STOI", (a, b, rate) => Stoi.Score(a, b, rate)), ("ESTOI", (a, b, rate) => Stoi.ExtendedScore(a, b, rate)), ("LSD", (a, b, rate) => LogSpectralDistance.Measure(a, b, rate))],
                Progress = static step => Console.Error.WriteLine(step),
            });
            foreach (IGrouping<string, PlcBenchmarkRow> trace in rows.GroupBy(row => row.Trace))
                report.Tables.Add(Table(trace.Key, [.. trace]));
            report.Notes.Add("diff: paired difference from classical on the same clips; +-: half of its 95 % interval. us: a lost 10 ms, its share of the merge included.");
        }
        finally
        {
            scratch.Delete(recursive: true);
        }

        return report;
    }

    private static BenchTable Table(string trace, PlcBenchmarkRow[] rows)
    {
        string[] metrics = [.. rows[0].Scores.Select(score => score.Metric)];
        var table = new BenchTable(
            $"{trace}: {rows[0].LossPercent:0.0} % of 20 ms packets lost, {rows[0].Clips} clips, 16 kHz",
            ["method", .. metrics.SelectMany(metric => new[] { metric, $"diff {metric}", $"+- {metric}" }), "us/10 ms"]);
        foreach (PlcBenchmarkRow row in rows)
        {
            bool isFirst = ReferenceEquals(row, rows[0]);
            table.Add([row.Method, .. row.Scores.SelectMany(score => new object?[] { score.Mean, isFirst ? null : score.Difference, isFirst ? null : score.DifferenceInterval }), row.MicrosecondsPerLostBlock]);
        }

        return table;
    }

    /// <summary>Where no recorded traces are given, seeded ones of the same kind.</summary>
    private static string WriteTraces(DirectoryInfo scratch, BenchReport report)
    {
        report.Notes.Add("no --data: losses from a seeded Gilbert-Elliott model, mean burst 60 ms.");
        string directory = scratch.CreateSubdirectory("traces").FullName;
        TimeSpan packet = TimeSpan.FromMilliseconds(20);
        foreach (int percent in (ReadOnlySpan<int>)[10, 20, 30])
        {
            var model = new GilbertElliott(percent, TimeSpan.FromMilliseconds(60), TimeSpan.FromMilliseconds(200), packet, seed: 1);
            File.WriteAllLines(Path.Combine(directory, $"ge_p{percent}.txt"), Enumerable.Range(0, 20000).Select(i => model.IsLost(i * packet) ? "1" : "0"));
        }

        return directory;
    }
}
