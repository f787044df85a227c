namespace RtcEnhance.Loopback.Report.Html;

/// <summary>How long the sound waited for late packets, what it was made from, and whether lips met voice. Thread-safe.</summary>
internal static class PlayoutSection
{
    public static void Render(HtmlBuilder page, DemoReport report)
    {
        var audio = report.Audio;
        var policy = audio.FixedDelayMs is { } fixedMs
            ? $"The playout delay was fixed at {Units.ShortMilliseconds(fixedMs)}."
            : "How long the sound waits for late packets follows the network: too short a delay is paid in concealment, too long a one in conversation.";
        page.Add($"""
            <section id="playout">
            <h2>How it was played</h2>
            <p class="intro">{policy}</p>
            """);
        if (report.Media is { Playout.Count: > 0 } media)
            PlayoutChart.Render(page, media.Playout);
        page.Add($"""<div class="pair">""");
        Origins(page, audio);
        Sync(page, report);
        page.Add($"""
            </div>
            </section>
            """);
    }

    private static void Origins(HtmlBuilder page, AudioFigures audio)
    {
        page.Add($"""
            <div>
            <h3>What the sound was made from</h3>
            <table>
            <thead><tr><th scope="col">Origin</th><th scope="col" class="number">Time</th><th scope="col" class="number">Share</th></tr></thead>
            <tbody>
            """);
        Origin("Received", audio.ReceivedSamples);
        Origin("Concealed", audio.ConcealedSamples);
        Origin("Stretched", audio.StretchedSamples);
        Origin("Comfort noise", audio.ComfortNoiseSamples);
        Origin("Silence before the first packet", audio.SilenceSamples);
        page.Add($"""
            </tbody>
            </table>
            <p class="note">Every sample has one origin.</p>
            </div>
            """);

        void Origin(string name, long samples)
            => page.Add($"""<tr><th scope="row">{name}</th><td class="number">{Units.Seconds((double)samples / audio.SampleRate)}</td><td class="number">{Units.Percent(100.0 * samples / Math.Max(1, audio.TotalSamplesReceived))}</td></tr>""");
    }

    private static void Sync(HtmlBuilder page, DemoReport report)
    {
        var (audio, sync) = (report.Audio, report.Sync);
        page.Add($"""
            <div>
            <h3>Pace, holes, lips</h3>
            <table>
            <thead><tr><th scope="col">Event</th><th scope="col" class="number">Value</th></tr></thead>
            <tbody>
            """);
        Row("Slowed down", Stretch(audio.DecelerationCount, audio.InsertedSamplesForDeceleration));
        Row("Sped up", Stretch(audio.AccelerationCount, audio.RemovedSamplesForAcceleration));
        Row("Interruptions of 150 ms or more", audio.InterruptionCount == 0 ? "none" : $"{Units.Count(audio.InterruptionCount)}, {Units.Seconds(audio.TotalInterruptionDuration)}");
        Row("Picture after its sound, median", Units.ShortMilliseconds(Math.Round(sync.MedianOffsetMs, 1)));
        Row("Apart at most, 95 % of the frames", Units.Milliseconds(sync.P95OffsetMs));
        Row($"Frames within {Units.ShortMilliseconds(SyncFigures.LimitMs)}", Units.Percent(sync.WithinLimitPercent));
        page.Add($"""
            </tbody>
            </table>
            <p class="note">Sound and picture by the recordings, over the frames shown after the first second; a minus sign says that the picture came first.</p>
            </div>
            """);

        string Stretch(long count, long samples)
            => count == 0 ? "never" : $"{Units.Plural(count, "time", "times")}, {Units.Milliseconds(1000.0 * samples / audio.SampleRate)}";

        void Row(string name, string value)
            => page.Add($"""<tr><th scope="row">{name}</th><td class="number">{value}</td></tr>""");
    }
}
