using System.Diagnostics;
using System.Globalization;
using RtcEnhance.Inference;
using RtcEnhance.Tests;
using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.Inference;

/// <summary>
/// Time of the networks' luma, 480x360 to 960x720 or 1440x1080, each picture as if it were the first, beside what the machine can do
/// at most and beside peers that run the same file, and the same network in 8 bits. Everything is repeated in rounds, so
/// that a busy moment hits all alike. Then memory, and what reuse saves on decoded clips. Rows are printed as they come.
/// </summary>
internal static class InferenceBenchmark
{
    private const int Width = 480;
    private const int Height = 360;
    private const int Rounds = 2;
    private const int WarmUpFrames = 40;

    // Of each shape one: weights do not change the time of a picture that is computed as a whole.
    private static readonly string[] Shapes = ["sr-x2-quality", "sr-x2-fast", "sr-x3-quality"];

    public static BenchReport Run(BenchArguments arguments)
    {
        var report = new BenchReport();
        double products = CorePeak.ByteProducts() / 1e9;
        double floats = CorePeak.Floats() / 1e9;
        var peak = new BenchTable("peak of one core, from registers, G multiply-adds/s", "operations", "G/s");
        peak.Add("byte products summed in pairs, nothing else", products);
        peak.Add("byte products and the additions of exact sums, as plain 3 x 3 kernels mix them", CorePeak.ByteSums() / 1e9);
        peak.Add("fused multiply-adds of floats", floats);
        report.Tables.Add(peak);
        peak.Print(Console.Out);

        var table = new BenchTable(
            $"luma of a frame, {Width}x{Height} enlarged, nothing reused, ms",
            "network", "run by", "threads", "frames", "min", "p50", "p99", "G MAC/s", "of peak %", "bytes/frame");
        report.Tables.Add(table);
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("rtc-inference");
        try
        {
            foreach (string name in Shapes)
                Measure(arguments, table, scratch.FullName, name, products, floats);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }

        var memory = new BenchTable("memory of one stream's upscaler in 8 bits, all that it allocates, one thread", "network", "size", "MB");
        report.Tables.Add(memory);
        foreach (string name in Shapes)
        {
            foreach ((int width, int height) in ((int, int)[])[(480, 360), (640, 360), (1280, 720)])
            {
                memory.Add(name, $"{width}x{height}", Memory(Load(ModelPath(name)), width, height));
                memory.PrintLast(Console.Out);
            }
        }

        ReuseTable.Add(arguments, report);
        report.Notes.Add("of peak: one thread against byte products and nothing else for 8 bits, against fused multiply-adds for floats; the network's own multiply-adds are counted, of which Winograd filtering needs fewer.");
        report.Notes.Add(arguments.Peers.Count == 0
            ? "no --peer: onnxruntime=\"node tests/Benchmarks/Inference/onnxruntime.js\" runs ONNX Runtime on the same files."
            : "network alone: without the bicubic picture, which ours adds in the time shown. In 8 bits peers run random weights in ONNX's own 8-bit operators, with rectifiers instead of slopes.");
        return report;
    }

    /// <summary>The file of a released model.</summary>
    public static string ModelPath(string name) => Path.Combine(Repository.Root, "models", name, "model.onnx");

    /// <summary>Reads a model.</summary>
    public static UpscalingModel Load(string path) => UpscalingModel.Load(File.ReadAllBytes(path), path);

    private static void Measure(BenchArguments arguments, BenchTable table, string scratch, string name, double products, double floats)
    {
        UpscalingModel model = Load(ModelPath(name));
        string floatNetwork = Path.Combine(scratch, $"{name}-floats.onnx");
        string eightBitNetwork = Path.Combine(scratch, $"{name}-8bit.onnx");
        PeerNetworks.WriteFloats(model.Network, floatNetwork);
        PeerNetworks.WriteEightBit(model.Network, eightBitNetwork);
        var rows = new List<(string By, int Threads, double Peak, List<double> Times, Func<List<double>, long?> Run)>();
        foreach (int threads in (int[])[1, 2])
        {
            rows.Add(("8 bits", threads, products, [], times => Time(model, InferencePrecision.EightBit, threads, 150, times)));
            rows.Add(("floats", threads, floats, [], times => Time(model, InferencePrecision.FloatingPoint, threads, 12, times)));
            foreach (BenchPeer peer in arguments.Peers)
            {
                rows.Add(($"{peer.Name}, model.onnx", threads, 0, [], times => TimePeer(peer, threads, ModelPath(name), times)));
                rows.Add(($"{peer.Name}, network alone", threads, 0, [], times => TimePeer(peer, threads, floatNetwork, times)));
                rows.Add(($"{peer.Name}, network alone, 8 bits", threads, 0, [], times => TimePeer(peer, threads, eightBitNetwork, times)));
            }
        }

        var bytes = new long?[rows.Count];
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < rows.Count; i++)
                bytes[i] = rows[i].Run(rows[i].Times);
        }

        double multiplies = (double)Width * Height * model.Info.MultipliesPerSample;
        for (int i = 0; i < rows.Count; i++)
        {
            (string by, int threads, double most, List<double> times, _) = rows[i];
            times.Sort();
            double rate = multiplies / times[0] / 1e6;
            double? share = threads == 1 && most > 0 ? 100 * rate / most : null;
            table.Add(name, by, threads, times.Count, times[0], times[times.Count / 2], times[times.Count * 99 / 100], rate, share, bytes[i]);
            table.PrintLast(Console.Out);
        }
    }

    // The bytes are those of the last frame, on the caller's thread.
    private static long? Time(UpscalingModel model, InferencePrecision precision, int threads, int frames, List<double> times)
    {
        using var upscaler = new PlaneUpscaler(model, precision, threads);
        var luma = new byte[Width * Height];
        for (int i = 0; i < luma.Length; i++)
            luma[i] = (byte)(128 + (100 * Math.Sin((i % Width * 0.1) + (i / Width * 0.07))));
        int scale = model.Info.Scale;
        var target = new byte[luma.Length * scale * scale];
        int warmUp = precision == InferencePrecision.EightBit ? WarmUpFrames : WarmUpFrames / 8;
        long allocated = 0;
        for (int i = 0; i < frames + warmUp; i++)
        {
            // Tiered compilation finishes in the background.
            if (i == warmUp - 2)
                Thread.Sleep(200);
            upscaler.Reset();
            long before = GC.GetAllocatedBytesForCurrentThread();
            long started = Stopwatch.GetTimestamp();
            upscaler.Begin(Width, Height);
            upscaler.ProcessRows(luma, Width, target, Width * scale, 0, Height);
            double time = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (i >= warmUp)
                times.Add(time);
        }

        return allocated;
    }

    private static long? TimePeer(BenchPeer peer, int threads, string model, List<double> times)
    {
        string[] words = peer.Command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        byte[] output = ExternalCommand.Run(words[0], [.. words[1..], model, $"{Width}", $"{Height}", $"{threads}", "20"]);
        foreach (string time in System.Text.Encoding.ASCII.GetString(output).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            times.Add(double.Parse(time, CultureInfo.InvariantCulture));
        return null;
    }

    private static double Memory(UpscalingModel model, int width, int height)
    {
        var pool = new VideoFramePool();
        using VideoFrame source = pool.Rent(width, height)!;
        using VideoFrame target = pool.Rent(width * model.Info.Scale, height * model.Info.Scale)!;
        model.GetWeights(InferencePrecision.EightBit);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        using var upscaler = new NeuralUpscaler(model);
        var job = new SuperResolutionJob { Source = source, Target = target };
        upscaler.Process(ref job);
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / 1e6;
    }
}
