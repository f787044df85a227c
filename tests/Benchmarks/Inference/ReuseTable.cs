using System.Diagnostics;
using RtcEnhance.FFmpegCli;
using RtcEnhance.Inference;
using RtcEnhance.Tests;
using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.Inference;

/// <summary>
/// What reuse saves on decoded clips: each released network in 8 bits on one core, with reuse and as if every picture
/// were the first, the results compared to the byte. Each picture's time is the least of some passes over the clip.
/// </summary>
internal static class ReuseTable
{
    private const int Passes = 2;
    private static readonly int[] Rates = [200, 400];

    public static void Add(BenchArguments arguments, BenchReport report)
    {
        if (arguments.DataDirectory is not { } data)
        {
            report.Notes.Add("no --data: reuse was not measured; it takes the clips of DIR/video/test/video.");
            return;
        }

        var table = new BenchTable(
            "reuse on clips decoded from VP8, 8 bits, one thread, ms a picture",
            "clip", "size", "kb/s", "pictures", "network", "reused %", "dense mean", "mean", "p50", "p95", "with chroma", "equal");
        var memory = new BenchTable("memory of one upscaler, all that it allocates", "network", "size", "MB");
        FFmpegExecutable ffmpeg = FFmpegExecutable.Find();
        string[] paths = [.. Directory.EnumerateFiles(Path.Combine(data, "video", "test", "video")).Order(StringComparer.Ordinal).Where((_, i) => i % arguments.Every == 0)];
        string[] models = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "models"), "model.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        foreach (string path in paths)
        {
            foreach (int kbps in Rates)
            {
                using CodedClip clip = CodedClip.Make(ffmpeg, path, kbps);
                foreach (string model in models)
                    Measure(UpscalingModel.Load(File.ReadAllBytes(model), model), clip, table, report);
            }
        }

        foreach (string path in models)
        {
            UpscalingModel model = UpscalingModel.Load(File.ReadAllBytes(path), path);
            foreach ((int width, int height) in ((int, int)[])[(480, 360), (640, 360), (1280, 720)])
                memory.Add(model.Info.Id, $"{width}x{height}", Memory(model, width, height));
        }

        report.Tables.Add(table);
        report.Tables.Add(memory);
        report.Notes.Add("clips: the middle at 480x360, or half size where the original is smaller; libvpx as in a call. dense: no picture knows of the one before.");
    }

    private static void Measure(UpscalingModel model, CodedClip clip, BenchTable table, BenchReport report)
    {
        int scale = model.Info.Scale;
        var pool = new VideoFramePool();
        using VideoFrame dense = pool.Rent(clip.Width * scale, clip.Height * scale)!;
        using VideoFrame reused = pool.Rent(clip.Width * scale, clip.Height * scale)!;
        double[] denseTimes = Times(clip);
        double[] lumaTimes = Times(clip);
        double[] wholeTimes = Times(clip);
        bool isEqual = true;
        double share = 0;
        for (int pass = 0; pass < Passes; pass++)
        {
            using var anew = new PlaneUpscaler(model, InferencePrecision.EightBit, 1);
            using var luma = new PlaneUpscaler(model, InferencePrecision.EightBit, 1);
            using var whole = new NeuralUpscaler(model);
            WarmUp(luma, clip.Frames[0], reused);
            for (int i = 0; i < clip.Frames.Count; i++)
            {
                anew.Reset();
                Time(denseTimes, i, clip.Frames[i], dense, anew);
                Time(lumaTimes, i, clip.Frames[i], reused, luma);
                isEqual &= SameLuma(dense, reused);
                long started = Stopwatch.GetTimestamp();
                var job = new SuperResolutionJob { Source = clip.Frames[i], Target = reused };
                whole.Process(ref job);
                wholeTimes[i] = Math.Min(wholeTimes[i], Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                isEqual &= SameLuma(dense, reused);
            }

            share = 100.0 * whole.SamplesReused / (whole.SamplesReused + whole.SamplesComputed);
        }

        report.Failed |= !isEqual;
        double[] sorted = [.. lumaTimes.Order()];
        table.Add(
            clip.Name, $"{clip.Width}x{clip.Height}", clip.Kbps, clip.Frames.Count, model.Info.Id, share,
            denseTimes.Average(), lumaTimes.Average(), sorted[sorted.Length / 2], sorted[sorted.Length * 95 / 100], wholeTimes.Average(), isEqual ? "yes" : "NO");
    }

    private static double[] Times(CodedClip clip)
    {
        var times = new double[clip.Frames.Count];
        Array.Fill(times, double.MaxValue);
        return times;
    }

    // The runtime's optimised code is there afterwards.
    private static void WarmUp(PlaneUpscaler upscaler, VideoFrame source, VideoFrame target)
    {
        double[] times = [double.MaxValue];
        for (int i = 0; i < 20; i++)
        {
            if (i == 15)
                Thread.Sleep(200);
            upscaler.Reset();
            Time(times, 0, source, target, upscaler);
        }

        upscaler.Reset();
    }

    private static void Time(double[] times, int i, VideoFrame source, VideoFrame target, PlaneUpscaler upscaler)
    {
        long started = Stopwatch.GetTimestamp();
        upscaler.Begin(source.Width, source.Height);
        upscaler.ProcessRows(source.Y.Data, source.Y.Stride, target.Y.Data, target.Y.Stride, 0, source.Height);
        times[i] = Math.Min(times[i], Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    private static bool SameLuma(VideoFrame a, VideoFrame b)
    {
        for (int y = 0; y < a.Height; y++)
        {
            if (!a.Y.Row(y).SequenceEqual(b.Y.Row(y)))
                return false;
        }

        return true;
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
