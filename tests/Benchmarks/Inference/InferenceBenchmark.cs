using System.Diagnostics;
using System.Globalization;
using RtcEnhance.Inference;
using RtcEnhance.Tests;

namespace RtcEnhance.Benchmarks.Inference;

/// <summary>
/// Time of the networks' luma, 480x360 to 960x720, each picture as if it were the first, beside what the machine can do
/// at most and beside peers that run the same file. The weights of the bodies are random, which costs the same as
/// trained ones; models of the repository follow. Everything is repeated in rounds, so that a busy moment hits all
/// alike, and the minimum counts. Then what reuse saves on decoded clips.
/// </summary>
internal static class InferenceBenchmark
{
    private const int Width = 480;
    private const int Height = 360;
    private const int Rounds = 3;
    private const int FramesPerRound = 40;
    private const int PeerFrames = 12;

    public static BenchReport Run(BenchArguments arguments)
    {
        var report = new BenchReport();
        double products = CorePeak.ByteProducts() / 1e9;
        double sums = CorePeak.ByteSums() / 1e9;
        double floats = CorePeak.Floats() / 1e9;
        var peak = new BenchTable("peak of one core, from registers, G multiply-adds/s", "operations", "G/s");
        peak.Add("byte products summed in pairs, nothing else", products);
        peak.Add("byte products and the additions of exact sums, as the 3 x 3 kernels mix them", sums);
        peak.Add("fused multiply-adds of floats", floats);
        report.Tables.Add(peak);

        var table = new BenchTable(
            $"luma of a frame, {Width}x{Height} enlarged, minimum of {Rounds * FramesPerRound} frames",
            "network", "run by", "threads", "min ms", "p50 ms", "G MAC/s", "of peak %", "bytes/frame");
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("rtc-inference");
        try
        {
            foreach ((string name, string path) in Models(scratch.FullName))
                Measure(arguments, table, name, path, sums, floats);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }

        report.Tables.Add(table);
        ReuseTable.Add(arguments, report);
        report.Notes.Add("of peak: one thread against the kernels' mix for 8 bits, against fused multiply-adds for floats.");
        if (arguments.Peers.Count == 0)
            report.Notes.Add("no --peer: onnxruntime=\"node tests/Benchmarks/Inference/onnxruntime.js\" runs ONNX Runtime on the same files.");
        return report;
    }

    private static IEnumerable<(string Name, string Path)> Models(string scratch)
    {
        (string Name, RandomUpscaler Network)[] bodies =
        [
            ("1-16x5-4", new RandomUpscaler()),
            ("1-16x5-4, slopes and a skip", new RandomUpscaler { Activation = "prelu", Skip = (1, 5) }),
            ("1-8x5-4", new RandomUpscaler { Widths = [8, 8, 8, 8, 8] }),
        ];
        foreach ((string name, RandomUpscaler network) in bodies)
        {
            string path = Path.Combine(scratch, $"{name}.onnx");
            File.WriteAllBytes(path, network.ToArray());
            yield return (name, path);
        }

        string models = Path.Combine(Repository.Root, "models");
        foreach (string path in Directory.EnumerateFiles(models, "model.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            yield return (Path.GetFileName(Path.GetDirectoryName(path))!, path);
    }

    private static void Measure(BenchArguments arguments, BenchTable table, string name, string path, double sums, double floats)
    {
        UpscalingModel model = UpscalingModel.Load(File.ReadAllBytes(path), path);
        (InferencePrecision Precision, int Threads)[] ours =
        [
            (InferencePrecision.EightBit, 1), (InferencePrecision.EightBit, 2),
            (InferencePrecision.FloatingPoint, 1), (InferencePrecision.FloatingPoint, 2),
        ];
        if (!model.Info.IsQuantised)
            ours = ours[2..];
        var times = ours.Select(_ => new List<double>()).ToArray();
        var bytes = new long[ours.Length];
        var peers = arguments.Peers.SelectMany(peer => new[] { 1, 2 }, (peer, threads) => (peer, threads)).ToArray();
        var peerTimes = new double[peers.Length];
        Array.Fill(peerTimes, double.MaxValue);
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < ours.Length; i++)
                bytes[i] = Time(model, ours[i].Precision, ours[i].Threads, times[i]);
            for (int i = 0; i < peers.Length; i++)
                peerTimes[i] = Math.Min(peerTimes[i], TimePeer(peers[i].peer, peers[i].threads, path));
        }

        double multiplies = (double)Width * Height * model.Info.MultipliesPerSample;
        for (int i = 0; i < ours.Length; i++)
        {
            times[i].Sort();
            double rate = multiplies / times[i][0] / 1e6;
            bool isEightBit = ours[i].Precision == InferencePrecision.EightBit;
            double? share = ours[i].Threads == 1 ? 100 * rate / (isEightBit ? sums : floats) : null;
            table.Add(name, isEightBit ? "8 bits" : "floats", ours[i].Threads, times[i][0], times[i][times[i].Count / 2], rate, share, bytes[i]);
        }

        for (int i = 0; i < peers.Length; i++)
            table.Add(name, peers[i].peer.Name, peers[i].threads, peerTimes[i], null, multiplies / peerTimes[i] / 1e6, null, null);
    }

    // The bytes are those of the last frame, on the caller's thread.
    private static long Time(UpscalingModel model, InferencePrecision precision, int threads, List<double> times)
    {
        using var upscaler = new PlaneUpscaler(model, precision, threads);
        var luma = new byte[Width * Height];
        for (int i = 0; i < luma.Length; i++)
            luma[i] = (byte)(128 + (100 * Math.Sin((i % Width * 0.1) + (i / Width * 0.07))));
        int scale = model.Info.Scale;
        var target = new byte[luma.Length * scale * scale];
        long allocated = 0;
        for (int i = 0; i < FramesPerRound + 20; i++)
        {
            if (i == 10)
                Thread.Sleep(300);
            upscaler.Reset();
            long before = GC.GetAllocatedBytesForCurrentThread();
            long started = Stopwatch.GetTimestamp();
            upscaler.Begin(Width, Height);
            upscaler.ProcessRows(luma, Width, target, Width * scale, 0, Height);
            double time = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (i >= 20)
                times.Add(time);
        }

        return allocated;
    }

    private static double TimePeer(BenchPeer peer, int threads, string model)
    {
        string[] words = peer.Command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        byte[] output = ExternalCommand.Run(words[0], [.. words[1..], model, $"{Width}", $"{Height}", $"{threads}", $"{PeerFrames}"]);
        return double.Parse(output, CultureInfo.InvariantCulture);
    }
}
