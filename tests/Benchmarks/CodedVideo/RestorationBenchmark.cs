using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.CodedVideo;

/// <summary>
/// `rtc bench coded --scale 1`: what the restoration network gains over the decoded pictures themselves, in streams of the
/// display's size. Thread-safe.
/// </summary>
internal static class RestorationBenchmark
{
    private const string Decoded = "decoded";

    /// <summary>Measures the library's network and those of the command line.</summary>
    public static BenchReport Run(BenchArguments arguments, string data, string scratch)
    {
        var benchmark = new CodedVideoBenchmark(
            [
                // At scale 1 a filter is a copy.
                new StageClipUpscaler(Decoded, new BicubicUpscaler(), 1),
                new StageClipUpscaler(UpscaleMethods.Restore, UpscaleMethods.Create(UpscaleMethods.Restore), 1),
                .. arguments.Models.SelectMany(model => ClipUpscalers.Create(model, 1)),
            ],
            scratch,
            arguments.VmafCommand,
            scale: 1);
        var scores = new List<StreamScore>();
        foreach (TestClip clip in TestClip.TestSet)
        {
            Console.Error.WriteLine($"{clip.Name} ...");
            scores.AddRange(benchmark.Measure(Path.Combine(data, "video", "test", "video"), clip, arguments.Every));
        }

        var report = new BenchReport { IsKept = false };
        report.Tables.Add(ByStream(scores));
        report.Tables.Add(Summary(scores));
        report.Notes.Add("The original is coded at its own size and twice the rates of half the size, decoded, restored. Of at most 120 pictures, pairs of consecutive ones in the second half are scored; clips count alike.");
        if (arguments.VmafCommand is null)
            report.Notes.Add("no --vmaf COMMAND: VMAF was not measured.");
        return report;
    }

    private static BenchTable ByStream(List<StreamScore> scores)
    {
        string[] methods = [.. scores.Select(score => score.Method).Distinct().Where(method => method != Decoded)];
        var table = new BenchTable("luma PSNR of the decoded pictures, and what is gained, dB", ["clip", "codec", "rate", "kb/s", Decoded, .. methods]);
        foreach (var stream in scores.Where(score => score.Stream.Rate != CallRate.Clean).GroupBy(score => score.Stream))
        {
            StreamScore decoded = stream.Single(score => score.Method == Decoded);
            table.Add([
                stream.Key.Clip, stream.Key.Codec, CodedVideoVerdicts.Text(stream.Key.Rate), stream.Key.Kbits, decoded.PsnrDb,
                .. stream.Where(score => score != decoded).Select(score => (object?)(score.PsnrDb - decoded.PsnrDb))]);
        }

        return table;
    }

    private static BenchTable Summary(List<StreamScore> scores)
    {
        var table = new BenchTable(
            "means over the clips", "codec", "rate", "method", "PSNR dB", "gained", "least of a clip",
            "SSIM gained", "least of a clip ", "flicker/decoded", "most of a clip", "VMAF", "VMAF-NEG");
        foreach (var group in scores.GroupBy(score => (score.Stream.Codec, score.Stream.Rate)))
            AddMeans(table, group.Key.Codec, CodedVideoVerdicts.Text(group.Key.Rate), [.. group]);
        AddMeans(table, "coded", "all", [.. scores.Where(score => score.Stream.Rate != CallRate.Clean)]);
        return table;
    }

    private static void AddMeans(BenchTable table, string codec, string rate, StreamScore[] scores)
    {
        StreamScore[] decoded = [.. scores.Where(score => score.Method == Decoded)];
        foreach (var method in scores.GroupBy(score => score.Method))
        {
            // Both are in the order of the streams. Pictures that were not coded are the original itself: no gain, no flicker.
            (StreamScore Ours, StreamScore Decoded)[] pairs = [.. method.Zip(decoded).Where(pair => pair.Second.Flicker > 0)];
            double?[] gains = [.. pairs.Select(pair => (double?)(pair.Ours.PsnrDb - pair.Decoded.PsnrDb))];
            double?[] ssim = [.. pairs.Select(pair => (double?)(pair.Ours.Ssim - pair.Decoded.Ssim))];
            double?[] flicker = [.. pairs.Select(pair => (double?)(pair.Ours.Flicker / pair.Decoded.Flicker))];
            double psnr = method.Average(score => score.PsnrDb);
            table.Add(
                codec, rate, method.Key, double.IsFinite(psnr) ? psnr : null, gains.Average(), gains.Min(), ssim.Average(), ssim.Min(),
                flicker.Average(), flicker.Max(), method.Average(score => score.Vmaf), method.Average(score => score.VmafNeg));
        }
    }
}
