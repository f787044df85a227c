namespace RtcEnhance.Loopback.Report.Html;

/// <summary>What happened: one sentence, one paragraph and the key figures. Thread-safe.</summary>
internal static class Headline
{
    public static string Title(DemoReport report)
    {
        var loss = Units.Percent(report.Network.Count > 0 ? report.Network[0].LossPercent : 0);
        return $"{loss} of the audio packets never arrived; {Change(report.Audio)}";
    }

    public static void Render(HtmlBuilder page, DemoReport report)
    {
        var (audio, video) = (report.Audio, report.Video);
        page.Add($"""
            <header>
            <p class="brand">RtcEnhance<span>demo report</span></p>
            <h1>{Title(report)}.</h1>
            <p class="lede">{Story(report)}</p>
            <dl class="keys">
            """);
        Key(page, "Concealed", Units.Milliseconds(ConcealedMs(audio)), $"{Units.Percent(ConcealedPercent(audio))} of playback");
        Key(page, "Intelligibility (STOI)", Arrow(Units.Score(audio.ZeroFill.Stoi), Units.Score(audio.Enhanced.Stoi)), "without, with concealment");
        Key(page, "Picture (PSNR)", Arrow(Plain(Units.Decibels(video.Baseline.PsnrDb)), Units.Decibels(video.Enhanced.PsnrDb)), $"{video.Baseline.Method}, {video.Enhanced.Method}");
        Key(page, "Lips and voice", $"{Units.Percent(report.Sync.WithinLimitPercent)}", $"of frames within {Units.ShortMilliseconds(SyncFigures.LimitMs)}");
        Key(page, "Sound delay", Units.Milliseconds(audio.Delay.P50Ms), "median, sent to played");
        if (report.Cpu.Count > 0)
            Key(page, "Processor", Units.Percent(Highest(report).TotalPercent), $"one core, {Highest(report).FramesPerSecond} frames/s");
        page.Add($"""
            </dl>
            </header>
            """);
    }

    private static string Story(DemoReport report)
    {
        var (audio, video) = (report.Audio, report.Video);
        var difference = video.Enhanced.PsnrDb - video.Baseline.PsnrDb;
        var picture = !double.IsFinite(difference) ? "scored the same as plain bicubic"
            : $"scored {Units.Decibels(Math.Abs(difference))} {(difference < 0 ? "below" : "above")} {video.Baseline.Method}";
        var story = $"RtcEnhance concealed {Units.Milliseconds(ConcealedMs(audio))} of sound in "
            + $"{Units.Plural(audio.ConcealmentEvents, "gap", "gaps")}. The picture, {video.DecodedWidth} × {video.DecodedHeight} "
            + $"enlarged to {video.FrameWidth} × {video.FrameHeight}, {picture} and "
            + (video.FreezeCount == 0 ? "never froze. " : $"froze {(video.FreezeCount == 1 ? "once" : Units.Plural(video.FreezeCount, "time", "times"))} for {Units.Seconds(video.TotalFreezesDuration)} in all. ")
            + $"Sound was played {Units.Milliseconds(audio.Delay.P50Ms)} after it was sent.";
        return report.Cpu.Count == 0
            ? story
            : story + $" Receiving took {Units.Percent(Highest(report).TotalPercent)} of one processor core at {Highest(report).FramesPerSecond} frames a second.";
    }

    private static string Change(AudioFigures audio)
    {
        var (before, after) = (Units.Score(audio.ZeroFill.Stoi), Units.Score(audio.Enhanced.Stoi));
        if (before == after)
            return $"intelligibility stayed at {after}";
        return audio.Enhanced.Stoi < audio.ZeroFill.Stoi
            ? $"intelligibility fell from {before} to {after}"
            : $"RtcEnhance raised intelligibility from {before} to {after}";
    }

    private static CpuShare Highest(DemoReport report) => report.Cpu.MaxBy(share => share.FramesPerSecond)!;

    private static double ConcealedMs(AudioFigures audio) => 1000.0 * audio.ConcealedSamples / audio.SampleRate;

    private static double ConcealedPercent(AudioFigures audio)
        => audio.TotalSamplesReceived == 0 ? 0 : 100.0 * audio.ConcealedSamples / audio.TotalSamplesReceived;

    private static string Plain(string withUnit) => withUnit.Split('\u00A0')[0];

    private static Markup Arrow(string before, string after)
        => Markup.Of($"""<span class="was">{before}</span><span class="arrow" role="img" aria-label="to"></span>{after}""");

    private static void Key(HtmlBuilder page, string name, string value, string note)
        => Key(page, name, Markup.Of($"{value}"), note);

    private static void Key(HtmlBuilder page, string name, Markup value, string note)
        => page.Add($"<div><dt>{name}</dt><dd>{value}<small>{note}</small></dd></div>");
}
