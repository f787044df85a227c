using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics.X86;
using RtcEnhance.Inference;

namespace RtcEnhance.Benchmarks.Candidates;

/// <summary>
/// Time of the candidates of the search for networks (models/training/sr/search.py), whose folders lie in --data: luma
/// from 480x360 to 960x720 on one core, each picture as if it were the first. Those that the engine reads are run by
/// the engine; other kinds of layer have kernels here, which serve the engine's rows. Everything is repeated in rounds,
/// so that a busy moment hits all alike, and the minimum counts. A folder's picture must give its bytes.
/// </summary>
internal static class CandidateBenchmark
{
    private const int Width = 480;
    private const int Height = 360;
    private const int Rounds = 4;
    private const int FramesPerRound = 15;

    private delegate void Upscale(byte[] source, int width, int height, byte[] target);

    public static BenchReport Run(BenchArguments arguments)
    {
        string folder = arguments.DataDirectory ?? throw new ArgumentException("bench candidates needs --data, the folder that search.py filled.");
        var report = new BenchReport { IsKept = false };
        var runs = new List<(string Name, string Bits, string By, Upscale Upscale, string Equal, List<double> Times)>();
        foreach (string path in Directory.EnumerateFiles(folder, "model.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(Path.GetDirectoryName(path))!;
            foreach ((string bits, string by, Upscale upscale) in Forms(path))
            {
                string equal = bits == "8" ? Check(upscale, Path.GetDirectoryName(path)!) : "-";
                report.Failed |= equal == "NO";
                runs.Add((name, bits, by, upscale, equal, []));
            }
        }

        for (int round = 0; round < Rounds; round++)
        {
            foreach (var run in runs)
                Time(run.Upscale, run.Times, isFirst: round == 0);
        }

        var table = new BenchTable(
            $"luma of a frame, {Width}x{Height} doubled, one thread, minimum of {Rounds * FramesPerRound} frames", "candidate", "bits", "kernels of", "min ms", "p50 ms", "as trained");
        foreach (var run in runs)
        {
            run.Times.Sort();
            table.Add(run.Name, run.Bits, run.By, run.Times[0], run.Times[run.Times.Count / 2], run.Equal);
        }

        report.Tables.Add(table);
        if (arguments.OutputPath is { } output)
            File.WriteAllLines(output, ["candidate\tbits\tms", .. runs.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Name}\t{r.Bits}\t{r.Times[0]:0.000}"))]);
        return report;
    }

    private static IEnumerable<(string Bits, string By, Upscale Upscale)> Forms(string path)
    {
        byte[] onnx = File.ReadAllBytes(path);
        UpscalingModel model;
        try
        {
            model = UpscalingModel.Load(onnx, path);
        }
        catch (ModelFormatException)
        {
            return Avx512BW.IsSupported ? [("8", "benchmark", Other(CandidateModel.Read(onnx, path)))] : [];
        }

        return [("8", "engine", Engine(model, InferencePrecision.EightBit)), ("32", "engine", Engine(model, InferencePrecision.FloatingPoint))];
    }

    private static Upscale Engine(UpscalingModel model, InferencePrecision precision)
    {
        var upscaler = new PlaneUpscaler(model, precision, 1);
        return (source, width, height, target) =>
        {
            upscaler.Reset();
            upscaler.Begin(width, height);
            upscaler.ProcessRows(source, width, target, 2 * width, 0, height);
        };
    }

    private static Upscale Other(CandidateModel model)
    {
        if (model.IsFolded)
            return Folded(new FoldedUpscaler(model));
        var strip = new Strip(model.Network, new CandidateChain(model), PlaneUpscaler.MostKeptBytes);
        return (source, width, height, target) =>
        {
            strip.Reset();
            strip.Begin(width, height, 0, width);
            strip.ProcessRows(source, width, target, 2 * width, 0, height);
        };
    }

    private static Upscale Folded(FoldedUpscaler upscaler)
        => (source, width, height, target) => upscaler.Process(source, width, height, target);

    private static string Check(Upscale upscale, string folder)
    {
        byte[] wanted = File.ReadAllBytes(Path.Combine(folder, "upscaled-124x96.u8"));
        var made = new byte[wanted.Length];
        upscale(File.ReadAllBytes(Path.Combine(folder, "luma-62x48.u8")), 62, 48, made);
        int most = wanted.Zip(made, (a, b) => Math.Abs(a - b)).Max();
        return most == 0 ? "yes" : $"{wanted.Zip(made).Count(pair => pair.First != pair.Second)} bytes by {most}";
    }

    private static void Time(Upscale upscale, List<double> times, bool isFirst)
    {
        var luma = new byte[Width * Height];
        for (int i = 0; i < luma.Length; i++)
            luma[i] = (byte)(128 + (100 * Math.Sin((i % Width * 0.1) + (i / Width * 0.07))));
        var target = new byte[4 * luma.Length];

        // The runtime's optimised code is there after some frames and a moment.
        for (int i = 0; isFirst && i < 20; i++)
        {
            if (i == 10)
                Thread.Sleep(200);
            upscale(luma, Width, Height, target);
        }

        for (int i = 0; i < FramesPerRound + 2; i++)
        {
            long started = Stopwatch.GetTimestamp();
            upscale(luma, Width, Height, target);
            double time = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            if (i >= 2)
                times.Add(time);
        }
    }
}
