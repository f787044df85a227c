using RtcEnhance.Audio;

namespace RtcEnhance.Benchmarks.Bwe;

/// <summary>`rtc bench bwe`.</summary>
internal static class BweTables
{
    private const string BuiltIn = "neural";

    public static BenchReport Run(BenchArguments arguments)
    {
        var report = new BenchReport();
        using var clips = BenchClips.Speech(arguments, "fb", report);
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("rtc-bench-bwe");
        try
        {
            List<BweMethod> methods =
            [
                BweMethod.Of(BweMarks.Plain, rateHz => new PlainExtender(rateHz)),
                BweMethod.Of(BweMarks.Classical, rateHz => new SpectralExtender(rateHz)),
                .. BandwidthExtensionModelSource.HasBuiltIn ? new[] { Neural(BuiltIn, BandwidthExtensionModelSource.BuiltIn.Load()) } : [],
                .. arguments.Models.Select(model => Neural(model.Name, BandwidthExtensionModel.Load(File.ReadAllBytes(model.Path), model.Path))),
                .. arguments.Peers.Select(peer => BweMethod.Of(peer, scratch.FullName)),
            ];
            var benchmark = new BweBenchmark(ClipFile.List(clips.Directory, arguments.Every), methods);
            List<BweMethod> ours = [.. methods.Skip(1).Where(method => !method.IsPeer)];
            var marks = new List<BweMark>();
            foreach (BweCondition condition in BweCondition.All)
            {
                Console.Error.WriteLine(condition.Name);
                List<BweClipResult> results = benchmark.Measure(condition);
                report.Tables.Add(Means(condition, results));
                if (condition != BweCondition.Wide && condition != BweCondition.Narrow)
                    continue;
                report.Tables.Add(PairedWith(ours[^1].Name, condition, results));
                report.Tables.Add(Speakers(condition, results));
                marks.AddRange(ours.SelectMany(method => BweMarks.OfQuality(condition, results.ToLookup(r => r.Method), method.Name)));
                report.Tables.Add(Times(benchmark, condition, ours, marks));
                if (DnsmosScorer.IsIn(arguments.ScorerDirectory) && condition == BweCondition.Narrow)
                    report.Tables.Add(Opinions(benchmark, condition, arguments.ScorerDirectory!, scratch.FullName));
            }

            marks.AddRange(ours.Select(method => BweMarks.OfFullBand(method.Name, "full-band speech", benchmark.LeastSnrDb(BweCondition.Full, method))));
            if (arguments.MusicDirectory is { } folder)
            {
                var music = new BweBenchmark(ClipFile.List(folder, arguments.Every), methods);
                marks.AddRange(ours.Select(method => BweMarks.OfFullBand(method.Name, "music", music.LeastSnrDb(BweCondition.Full, method))));
            }

            report.Tables.Add(Marks(marks));
            report.Failed = marks.Exists(mark => !mark.IsMet && !mark.IsAim);
            AddNotes(report, arguments);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }

        return report;
    }

    private static BweMethod Neural(string name, BandwidthExtensionModel model) => BweMethod.Of(name, rateHz => new NeuralExtender(model, rateHz));

    private static BenchTable Means(BweCondition condition, List<BweClipResult> results)
    {
        ILookup<string, BweClipResult> methods = results.ToLookup(result => result.Method);
        IEnumerable<BweClipResult> plain = methods[BweMarks.Plain];
        var table = new BenchTable(
            $"{condition.Name} to 48 kHz, {plain.Count()} clips: log-spectral distance (lower is better), paired difference from plain resampling with half its 95 % interval",
            "method", "0-24k", "4-8k", "diff 4-8k", "+-4-8k", "8-15k", "diff 8-15k", "+-8-15k", "low-band SNR dB", "quiet dB", "quiet dB, worst");
        foreach (IGrouping<string, BweClipResult> method in methods)
        {
            PairedDifference middle = PairedDifference.Of(method, plain, r => r.Lsd4To8);
            PairedDifference upper = PairedDifference.Of(method, plain, r => r.Lsd8To15);
            table.Add(
                method.Key, method.Average(r => r.LsdFull), method.Average(r => r.Lsd4To8), middle.Mean, middle.Interval, method.Average(r => r.Lsd8To15), upper.Mean,
                upper.Interval, method.Min(r => r.LowBandSnrDb), method.Average(r => r.QuietExcessDb), method.Max(r => r.QuietExcessDb));
        }

        return table;
    }

    private static BenchTable PairedWith(string method, BweCondition condition, List<BweClipResult> results)
    {
        ILookup<string, BweClipResult> methods = results.ToLookup(result => result.Method);
        var table = new BenchTable(
            $"{condition.Name} to 48 kHz: {method} less each other method, paired, with half the 95 % interval", "method", "0-24k", "+-0-24k", "4-8k", "+-4-8k", "8-15k", "+-8-15k");
        foreach (IGrouping<string, BweClipResult> other in methods.Where(other => other.Key != method))
        {
            PairedDifference full = PairedDifference.Of(methods[method], other, r => r.LsdFull);
            PairedDifference middle = PairedDifference.Of(methods[method], other, r => r.Lsd4To8);
            PairedDifference upper = PairedDifference.Of(methods[method], other, r => r.Lsd8To15);
            table.Add(other.Key, full.Mean, full.Interval, middle.Mean, middle.Interval, upper.Mean, upper.Interval);
        }

        return table;
    }

    private static BenchTable Speakers(BweCondition condition, List<BweClipResult> results)
    {
        string[] methods = [.. results.Select(result => result.Method).Distinct()];
        string band = condition == BweCondition.Narrow ? "4 to 8" : "8 to 15";
        var table = new BenchTable($"{condition.Name} to 48 kHz, by speaker: log-spectral distance from {band} kHz", ["speaker", "clips", .. methods]);
        foreach (IGrouping<string, BweClipResult> speaker in results.GroupBy(result => result.Speaker))
        {
            table.Add(
            [
                speaker.Key, speaker.Count() / methods.Length,
                .. methods.Select(method => (object?)speaker.Where(r => r.Method == method).Average(r => condition == BweCondition.Narrow ? r.Lsd4To8 : r.Lsd8To15)),
            ]);
        }

        return table;
    }

    private static BenchTable Times(BweBenchmark benchmark, BweCondition condition, List<BweMethod> ours, List<BweMark> marks)
    {
        var table = new BenchTable($"{condition.Name} to 48 kHz: microseconds for 10 ms on one core, and what is left of digital silence", "method", "mean", "p99", "peak of silence");
        foreach (BweMethod method in benchmark.MethodsFor(condition))
        {
            (double Mean, double P99)? time = benchmark.Time(condition, method);
            double peak = benchmark.PeakOfSilence(condition, method);
            table.Add(method.Name, time?.Mean, time?.P99, peak);
            if (ours.Contains(method))
                marks.AddRange(BweMarks.OfStage(condition, method.Name, time!.Value, peak));
        }

        return table;
    }

    private static BenchTable Opinions(BweBenchmark benchmark, BweCondition condition, string scorerDirectory, string scratch)
    {
        var table = new BenchTable($"{condition.Name} to 48 kHz: DNSMOS P.835, which listens at 16 kHz", "method", "signal", "background", "overall");
        foreach ((string method, double[] scores) in benchmark.Judge(condition, scorerDirectory, scratch))
            table.Add(method, scores[0], scores[1], scores[2]);
        return table;
    }

    private static BenchTable Marks(List<BweMark> marks)
    {
        var table = new BenchTable("marks", "method", "where", "mark", "asked", "found", "met", "aim");
        foreach (BweMark mark in marks)
            table.Add(mark.Method, mark.Where, mark.What, (mark.IsAtLeast ? ">= " : "<= ") + mark.Asked, mark.Found, mark.IsMet ? "yes" : "NO", mark.IsAim ? "yes" : "");
        return table;
    }

    private static void AddNotes(BenchReport report, BenchArguments arguments)
    {
        report.Notes.Add("low-band SNR: worst clip, below nine tenths of the cut-off, against plain resampling. quiet: level above the cut-off in the quietest tenth of the frames, over the original's.");
        report.Notes.Add("time: each block at its fastest of three passes, which leaves out what other programs took.");
        if (arguments.MusicDirectory is null)
            report.Notes.Add("no --music: that music is left alone was not measured.");
        if (!DnsmosScorer.IsIn(arguments.ScorerDirectory))
            report.Notes.Add("no --scorer with dnsmos.js and sig_bak_ovr.onnx: DNSMOS was not measured.");
        if (!arguments.Peers.Any(peer => peer.Name == BweMarks.Opus))
            report.Notes.Add($"no --peer {BweMarks.Opus}=COMMAND (IN.wav at 16 kHz, OUT.wav at 48 kHz): the marks against Opus 1.6's extension were not measured.");
    }
}
