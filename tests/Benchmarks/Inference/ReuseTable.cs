using System.Diagnostics;
using RtcEnhance.FFmpegCli;
using RtcEnhance.Inference;
using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.Inference;

/// <summary>
/// What reuse saves on decoded clips: the networks for coded video in 8 bits on one core, with chroma. A part of the
/// pictures is also made as if it were the first, and the results are compared to the byte. Each picture's time is the
/// least of some passes over the clip.
/// </summary>
internal static class ReuseTable
{
    private const int Passes = 2;
    private const int DenseEvery = 4;
    private static readonly (int Kbps, bool IsDenoised)[] Streams = [(200, true), (400, true), (400, false)];
    private static readonly string[] Models = ["sr-x2-quality-coded", "sr-x2-fast-coded"];

    public static BenchReport Run(BenchArguments arguments)
    {
        var report = new BenchReport { IsKept = false };
        Add(arguments, report);
        return report;
    }

    public static void Add(BenchArguments arguments, BenchReport report)
    {
        if (arguments.DataDirectory is not { } data)
        {
            report.Notes.Add("no --data: reuse was not measured; it takes the clips of DIR/video/test/video.");
            return;
        }

        var table = new BenchTable(
            "reuse on clips decoded from VP8, luma and chroma, 8 bits, one thread, ms a picture",
            "clip", "size", "kb/s", "noise", "pictures", "network", "changed %", "computed %", "dense mean", "mean", "p50", "p95", "still", "equal");
        report.Tables.Add(table);
        FFmpegExecutable ffmpeg = FFmpegExecutable.Find();
        string[] paths = [.. Directory.EnumerateFiles(Path.Combine(data, "video", "test", "video")).Order(StringComparer.Ordinal).Where((_, i) => i % arguments.Every == 0)];
        var all = Models.ToDictionary(model => model, _ => (Dense: 0.0, DenseCount: 0, Sum: 0.0, Count: 0));
        foreach (string path in paths)
        {
            foreach ((int kbps, bool isDenoised) in Streams)
            {
                using CodedClip clip = CodedClip.Make(ffmpeg, path, kbps, isDenoised);
                foreach (string model in Models)
                {
                    (double dense, int denseCount, double sum) = Measure(InferenceBenchmark.Load(InferenceBenchmark.ModelPath(model)), clip, isDenoised ? "reduced" : "kept", table, report);
                    table.PrintLast(Console.Out);
                    if (clip.Width != CodedClip.CallWidth || !isDenoised)
                        continue;
                    var so = all[model];
                    all[model] = (so.Dense + dense, so.DenseCount + denseCount, so.Sum + sum, so.Count + clip.Frames.Count);
                }
            }
        }

        foreach ((string model, var so) in all)
            table.Add("all of this size", $"{CodedClip.CallWidth}x{CodedClip.CallHeight}", null, "reduced", so.Count, model, null, null, so.Dense / so.DenseCount, so.Sum / so.Count, null, null, null, null);
        report.Notes.Add($"clips: the middle at 480x360, or half size where the original is smaller; libvpx as in a call. noise: whether the sender reduces the camera's, as libwebrtc does unless told otherwise. changed: luma samples that are not those of the picture before; computed: output samples that were made again. still: a picture that is that of before. dense: every {DenseEvery}th picture, knowing nothing of the one before.");
    }

    private static (double Dense, int DenseCount, double Sum) Measure(UpscalingModel model, CodedClip clip, string noise, BenchTable table, BenchReport report)
    {
        int scale = model.Info.Scale;
        var pool = new VideoFramePool();
        using VideoFrame dense = pool.Rent(clip.Width * scale, clip.Height * scale)!;
        using VideoFrame reused = pool.Rent(clip.Width * scale, clip.Height * scale)!;
        using var anew = new NeuralUpscaler(model);
        WarmUp(anew, clip.Frames[0], dense);
        var denseTimes = new double[(clip.Frames.Count + DenseEvery - 1) / DenseEvery];
        var times = new double[clip.Frames.Count];
        Array.Fill(denseTimes, double.MaxValue);
        Array.Fill(times, double.MaxValue);
        bool isEqual = true;
        double still = double.MaxValue;
        double share = 0;
        for (int pass = 0; pass < Passes; pass++)
        {
            using var upscaler = new NeuralUpscaler(model);
            for (int i = 0; i < clip.Frames.Count; i++)
            {
                Time(ref times[i], upscaler, clip.Frames[i], reused);
                if (pass == Passes - 1 && i == clip.Frames.Count - 1)
                    Time(ref still, upscaler, clip.Frames[i], reused);
                if (i % DenseEvery != 0)
                    continue;
                anew.Reset();
                Time(ref denseTimes[i / DenseEvery], anew, clip.Frames[i], dense);
                isEqual &= SameLuma(dense, reused);
            }

            share = 100.0 * upscaler.SamplesComputed / (upscaler.SamplesReused + upscaler.SamplesComputed);
        }

        report.Failed |= !isEqual;
        double[] sorted = [.. times.Order()];
        table.Add(
            clip.Name, $"{clip.Width}x{clip.Height}", clip.Kbps, noise, clip.Frames.Count, model.Info.Id, ChangedPercent(clip), share,
            denseTimes.Average(), times.Average(), sorted[sorted.Length / 2], sorted[sorted.Length * 95 / 100], still, isEqual ? "yes" : "NO");
        return (denseTimes.Sum(), denseTimes.Length, times.Sum());
    }

    // Of the luma samples of all pictures but the first.
    private static double ChangedPercent(CodedClip clip)
    {
        long changed = 0;
        for (int i = 1; i < clip.Frames.Count; i++)
        {
            for (int y = 0; y < clip.Height; y++)
            {
                ReadOnlySpan<byte> before = clip.Frames[i - 1].Y.Row(y);
                ReadOnlySpan<byte> after = clip.Frames[i].Y.Row(y);
                for (int x = 0; x < after.Length; x++)
                    changed += before[x] != after[x] ? 1 : 0;
            }
        }

        return 100.0 * changed / ((clip.Frames.Count - 1L) * clip.Width * clip.Height);
    }

    // The runtime's optimised code is there afterwards.
    private static void WarmUp(NeuralUpscaler upscaler, VideoFrame source, VideoFrame target)
    {
        double time = double.MaxValue;
        for (int i = 0; i < 8; i++)
        {
            if (i == 6)
                Thread.Sleep(100);
            upscaler.Reset();
            Time(ref time, upscaler, source, target);
        }
    }

    private static void Time(ref double time, NeuralUpscaler upscaler, VideoFrame source, VideoFrame target)
    {
        var job = new SuperResolutionJob { Source = source, Target = target };
        long started = Stopwatch.GetTimestamp();
        upscaler.Process(ref job);
        time = Math.Min(time, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
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
}
