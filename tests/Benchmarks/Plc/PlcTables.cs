using RtcEnhance.Audio;
using RtcEnhance.Opus;
using RtcEnhance.Testing;

namespace RtcEnhance.Benchmarks.Plc;

/// <summary>`rtc bench plc`.</summary>
internal static class PlcTables
{
    private const string Classical = "classical";
    private const string BuiltIn = "neural";

    private static readonly string[] Traces = ["ge_p10", "ge_p20", "ge_p30", "lossgen_p20"];
    private static readonly string[] CallTraces = ["ge_p20", "lossgen_p20"];

    public static BenchReport Run(BenchArguments arguments)
    {
        var report = new BenchReport();
        if (arguments.LibOpusPath is { } opus)
            OpusLibrary.Use(opus);
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("rtc-bench-plc");
        try
        {
            string traces = arguments.DataDirectory is { } data ? Path.Combine(data, "loss-traces") : WriteTraces(scratch, report);
            if (arguments.ScorerDirectory is null)
                report.Notes.Add("no --scorer: PLCMOS was not measured; it needs a folder with plcmos.js and its model, and node with onnxruntime-node.");
            List<(string Name, ConcealmentModel Model)> models = [.. arguments.Models.Select(model => (model.Name, ConcealmentModel.Load(File.ReadAllBytes(model.Path), model.Path)))];
            if (ConcealmentModelSource.HasBuiltIn)
                models.Insert(0, (BuiltIn, ConcealmentModelSource.BuiltIn.Load()));
            else if (models.Count == 0)
                report.Notes.Add("this build comes without a concealment network, and --model names none.");
            string[] ours = [.. models.Select(model => model.Name)];

            using var wide = BenchClips.Speech(arguments, "wb", report);
            using var full = BenchClips.Speech(arguments, "fb", report);
            List<PlcClip> speech = Read([wide.Directory, full.Directory], arguments.Every, PlcBenchmark.RateHz);
            AddTables(report, arguments, Files("16 kHz", speech, models, arguments.Peers), Traces, traces, ours);
            List<PlcClip>? music = arguments.MusicDirectory is { } directory ? Read([directory], arguments.Every, PlcBenchmark.RateHz) : null;
            if (music is not null)
                AddTables(report, arguments, Files("music, 16 kHz", music, models, []), CallTraces, traces, ours);
            AddTables(report, arguments, Calls(PlcCodec.G711, Read([wide.Directory, full.Directory], arguments.Every, 8000), models), CallTraces, traces, ours);
            if (OpusLibrary.IsAvailable)
            {
                report.Notes.Add($"opus: the decoder's own concealment, complexity 0; opus-deep: complexity 10, neural from libopus 1.5 on. {OpusLibrary.Version}.");
                List<PlcClip> clips = Read([full.Directory], arguments.Every, 48000);
                AddTables(report, arguments, Calls(PlcCodec.Opus(hasFec: false), clips, models), CallTraces, traces, ours);
                AddTables(report, arguments, Calls(PlcCodec.Opus(hasFec: true), clips, models), CallTraces, traces, ours);
            }
            else
            {
                report.Notes.Add("no libopus: Opus calls were not measured.");
            }

            if (models.Count > 0)
                report.Tables.Add(PlcSignalTable.Make(speech, music, models[0].Model));
            report.Tables.Add(PlcCostTable.Make(speech[0].Samples, models));
            report.Notes.Add("diff: paired difference from classical on the same clips; +-: half of its 95 % interval.");
            report.Notes.Add("us: mean, p99 and slowest of the concealed 10 ms, mean of the losses' first, received 10 ms; of three runs each call's shortest counts. The mean has the merges' share.");
            report.Notes.Add("clicks: jumps at seams above 1.5 times the largest within 20 ms, in the original or beside the seam, louder: concealments that peak above 1.25 times the 40 ms before; both in a hundred losses.");
        }
        finally
        {
            scratch.Delete(recursive: true);
        }

        return report;
    }

    private static List<PlcClip> Read(IEnumerable<string> directories, int every, int rateHz)
        => [.. directories.Distinct().SelectMany(directory => ClipFile.List(directory, every)).Select(path => new PlcClip(Path.GetFileNameWithoutExtension(path), ClipFile.Read(path, rateHz))).DistinctBy(clip => clip.Name)];

    private static PlcSetting Files(string title, List<PlcClip> clips, List<(string Name, ConcealmentModel Model)> models, IReadOnlyList<BenchPeer> peers)
        => new(title, clips, [.. clips.Select(clip => clip.Samples)], () =>
        [
            new StageMethod(Classical, format => new PitchConcealer(format)),
            .. models.Select(model => new StageMethod(model.Name, format => new NeuralConcealer(model.Model, format))),
            new StageMethod("zero", _ => new ZeroConcealer()),
            .. peers.Select(peer => new PeerMethod(peer.Name, peer.Command)),
            new NoLossMethod(PlcBenchmark.RateHz),
        ]);

    private static PlcSetting Calls(PlcCodec codec, List<PlcClip> clips, List<(string Name, ConcealmentModel Model)> models)
    {
        Dictionary<string, byte[][]> packets = clips.ToDictionary(clip => clip.Name, clip => codec.Encode(clip.Samples));
        List<PlcClip> decoded = [.. clips.Select(clip => new PlcClip(clip.Name, CallMethod.Decode(codec, packets[clip.Name])))];
        return new PlcSetting($"call, {codec.Name}", decoded, [.. decoded.Select(clip => Resampler.Convert(clip.Samples, codec.RateHz, PlcBenchmark.RateHz))], () =>
        [
            new CallMethod(Classical, codec, packets, null),
            .. models.Select(model => new CallMethod(model.Name, codec, packets, ConcealmentModelSource.FromModel(model.Model))),
            .. codec.RateHz == 8000 ? (DecoderMethod[])[] : [new DecoderMethod("opus", codec, packets, 0), new DecoderMethod("opus-deep", codec, packets, 10)],
            new NoLossMethod(codec.RateHz),
        ]);
    }

    private static void AddTables(BenchReport report, BenchArguments arguments, PlcSetting setting, string[] traces, string directory, string[] ours)
    {
        var pairs = new List<object?[]>();
        string[] metrics = [];
        foreach (string trace in traces)
        {
            IReadOnlyList<PlcBenchmarkRow> rows = PlcBenchmark.Run(setting, trace, Path.Combine(directory, trace + ".txt"), arguments.ScorerDirectory);
            metrics = [.. rows[0].Metrics];
            report.Tables.Add(Table(setting.Title, trace, rows));
            foreach (PlcBenchmarkRow own in rows.Where(row => ours.Contains(row.Method)))
            {
                foreach (PlcBenchmarkRow other in rows.Where(row => row != own && row.Method != "zero"))
                    pairs.Add([$"{own.Method} - {other.Method}", trace, .. metrics.SelectMany((metric, m) => Difference(metric, own.Scores[m], other.Scores[m]))]);
            }
        }

        if (pairs.Count == 0)
            return;
        var table = new BenchTable($"{setting.Title}: paired differences, 95 % intervals", ["pair", "trace", .. metrics.SelectMany(metric => new[] { metric, $"+- {metric}" })]);
        foreach (object?[] pair in pairs)
            table.Add(pair);
        report.Tables.Add(table);
    }

    private static object?[] Difference(string metric, double[] own, double[] other)
    {
        PlcScore score = PlcScore.FromClips(metric, own, other);
        return [score.Difference, score.DifferenceInterval];
    }

    private static BenchTable Table(string title, string trace, IReadOnlyList<PlcBenchmarkRow> rows)
    {
        bool isTimed = rows.Any(row => row.Costs is not null);
        var table = new BenchTable(
            $"{title}, {trace}: {rows[0].LossPercent:0.0} % of 20 ms packets lost, {rows[0].Clips} clips",
            [
                "method",
                .. rows[0].Metrics.SelectMany(metric => new[] { metric, $"diff {metric}", $"+- {metric}" }),
                "clicks",
                "louder",
                .. isTimed ? (string[])["us/10 ms", "us p99", "us max", "us first", "us received"] : [],
            ]);
        foreach (PlcBenchmarkRow row in rows)
        {
            bool isFirst = ReferenceEquals(row, rows[0]);
            var cells = new List<object?> { row.Method };
            for (int m = 0; m < row.Metrics.Count; m++)
            {
                PlcScore score = PlcScore.FromClips(row.Metrics[m], row.Scores[m], rows[0].Scores[m]);
                cells.AddRange([score.Mean, isFirst ? null : score.Difference, isFirst ? null : score.DifferenceInterval]);
            }

            cells.AddRange([row.ClicksPercent, row.LoudPercent]);
            if (isTimed)
                cells.AddRange([row.Costs?.Mean, row.Costs?.P99, row.Costs?.Max, row.Costs?.First, row.Costs?.Received]);
            table.Add([.. cells]);
        }

        return table;
    }

    /// <summary>Where no recorded traces are given, seeded ones of the same kind.</summary>
    private static string WriteTraces(DirectoryInfo scratch, BenchReport report)
    {
        report.Notes.Add("no --data: losses from a seeded Gilbert-Elliott model, mean burst 60 ms, for lossgen_p20 100 ms.");
        string directory = scratch.CreateSubdirectory("traces").FullName;
        TimeSpan packet = TimeSpan.FromMilliseconds(PlcBenchmark.PacketMs);
        foreach ((string name, int percent, int burstMs) in (ReadOnlySpan<(string, int, int)>)[("ge_p10", 10, 60), ("ge_p20", 20, 60), ("ge_p30", 30, 60), ("lossgen_p20", 20, 100)])
        {
            var model = new GilbertElliott(percent, TimeSpan.FromMilliseconds(burstMs), TimeSpan.FromMilliseconds(200), packet, seed: 1);
            File.WriteAllLines(Path.Combine(directory, $"{name}.txt"), Enumerable.Range(0, 20000).Select(i => model.IsLost(i * packet) ? "1" : "0"));
        }

        return directory;
    }
}
