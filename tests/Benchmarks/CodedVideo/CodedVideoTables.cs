namespace RtcEnhance.Benchmarks.CodedVideo;

/// <summary>The tables of `rtc bench coded`. Thread-safe.</summary>
internal static class CodedVideoTables
{
    /// <summary>One figure of every upscaler, a row for each stream.</summary>
    /// <param name="title">What the figure is.</param>
    /// <param name="scores">All scores.</param>
    /// <param name="figure">The figure of a score, which is given with the bicubic filter's on the same stream.</param>
    public static BenchTable ByStream(string title, IReadOnlyList<StreamScore> scores, Func<StreamScore, StreamScore, double?> figure)
    {
        string[] methods = [.. scores.Select(score => score.Method).Distinct()];
        var table = new BenchTable(title, ["clip", "codec", "rate", "kb/s", .. methods]);
        foreach (var stream in scores.GroupBy(score => score.Stream))
        {
            StreamScore bicubic = stream.Single(score => score.Method == ClipUpscalers.Bicubic);
            table.Add([
                stream.Key.Clip, stream.Key.Codec, CodedVideoVerdicts.Text(stream.Key.Rate), stream.Key.Rate == CallRate.Clean ? null : stream.Key.Kbits,
                .. stream.Select(score => (object?)figure(score, bicubic))]);
        }

        return table;
    }

    /// <summary>Means over the clips, by codec and rate, and over everything coded.</summary>
    public static BenchTable Summary(IReadOnlyList<StreamScore> scores)
    {
        var table = new BenchTable(
            "means over the clips", "codec", "rate", "method", "PSNR dB", "over bicubic", "over easu", $"over {CodedVideoVerdicts.Fsrcnnx}",
            "SSIM", "SSIM over bicubic", "least of a clip", "flicker/bicubic", "most of a clip", "VMAF", "VMAF-NEG");
        foreach (var group in scores.GroupBy(score => (score.Stream.Codec, score.Stream.Rate)))
            AddMeans(table, group.Key.Codec, CodedVideoVerdicts.Text(group.Key.Rate), [.. group]);
        AddMeans(table, "coded", "all", [.. scores.Where(score => score.Stream.Rate != CallRate.Clean)]);
        return table;
    }

    /// <summary>The marks, and which of them the project claims.</summary>
    public static BenchTable Marks(IEnumerable<CodedVideoVerdict> verdicts, Func<CodedVideoVerdict, bool> isClaimed)
    {
        var table = new BenchTable("marks", "method", "mark", "where", "asked", "found", "met", "claimed");
        foreach (CodedVideoVerdict verdict in verdicts)
            table.Add(verdict.Method, Text(verdict.Mark), verdict.Where, verdict.Asked, verdict.Found, verdict.IsMet ? "yes" : "NO", isClaimed(verdict) ? "yes" : "");
        return table;
    }

    private static void AddMeans(BenchTable table, string codec, string rate, StreamScore[] scores)
    {
        ILookup<string, StreamScore> methods = scores.ToLookup(score => score.Method);
        StreamScore[] bicubic = [.. methods[ClipUpscalers.Bicubic]];
        foreach (var method in methods)
        {
            // Both are in the order of the streams.
            StreamScore[] ours = [.. method];
            double[] ssim = [.. ours.Zip(bicubic, (a, b) => a.Ssim - b.Ssim)];
            double[] flicker = [.. ours.Zip(bicubic, (a, b) => a.Flicker / b.Flicker)];
            double psnr = ours.Average(score => score.PsnrDb);
            double? Over(string other) => psnr - methods[other].Average(score => (double?)score.PsnrDb);
            table.Add(
                codec, rate, method.Key, psnr, Over(ClipUpscalers.Bicubic), Over(ClipUpscalers.Easu), Over(CodedVideoVerdicts.Fsrcnnx),
                ours.Average(score => score.Ssim), ssim.Average(), ssim.Min(), flicker.Average(), flicker.Max(),
                ours.Average(score => score.Vmaf), ours.Average(score => score.VmafNeg));
        }
    }

    private static string Text(CodedVideoMark mark) => mark switch
    {
        CodedVideoMark.AheadOfFsrcnnx => $"dB over {CodedVideoVerdicts.Fsrcnnx}, at least",
        CodedVideoMark.AheadOfEasu => "dB over easu, at least",
        CodedVideoMark.SsimOfBicubic => "SSIM over bicubic, worst stream, at least",
        _ => "flicker/bicubic, worst stream, at most",
    };
}
