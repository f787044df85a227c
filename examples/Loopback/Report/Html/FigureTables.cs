namespace RtcEnhance.Loopback.Report.Html;

/// <summary>All counters of network, audio and video, under the names they have in the JSON. Thread-safe.</summary>
internal static class FigureTables
{
    public static void Render(HtmlBuilder page, DemoReport report)
    {
        page.Add($"""
            <section id="figures">
            <h2>All figures</h2>
            <p class="intro">Names are those of <code>report.json</code>; where W3C webrtc-stats has a counter, its name and unit are used.</p>
            """);
        Quality(page, report);
        Network(page, report.Network);
        Audio(page, report.Audio);
        Video(page, report.Video);
        page.Add($"</section>");
    }

    private static void Quality(HtmlBuilder page, DemoReport report)
    {
        var (audio, video) = (report.Audio, report.Video);
        page.Add($"""
            <div class="pair">
            <div>
            <h3>Sound against the clip</h3>
            <table>
            <thead><tr><th scope="col">Track</th><th scope="col" class="number">STOI</th><th scope="col" class="number">ESTOI</th><th scope="col" class="number">LSD</th></tr></thead>
            <tbody>
            """);
        Track("Without concealment", audio.ZeroFill);
        Track("RtcEnhance", audio.Enhanced);
        if (audio.LossFree is not null)
            Track("No packet lost", audio.LossFree);
        page.Add($"""
            </tbody>
            </table>
            <p class="note">STOI and ESTOI predict intelligibility up to 4.3 kHz, 1 is perfect. LSD is the log-spectral distance over the whole band in decades of power, 0 is perfect. Scores compare moment by moment, so every block of a track is first put back onto the sender's time line by the playout log: they measure the sound; changes of its delay are shown above.</p>
            </div>
            <div>
            <h3>Picture against the clip</h3>
            <table>
            <thead><tr><th scope="col">Upscaler</th><th scope="col" class="number">PSNR</th><th scope="col" class="number">SSIM</th></tr></thead>
            <tbody>
            """);
        Upscaler(video.Baseline);
        Upscaler(video.Enhanced);
        page.Add($"""
            </tbody>
            </table>
            <p class="note">Both upscalers get the same decoded frames. Averages over the frames shown, luma only, against the {video.FrameWidth} × {video.FrameHeight} original before it was halved and encoded.</p>
            </div>
            </div>
            """);

        void Track(string name, AudioQuality quality)
            => page.Add($"""<tr><th scope="row">{name}</th><td class="number">{Units.Score(quality.Stoi)}</td><td class="number">{Units.Score(quality.Estoi)}</td><td class="number">{Units.Score(quality.Lsd)}</td></tr>""");

        void Upscaler(VideoQuality quality)
            => page.Add($"""<tr><th scope="row">{quality.Method}</th><td class="number">{Units.Decibels(quality.PsnrDb)}</td><td class="number">{Units.Score(quality.Ssim)}</td></tr>""");
    }

    private static void Network(HtmlBuilder page, IReadOnlyList<StreamFigures> streams)
    {
        page.Add($"""
            <h3>Network</h3>
            <div class="scroll" tabindex="0" role="region" aria-label="Network">
            <table>
            <thead><tr><th scope="col">Stream</th><th scope="col" class="number">Sent</th><th scope="col" class="number">Lost</th><th scope="col" class="number">Longest burst</th><th scope="col" class="number">Reordered</th><th scope="col" class="number">Duplicated</th><th scope="col" class="number">Discarded</th><th scope="col" class="number">Jitter</th></tr></thead>
            <tbody>
            """);
        foreach (var stream in streams)
        {
            page.Add($"""
                <tr><th scope="row">{stream.Name}</th><td class="number">{Units.Count(stream.PacketsSent)}</td><td class="number">{Units.Count(stream.PacketsLost)} ({Units.Percent(stream.LossPercent)})</td><td class="number">{Units.Count(stream.LongestBurstPackets)}</td><td class="number">{Units.Count(stream.PacketsReordered)}</td><td class="number">{Units.Count(stream.PacketsDuplicated)}</td><td class="number">{Units.Count(stream.PacketsDiscarded)}</td><td class="number">{Units.Milliseconds(stream.Jitter * 1000)}</td></tr>
                """);
        }

        page.Add($"""
            </tbody>
            </table>
            </div>
            <p class="note">RTP packets, counted by the relay that impairs them; discarded ones and jitter by the receivers.</p>
            """);
    }

    private static void Audio(HtmlBuilder page, AudioFigures audio)
    {
        var table = new CounterTable(page, "Audio");
        table.Row("totalSamplesReceived", Samples(audio.TotalSamplesReceived), "Played, concealed ones included");
        table.Row("receivedSamples", Samples(audio.ReceivedSamples), "Made from packets as they are");
        table.Row("stretchedSamples", Samples(audio.StretchedSamples), "Mixed from two places of the received ones");
        table.Row("comfortNoiseSamples", Samples(audio.ComfortNoiseSamples), "The sender's silence");
        table.Row("silenceSamples", Samples(audio.SilenceSamples), "Before the first packet was played");
        table.Row("concealedSamples", Samples(audio.ConcealedSamples), "Played although no packet carried them");
        table.Row("silentConcealedSamples", Samples(audio.SilentConcealedSamples), "Of these, silence or comfort noise");
        table.Row("concealmentEvents", Units.Count(audio.ConcealmentEvents), "Times concealment began");
        table.Row("interruptionCount", Units.Count(audio.InterruptionCount), "Concealments of 150 ms or more");
        table.Row("totalInterruptionDuration", Units.Seconds(audio.TotalInterruptionDuration), "How long in all");
        foreach (var maker in audio.ConcealedBy)
            table.Row($"concealedBy.{maker.Name}", Samples(maker.Count), "Concealed by this algorithm");
        table.Row("insertedSamplesForDeceleration", Samples(audio.InsertedSamplesForDeceleration), $"Added to slow the playout down, {Units.Plural(audio.DecelerationCount, "time", "times")}");
        table.Row("removedSamplesForAcceleration", Samples(audio.RemovedSamplesForAcceleration), $"Removed to speed the playout up, {Units.Plural(audio.AccelerationCount, "time", "times")}");
        table.Row("jitterBufferDelay / jitterBufferEmittedCount", PerSample(audio.JitterBufferDelay), "Mean stay in the jitter buffer");
        table.Row("jitterBufferTargetDelay / jitterBufferEmittedCount", PerSample(audio.JitterBufferTargetDelay), "Mean stay it aimed at");
        Delay(table, audio.Delay, "From a sample being sent to its being played");
        table.End();

        string Samples(long count)
            => count == 0 ? "0" : $"{Units.Count(count)} ({Units.Milliseconds(1000.0 * count / audio.SampleRate)})";

        string PerSample(double seconds) => Units.Milliseconds(1000 * seconds / audio.JitterBufferEmittedCount);
    }

    private static void Video(HtmlBuilder page, VideoFigures video)
    {
        var table = new CounterTable(page, "Video");
        table.Row("framesReceived", Units.Count(video.FramesReceived), "Whole frames received");
        table.Row("framesDecoded", Units.Count(video.FramesDecoded), "Frames decoded");
        table.Row("keyFramesDecoded", Units.Count(video.KeyFramesDecoded), "Of these, key frames");
        table.Row("framesDropped", Units.Count(video.FramesDropped), "Dropped before they were shown");
        table.Row("framesRendered", Units.Count(video.FramesRendered), "Shown");
        foreach (var maker in video.UpscaledBy)
            table.Row($"upscaledBy.{maker.Name}", Units.Count(maker.Count), "Shown frames made by this upscaler");
        table.Row("pliCount", Units.Count(video.PliCount), "Key frames asked for");
        table.Row("freezeCount", Units.Count(video.FreezeCount), "Times the picture stood still");
        table.Row("totalFreezesDuration", Units.Seconds(video.TotalFreezesDuration), "How long in all");
        Delay(table, video.Delay, "From a frame being sent to its being shown");
        table.End();
    }

    private static void Delay(CounterTable table, Distribution delay, string meaning)
        => table.Row(
            "delay",
            $"{Units.Milliseconds(delay.P50Ms)} / {Units.Milliseconds(delay.P95Ms)} / {Units.Milliseconds(delay.P99Ms)}",
            meaning + "; p50, p95, p99");
}
