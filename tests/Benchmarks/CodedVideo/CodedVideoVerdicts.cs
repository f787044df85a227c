namespace RtcEnhance.Benchmarks.CodedVideo;

/// <summary>Measures upscalers against the marks for coded video. Thread-safe.</summary>
public static class CodedVideoVerdicts
{
    /// <summary>The peer that the marks name; it is measured where it is among the peers.</summary>
    public const string Fsrcnnx = "fsrcnnx16";

    private const double DecibelsOverEasu = 0.2;
    private const double MostFlicker = 1.03;

    /// <summary>The marks of one upscaler, which are for coded streams alone.</summary>
    /// <param name="scores">The scores of all upscalers on all streams.</param>
    /// <param name="method">Which upscaler.</param>
    /// <returns>The verdicts; a mark against a peer that was not measured has none.</returns>
    public static IReadOnlyList<CodedVideoVerdict> Of(IReadOnlyList<StreamScore> scores, string method)
    {
        ArgumentNullException.ThrowIfNull(scores);
        var verdicts = new List<CodedVideoVerdict>();
        StreamScore[] coded = [.. scores.Where(score => score.Stream.Rate != CallRate.Clean)];
        foreach (var group in coded.GroupBy(score => (score.Stream.Codec, score.Stream.Rate)))
        {
            string where = $"{group.Key.Codec} {Text(group.Key.Rate)}";
            double psnr = Mean(group, method)!.Value;
            if (Mean(group, Fsrcnnx) is { } fsrcnnx)
                verdicts.Add(new(method, CodedVideoMark.AheadOfFsrcnnx, where, OverFsrcnnx(group.Key.Rate), psnr - fsrcnnx));
            verdicts.Add(new(method, CodedVideoMark.AheadOfEasu, where, DecibelsOverEasu, psnr - Mean(group, ClipUpscalers.Easu)!.Value));
        }

        (StreamScore Ours, StreamScore Bicubic)[] pairs = [.. coded.Where(score => score.Method == method)
            .Select(score => (score, coded.Single(other => other.Stream == score.Stream && other.Method == ClipUpscalers.Bicubic)))];
        (StreamScore ours, StreamScore bicubic) = pairs.MinBy(pair => pair.Ours.Ssim - pair.Bicubic.Ssim);
        verdicts.Add(new(method, CodedVideoMark.SsimOfBicubic, Text(ours.Stream), 0, ours.Ssim - bicubic.Ssim));
        (ours, bicubic) = pairs.MaxBy(pair => pair.Ours.Flicker / pair.Bicubic.Flicker);
        verdicts.Add(new(method, CodedVideoMark.FlickerOfBicubic, Text(ours.Stream), MostFlicker, ours.Flicker / bicubic.Flicker));
        return verdicts;
    }

    /// <summary>A rate's name in the tables.</summary>
    /// <param name="rate">The rate.</param>
    /// <returns>The name.</returns>
    public static string Text(CallRate rate) => rate.ToString().ToLowerInvariant();

    private static string Text(StreamInfo stream) => $"{stream.Clip} {stream.Codec} {Text(stream.Rate)}";

    private static double OverFsrcnnx(CallRate rate) => rate switch
    {
        CallRate.Low => 0.15,
        CallRate.Middle => 0.1,
        _ => 0,
    };

    private static double? Mean(IEnumerable<StreamScore> scores, string method)
        => scores.Where(score => score.Method == method).Average(score => (double?)score.PsnrDb);
}
