using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using RtcEnhance.Audio;
using RtcEnhance.Browser.Receiving;
using RtcEnhance.Browser.Scoring;
using RtcEnhance.FFmpeg;
using RtcEnhance.Opus;
using RtcEnhance.SipSorcery;
using RtcEnhance.Video;
using RtcEnhance.Vpx;
using SIPSorcery.Net;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.Browser.SipSorcery;

/// <summary>
/// One call between a browser and a SIPSorcery peer with RtcEnhance on its receive side. What the browser sends is sent
/// back to it packet by packet, so that both directions are proven. One thread at a time.
/// </summary>
internal sealed class SipSorceryCall(CallSetting setting, VideoFormat format, bool browserOffers)
{
    private const string Name = "call";

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(60);

    private readonly FrameSampler _frames = new();

    /// <summary>Makes the call.</summary>
    public async Task<CallResult> RunAsync(CancellationToken cancel)
    {
        using var peer = new RTCPeerConnection(new RTCConfiguration { X_UseRtpFeedbackProfile = true });
        peer.addTrack(new MediaStreamTrack(new SIPSorceryMedia.Abstractions.AudioFormat(AudioCodecsEnum.OPUS, 111, 48000, 2, "minptime=10;useinbandfec=1")));
        peer.addTrack(new MediaStreamTrack(format));
        using EnhancedSession session = peer.UseRtcEnhance(new EnhancedSessionOptions
        {
            AudioDecoderFactory = static audio => audio.Codec == AudioCodecsEnum.OPUS ? new OpusDecoder() : null,
            VideoDecoderFactory = codec => new SampledDecoder(CreateDecoder(codec), _frames),
            VideoSink = _frames,
        });
        SendBack(peer);
        try
        {
            await NegotiateAsync(peer, cancel).ConfigureAwait(false);
            using var playout = new PlayoutThread(session.Audio);
            await WaitForMediaAsync(session, cancel).ConfigureAwait(false);
            return await MeasureAsync(session, playout, cancel).ConfigureAwait(false);
        }
        finally
        {
            await setting.Page.CallAsync("close", new JsonObject { ["name"] = Name }, cancel).ConfigureAwait(false);
            peer.Close("the call is over");
        }
    }

    private static IVideoDecoder CreateDecoder(VideoCodec codec) => codec == VideoCodec.Vp8 ? new VpxDecoder() : new FFmpegVideoDecoder(codec);

    /// <summary>The browser's packets return to it, and so do its requests for key frames.</summary>
    private static void SendBack(RTCPeerConnection peer)
    {
        peer.OnRtpPacketReceivedByIndex += (_, _, media, packet) =>
        {
            MediaStream stream = media == SDPMediaTypesEnum.audio ? peer.AudioStream : peer.VideoStream;
            RTPHeader header = packet.Header;
            stream.SendRtpRaw(packet.Payload, header.Timestamp, header.MarkerBit, header.PayloadType, header.SequenceNumber);
        };
        peer.OnReceiveReportByIndex += (_, _, media, report) =>
        {
            if (media == SDPMediaTypesEnum.video && report.Feedback?.Header.PayloadFeedbackMessageType is PSFBFeedbackTypesEnum.PLI or PSFBFeedbackTypesEnum.FIR)
                peer.VideoStream.SendRtcpFeedback(new RTCPFeedback(peer.VideoStream.LocalTrack.Ssrc, peer.VideoStream.RemoteTrack.Ssrc, PSFBFeedbackTypesEnum.PLI));
        };
    }

    private async Task NegotiateAsync(RTCPeerConnection peer, CancellationToken cancel)
    {
        var arguments = new JsonObject { ["name"] = Name, ["source"] = setting.Source, ["kbps"] = 600, ["videoCodec"] = format.Codec.ToString() };
        if (browserOffers)
        {
            JsonObject offer = (await setting.Page.CallAsync("offer", arguments, cancel).ConfigureAwait(false))!.AsObject();
            SetRemote(peer, RTCSdpType.offer, offer);
            RTCSessionDescriptionInit answer = peer.createAnswer(null);
            await peer.setLocalDescription(answer).ConfigureAwait(false);
            await setting.Page.CallAsync("accept", new JsonObject { ["name"] = Name, ["description"] = ToJson(answer) }, cancel).ConfigureAwait(false);
        }
        else
        {
            RTCSessionDescriptionInit offer = peer.createOffer(null);
            await peer.setLocalDescription(offer).ConfigureAwait(false);
            arguments["description"] = ToJson(offer);
            SetRemote(peer, RTCSdpType.answer, (await setting.Page.CallAsync("answer", arguments, cancel).ConfigureAwait(false))!.AsObject());
        }
    }

    private static void SetRemote(RTCPeerConnection peer, RTCSdpType type, JsonObject description)
    {
        SetDescriptionResultEnum result = peer.setRemoteDescription(new RTCSessionDescriptionInit { type = type, sdp = (string)description["sdp"]! });
        if (result != SetDescriptionResultEnum.OK)
            throw new InvalidOperationException($"SIPSorcery refused the browser's {type}: {result}");
    }

    private static JsonObject ToJson(RTCSessionDescriptionInit description) => new() { ["type"] = description.type.ToString(), ["sdp"] = description.sdp };

    private async Task WaitForMediaAsync(EnhancedSession session, CancellationToken cancel)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            EnhancedSessionStats stats = session.GetStats();
            JsonObject heard = await GetInboundAsync("audio", cancel).ConfigureAwait(false);
            JsonObject seen = await GetInboundAsync("video", cancel).ConfigureAwait(false);
            bool weHave = stats.Audio.ReceivedSamples > 0 && stats.Video.FramesRendered > 0;
            bool theyHave = BrowserStats.Number(heard, "totalSamplesReceived") > 0 && BrowserStats.Number(seen, "framesDecoded") > 0;
            if (weHave && theyHave)
                return;
            if (waited.Elapsed > ConnectTimeout)
                throw new TimeoutException($"after {ConnectTimeout.TotalSeconds} s there was no {(weHave ? "picture or sound in the browser" : "picture or sound here")}: {stats.Audio.PacketsReceived} audio packets, {stats.VideoReceiver.PacketsReceived} video packets, {stats.VideoReceiver.FramesDecoded} pictures");
            await Task.Delay(200, cancel).ConfigureAwait(false);
        }
    }

    private async Task<CallResult> MeasureAsync(EnhancedSession session, PlayoutThread playout, CancellationToken cancel)
    {
        await Task.Delay(setting.Options.SettleTime, cancel).ConfigureAwait(false);
        await setting.Page.CallAsync("startRecording", [], cancel).ConfigureAwait(false);
        JsonObject seenBefore = await GetInboundAsync("video", cancel).ConfigureAwait(false);
        (EnhancedSessionStats before, int from) = (session.GetStats(), playout.Blocks);
        await Task.Delay(TimeSpan.FromSeconds(setting.Options.Seconds), cancel).ConfigureAwait(false);
        (EnhancedSessionStats after, int to) = (session.GetStats(), playout.Blocks);
        JsonObject seenAfter = await GetInboundAsync("video", cancel).ConfigureAwait(false);
        await setting.Page.CallAsync("stopRecording", new JsonObject { ["upload"] = Name }, cancel).ConfigureAwait(false);
        JsonNode? sent = await setting.Page.CallAsync("stats", new JsonObject { ["name"] = Name }, cancel).ConfigureAwait(false);

        float[] ours = playout.CopyPlayed(from, to);
        string name = $"{setting.Kind}-sipsorcery-{format.Codec}-{(browserOffers ? "browser" : "host")}-offers".ToLowerInvariant();
        WavFile.Write(setting.PathOf($"{name}-ours.wav"), ours, PlayoutThread.RateHz);
        float[] clip = setting.Media.Clip.Speech;
        return new CallResult
        {
            Name = name,
            Browser = setting.Kind.ToString(),
            BrowserVersion = setting.Version,
            Way = browserOffers ? "SIPSorcery, browser offers" : "SIPSorcery offers",
            LossPercent = 0,
            JitterMs = 0,
            Codecs = BrowserStats.SentCodecs(sent),
            Ours = AudioWindow.From(before.Audio, after.Audio),
            OurVideo = VideoWindow.From(before.VideoReceiver, after.VideoReceiver, before.Video, after.Video),
            OurSpeech = SpeechMatch.Find(clip, ours),
            Pictures = setting.Pictures.Score(_frames),
            OurKeyFrameRequests = (int)after.VideoReceiver.PliCount,
            EchoSpeech = SpeechMatch.Find(clip, setting.Media.Decode(setting.Page.TakeUpload(Name) ?? [])),
            EchoPictures = (int)VideoWindow.From(seenBefore, seenAfter).FramesDecoded,
        };
    }

    private async Task<JsonObject> GetInboundAsync(string kind, CancellationToken cancel)
        => BrowserStats.Inbound(await setting.Page.CallAsync("stats", new JsonObject { ["name"] = Name }, cancel).ConfigureAwait(false), kind);
}
