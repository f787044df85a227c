using System.Globalization;
using RtcEnhance.Benchmarks.Receiver;
using RtcEnhance.Opus;

namespace RtcEnhance.Benchmarks.Receivers;

/// <summary>What one receiver costs, and how many of them two threads play in real time. One thread at a time.</summary>
internal static class ReceiversBenchmark
{
    private const double PromisedCorePercent = 0.3;
    private const int PromisedStreams = 200;
    private const double PromisedMilliseconds = 10;
    private const double LongRunSeconds = 25;
    private const double CurveSeconds = 6;

    private static readonly int[] Curve = [1, 10, 50, 100, 200, 400];

    public static BenchReport Run(BenchArguments arguments)
    {
        var report = new BenchReport();
        if (!OpusLibrary.IsAvailable)
            report.Notes.Add("libopus is not there: Opus is left out.");
        CallCodec[] codecs = [.. CallCodec.All().Where(codec => codec.Name != "L16-48k")];
        AddCosts(report, codecs, arguments.Every);
        report.Tables.Add(StageCosts.Measure());
        AddLoads(report, codecs, arguments.Every);
        report.Notes.Add("Network: 10 % Gilbert-Elliott loss in bursts of 60 ms, jitter 20 ms, 40 ms delay; packets of 20 ms; output 48 kHz mono, classical stages.");
        report.Notes.Add("Cost: the same call is repeated on a virtual clock, and of each pull's and each insertion's times the shortest counts. % of a core: of 10 ms.");
        report.Notes.Add("Lateness: from when a stream's 10 ms were due to when they were pulled. A miss is later than 10 ms, or was skipped because its thread was more than 100 ms behind.");
        return report;
    }

    private static void AddCosts(BenchReport report, CallCodec[] codecs, int every)
    {
        var table = new BenchTable(
            "One receiver at 10 % loss, microseconds per 10 ms",
            "codec", "all", "decoding", "without decoding", "% of a core", "inserting", "concealed %", "mean, undisturbed or not");
        foreach (CallCodec codec in codecs)
        {
            // Methods are compiled anew once they were called often enough: a first call settles that.
            ReceiverCost.Measure(codec, 1000);
            Thread.Sleep(200);
            ReceiverCost cost = ReceiverCost.Measure(codec, 12_000 / every);
            double percent = (cost.AllMicroseconds - cost.DecodingMicroseconds) / 100;
            table.Add(
                codec.Name, cost.AllMicroseconds, cost.DecodingMicroseconds, cost.AllMicroseconds - cost.DecodingMicroseconds, percent,
                cost.InsertMicroseconds, cost.ConcealedPercent, cost.MeanMicroseconds);
            if (codec.Name == "PCMU" && percent > PromisedCorePercent)
                Break(report, string.Create(CultureInfo.InvariantCulture, $"{codec.Name} takes {percent:0.00} % of a core; the promise is {PromisedCorePercent} %."));
        }

        report.Tables.Add(table);
    }

    private static void AddLoads(BenchReport report, CallCodec[] codecs, int every)
    {
        string[] columns =
        [
            "codec", "streams", "seconds", "pulls", "CPU % of a core", "pull p50 us", "pull p99 us", "pull p99.9 us", "late p50 ms", "late p99 ms", "late p99.9 ms", "misses",
        ];
        var longRun = new BenchTable($"{PromisedStreams} G.711 streams pulled every 10 ms by two threads, in real time", columns);
        var curve = new BenchTable("Streams pulled every 10 ms by two threads, in real time", columns);

        foreach (CallCodec codec in codecs)
            StreamLoad.Run(codec, 20, 2);

        LoadResult promised = StreamLoad.Run(codecs[0], PromisedStreams, LongRunSeconds / every);
        Add(longRun, codecs[0], PromisedStreams, promised);
        if (promised.Lateness.Microseconds(0.999) >= PromisedMilliseconds * 1000)
            Break(report, $"p99.9 of the lateness of {PromisedStreams} streams is not under {PromisedMilliseconds} ms.");
        foreach (CallCodec codec in codecs.Where(codec => codec.Name is "PCMU" or "Opus"))
        {
            foreach (int streams in Curve)
                Add(curve, codec, streams, StreamLoad.Run(codec, streams, CurveSeconds / every));
        }

        report.Tables.Add(longRun);
        report.Tables.Add(curve);
    }

    private static void Add(BenchTable table, CallCodec codec, int streams, LoadResult load) => table.Add(
        codec.Name, streams, load.Seconds, load.Pulls.Count, load.CpuPercent,
        load.Pulls.Microseconds(0.5), load.Pulls.Microseconds(0.99), load.Pulls.Microseconds(0.999),
        load.Lateness.Microseconds(0.5) / 1000, load.Lateness.Microseconds(0.99) / 1000, load.Lateness.Microseconds(0.999) / 1000, load.Misses);

    private static void Break(BenchReport report, string promise)
    {
        report.Failed = true;
        report.Notes.Add("BROKEN: " + promise);
    }
}
