using System.Diagnostics;
using System.Text.Json.Nodes;
using RtcEnhance.Audio;
using RtcEnhance.Browser.Browsers;
using RtcEnhance.Browser.Janus;
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
internal sealed class JanusCall(CallSetting setting, Uri janus)
{
    /// <summary>A slow machine with a cold browser takes its time.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Makes the call.</summary>
    /// <param name="lossPercent">Loss of the network.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<CallResult> RunAsync(double lossPercent, CancellationToken cancel)
    {
        string name = FormattableString.Invariant($"{setting.Kind}-janus-{lossPercent:0}").ToLowerInvariant();
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
            Jitter = TimeSpan.FromMilliseconds(setting.Options.JitterMs),
            Seed = setting.Options.Seed,
        };
        using var relay = new ForkedRelay(impairment, receiver.OnDatagram, audioMount.Port, videoMount.Port);

        JsonObject offer = await CallAsync("offer", new JsonObject
        {
            ["name"] = "publish",
            ["source"] = setting.Source,
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
        await setting.Page.CallAsync("accept", new JsonObject { ["name"] = "publish", ["description"] = answer }, cancel).ConfigureAwait(false);

        await WaitForMediaAsync(receiver, cancel).ConfigureAwait(false);
        await Task.Delay(setting.Options.SettleTime, cancel).ConfigureAwait(false);
        await setting.Page.CallAsync("startRecording", [], cancel).ConfigureAwait(false);
        Snapshot before = await TakeAsync(receiver, playout, cancel).ConfigureAwait(false);
        await Task.Delay(TimeSpan.FromSeconds(setting.Options.Seconds), cancel).ConfigureAwait(false);
        Snapshot after = await TakeAsync(receiver, playout, cancel).ConfigureAwait(false);
        await setting.Page.CallAsync("stopRecording", new JsonObject { ["upload"] = name }, cancel).ConfigureAwait(false);
        JsonNode? sent = await setting.Page.CallAsync("stats", new JsonObject { ["name"] = "publish" }, cancel).ConfigureAwait(false);
        await Screenshot.TakeAsync(setting.Kind, setting.Browser.DebugPort, setting.PathOf($"{name}.png"), cancel).ConfigureAwait(false);
        foreach (string peer in new[] { "publish", "audio", "video" })
            await setting.Page.CallAsync("close", new JsonObject { ["name"] = peer }, cancel).ConfigureAwait(false);
        await publisher.HangUpAsync(cancel).ConfigureAwait(false);
        await audioMount.CloseAsync(cancel).ConfigureAwait(false);
        await videoMount.CloseAsync(cancel).ConfigureAwait(false);

        float[] ours = playout.CopyPlayed(before.Block, after.Block);
        float[] theirs = setting.Media.Decode(setting.Page.TakeUpload(name) ?? []);
        WavFile.Write(setting.PathOf($"{name}-ours.wav"), ours, PlayoutThread.RateHz);
        WavFile.Write(setting.PathOf($"{name}-browser.wav"), theirs, PlayoutThread.RateHz);
        IReadOnlyList<SweepPoint> sweep = QuantileSweep.Run(receiver.CopyArrivals(), playout.CopyPulls(), before.Block, after.Block);
        AudioWindow their = AudioWindow.From(before.Heard, after.Heard);
        return new CallResult
        {
            Name = name,
            Browser = setting.Kind.ToString(),
            BrowserVersion = setting.Version,
            Way = "Janus",
            LossPercent = lossPercent,
            JitterMs = setting.Options.JitterMs,
            Codecs = BrowserStats.SentCodecs(sent),
            Ours = AudioWindow.From(before.Audio, after.Audio),
            OurVideo = VideoWindow.From(before.Video, after.Video, before.Shown, after.Shown),
            OurSpeech = SpeechMatch.Find(setting.Media.Clip.Speech, ours),
            Pictures = setting.Pictures.Score(receiver.Frames),
            Theirs = their,
            TheirVideo = VideoWindow.From(before.Seen, after.Seen),
            TheirSpeech = SpeechMatch.Find(setting.Media.Clip.Speech, theirs),
            OurDelayAtTheirShareMs = QuantileSweep.DelayAt(sweep, their.ConcealedPercent),
            Sweep = sweep,
            OurKeyFrameRequests = requests.Ours,
            TheirKeyFrameRequests = requests.Browsers,
        };

        async Task<JsonObject> CallAsync(string function, JsonObject arguments)
            => (await setting.Page.CallAsync(function, arguments, cancel).ConfigureAwait(false))!.AsObject();

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
        => BrowserStats.Inbound(await setting.Page.CallAsync("stats", new JsonObject { ["name"] = kind }, cancel).ConfigureAwait(false), kind);

    private sealed record Snapshot(InboundAudioStats Audio, VideoReceiverStats Video, InboundVideoStats Shown, int Block, JsonObject Heard, JsonObject Seen);
}
