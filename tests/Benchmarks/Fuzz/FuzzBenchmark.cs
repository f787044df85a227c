using System.Diagnostics;
using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.Fuzz;

/// <summary>A million random and altered inputs for each parser and receiver. One thread at a time.</summary>
internal static class FuzzBenchmark
{
    private const int Packets = 1_000_000;
    private const int Files = 200_000;
    private const int Seed = 2026;

    public static BenchReport Run(BenchArguments arguments)
    {
        var report = new BenchReport();
        var table = new BenchTable("Random and altered input", "what", "inputs", "seconds", "accepted", "refused", "crashes");
        int packets = Packets / arguments.Every;
        int files = Files / arguments.Every;
        Add(report, table, "RTP and RTCP parser", packets, () => RtpFuzz.Run(packets, Seed) is var (rtp, reports) ? new FuzzCount(rtp + reports, packets - rtp - reports) : default);
        Add(report, table, "audio receiver, all codecs", packets, () => AudioFuzz.Run(packets, Seed));
        Add(report, table, "audio receiver, random headers, sizes and times", packets, () => ReceiverFuzz.Run(packets, Seed));
        Add(report, table, "video receiver, VP8 and H.264", packets, () => Video(packets));
        Add(report, table, "WAV reader", files, () => FileFuzz.RunWav(files, Seed));
        Add(report, table, "y4m reader", files, () => FileFuzz.RunY4m(files, Seed));
        Add(report, table, "ONNX model reader", files, () => FileFuzz.RunModel(files, Seed));
        report.Tables.Add(table);
        report.Notes.Add($"Seed {Seed}. Accepted: parsed packets and sender reports; packets taken into the receivers' buffers; files read to their end.");
        return report;
    }

    private static FuzzCount Video(int packets)
    {
        VideoReceiverStats stats = VideoFuzz.Run(packets, Seed);
        long accepted = stats.PacketsReceived - stats.PacketsMalformed - stats.PacketsUnsupported - stats.PacketsDiscarded - stats.DuplicatePackets;
        return new FuzzCount(accepted, packets - accepted);
    }

    private static void Add(BenchReport report, BenchTable table, string name, int inputs, Func<FuzzCount> run)
    {
        Console.Error.WriteLine($"fuzz: {name}");
        var watch = Stopwatch.StartNew();
        try
        {
            FuzzCount count = run();
            table.Add(name, inputs, watch.Elapsed.TotalSeconds, count.Accepted, count.Refused, 0);
        }
        catch (Exception exception)
        {
            // Whatever it is, it is a find: the other rows are still worth having.
            report.Failed = true;
            report.Notes.Add($"CRASH: {name}: {exception}");
            table.Add(name, inputs, watch.Elapsed.TotalSeconds, null, null, 1);
        }
    }
}
