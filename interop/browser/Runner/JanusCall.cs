using System.Diagnostics;
using System.Text.Json.Nodes;
using RtcEnhance.Audio;
using RtcEnhance.Benchmarks.Playout;
using RtcEnhance.Browser.Browsers;
using RtcEnhance.Browser.Janus;
using RtcEnhance.Browser.Media;
using RtcEnhance.Browser.Network;
using RtcEnhance.Browser.Receiving;
using RtcEnhance.Browser.Scoring;
using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Browser;

/// <summary>
/// A call through Janus: the browser publishes, its packets pass a lossy network as plain RTP, and what survives goes to
/// our receiver and, through streaming mounts, back to the browser as a watcher. One thread at a time.
/// </summary>
internal sealed class JanusCall(InteropOptions options, Uri janus, PageServer page, TestMedia media, PictureMatch pictures)
{
    /// <summary>A slow machine with a cold browser takes its time.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Both receivers find their delay.</summary>
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(3);

    /// <summary>Makes the call.</summary>
    /// <param name="kind">Who calls.</param>
    /// <param name="version">As it names itself.</param>
    /// <param name="lossPercent">Loss of the network.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<CallResult> RunAsync(BrowserKind kind, string version, double lossPercent, CancellationToken cancel)
    {
        await using JanusSession session = await JanusSession.OpenAsync(janus, cancel).ConfigureAwait(false);
        var publisher = new JanusPublisher(session);
        var audioMount = new JanusMount(session, "audio", "opus");
        var videoMount = new JanusMount(session, "video", "vp8");
        using var requests = new KeyFrameRequests(videoMount.RtcpPort, RtpReceiver.VideoSsrc);
        using var receiver = new RtpReceiver(requests.Send);
        using var playout = new PlayoutThread(receiver.Audio);
        var impairment = new ImpairmentOptions
        {
            LossPercent = lossPercent,
            BaseDelay = TimeSpan.FromMilliseconds(20),
            Jitter = TimeSpan.FromMilliseconds(options.JitterMs),
            Seed = options.Seed,
        };
        using var relay = new ForkedRelay(impairment, receiver.OnDatagram, audioMount.Port, videoMount.Port);

        JsonObject offer = await CallAsync("offer", new JsonObject
        {
            ["name"] = "publish",
            ["source"] = kind == BrowserKind.Chromium ? "devices" : "files",
            ["kbps"] = 600,
            ["sendOnly"] = true,
        }).ConfigureAwait(false);
        JsonObject answer = await publisher.PublishAsync(offer, cancel).ConfigureAwait(false);

        // The mounts are there before the first packet, so that both receivers see the same ones.
        await WatchAsync(audioMount, "audio", RtpReceiver.AudioPayloadType).ConfigureAwait(false);
        await WatchAsync(videoMount, "video", RtpReceiver.VideoPayloadType).ConfigureAwait(false);
        requests.SenderPort = await publisher.ForwardAsync(
            new ForwardTarget(relay.AudioPort, RtpReceiver.AudioPayloadType, RtpReceiver.AudioSsrc),
            new ForwardTarget(relay.VideoPort, RtpReceiver.VideoPayloadType, RtpReceiver.VideoSsrc),
            cancel).ConfigureAwait(false);
        await page.CallAsync("accept", new JsonObject { ["name"] = "publish", ["description"] = answer }, cancel).ConfigureAwait(false);

        await WaitForMediaAsync(receiver, cancel).ConfigureAwait(false);
        await Task.Delay(SettleTime, cancel).ConfigureAwait(false);
        await page.CallAsync("startRecording", [], cancel).ConfigureAwait(false);
        Snapshot before = await TakeAsync(receiver, playout, cancel).ConfigureAwait(false);
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds), cancel).ConfigureAwait(false);
        Snapshot after = await TakeAsync(receiver, playout, cancel).ConfigureAwait(false);
        string upload = "recording";
        await page.CallAsync("stopRecording", new JsonObject { ["upload"] = upload }, cancel).ConfigureAwait(false);
        JsonNode? sent = await page.CallAsync("stats", new JsonObject { ["name"] = "publish" }, cancel).ConfigureAwait(false);
        foreach (string name in new[] { "publish", "audio", "video" })
            await page.CallAsync("close", new JsonObject { ["name"] = name }, cancel).ConfigureAwait(false);
        await publisher.HangUpAsync(cancel).ConfigureAwait(false);
        await audioMount.CloseAsync(cancel).ConfigureAwait(false);
        await videoMount.CloseAsync(cancel).ConfigureAwait(false);

        float[] ours = playout.CopyPlayed(before.Block, after.Block);
        float[] theirs = media.Decode(page.TakeUpload(upload) ?? []);
        string recordings = Path.Combine(options.OutputDirectory, FormattableString.Invariant($"{kind.ToString().ToLowerInvariant()}-{lossPercent:0}"));
        WavFile.Write($"{recordings}-ours.wav", ours, PlayoutThread.RateHz);
        WavFile.Write($"{recordings}-browser.wav", theirs, PlayoutThread.RateHz);
        IReadOnlyList<(double Quantile, AudioWindow Window)> sweep = QuantileSweep.Run(receiver.CopyArrivals(), playout.CopyPulls(), before.Block, after.Block);
        AudioWindow their = AudioWindow.From(before.Heard, after.Heard);
        (double delay, CurveEnd end) = QuantileSweep.DelayAt(sweep, their.ConcealedPercent);
        return new CallResult
        {
            Browser = kind.ToString(),
            BrowserVersion = version,
            Way = "Janus",
            LossPercent = lossPercent,
            JitterMs = options.JitterMs,
            Codecs = string.Join(" ", sent!.AsArray().Where(entry => (string?)entry!["type"] == "outbound-rtp").Select(entry => BrowserStats.Codec(sent, entry!.AsObject()))),
            Ours = AudioWindow.From(before.Audio, after.Audio),
            OurVideo = VideoWindow.From(before.Video, after.Video, before.Shown, after.Shown),
            OurSpeech = SpeechMatch.Find(media.Clip.Speech, ours),
            Pictures = pictures.Score(receiver.Frames),
            Theirs = their,
            TheirVideo = VideoWindow.From(before.Seen, after.Seen),
            TheirSpeech = SpeechMatch.Find(media.Clip.Speech, theirs),
            OurDelayAtTheirShareMs = end == CurveEnd.Longest ? null : delay,
            Sweep = [.. sweep.Select(point => new SweepPoint(point.Quantile, point.Window.DelayMs, point.Window.ConcealedPercent))],
            OurKeyFrameRequests = requests.Ours,
            TheirKeyFrameRequests = requests.Browsers,
        };

        async Task<JsonObject> CallAsync(string function, JsonObject arguments)
            => (await page.CallAsync(function, arguments, cancel).ConfigureAwait(false))!.AsObject();

        async Task WatchAsync(JanusMount mount, string name, byte payloadType)
        {
            JsonObject watchAnswer = await CallAsync("answer", new JsonObject
            {
                ["name"] = name,
                ["description"] = await mount.WatchAsync(payloadType, cancel).ConfigureAwait(false),
            }).ConfigureAwait(false);
            await mount.StartAsync(watchAnswer, cancel).ConfigureAwait(false);
        }
    }

    private async Task WaitForMediaAsync(RtpReceiver receiver, CancellationToken cancel)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            JsonObject heard = await GetInboundAsync("audio", cancel).ConfigureAwait(false);
            JsonObject seen = await GetInboundAsync("video", cancel).ConfigureAwait(false);
            bool weHave = receiver.Audio.GetStats().ReceivedSamples > 0 && receiver.Enhancer.GetStats().FramesRendered > 0;
            bool theyHave = BrowserStats.Number(heard, "totalSamplesReceived") > 0 && BrowserStats.Number(seen, "framesDecoded") > 0;
            if (weHave && theyHave)
                return;
            if (waited.Elapsed > ConnectTimeout)
                throw new TimeoutException($"after {ConnectTimeout.TotalSeconds} s there was no {(weHave ? "picture or sound in the browser" : "picture or sound here")}: {receiver.Audio.GetStats().PacketsReceived} audio packets, {receiver.Video.GetStats().PacketsReceived} video packets, {receiver.Video.GetStats().FramesDecoded} pictures");
            await Task.Delay(200, cancel).ConfigureAwait(false);
        }
    }

    private async Task<Snapshot> TakeAsync(RtpReceiver receiver, PlayoutThread playout, CancellationToken cancel)
    {
        JsonObject heard = await GetInboundAsync("audio", cancel).ConfigureAwait(false);
        InboundAudioStats audio = receiver.Audio.GetStats();
        int block = playout.Blocks;
        JsonObject seen = await GetInboundAsync("video", cancel).ConfigureAwait(false);
        return new Snapshot(audio, receiver.Video.GetStats(), receiver.Enhancer.GetStats(), block, heard, seen);
    }

    private async Task<JsonObject> GetInboundAsync(string kind, CancellationToken cancel)
        => BrowserStats.Inbound(await page.CallAsync("stats", new JsonObject { ["name"] = kind }, cancel).ConfigureAwait(false), kind);

    private sealed record Snapshot(InboundAudioStats Audio, VideoReceiverStats Video, InboundVideoStats Shown, int Block, JsonObject Heard, JsonObject Seen);
}
