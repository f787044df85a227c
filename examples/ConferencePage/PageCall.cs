using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using RtcEnhance.Audio;
using RtcEnhance.Opus;
using RtcEnhance.SipSorcery;
using RtcEnhance.Softphone;
using RtcEnhance.Video;
using RtcEnhance.Vpx;
using SIPSorcery.Net;
using SIPSorceryMedia.Abstractions;
using NegotiatedAudio = SIPSorceryMedia.Abstractions.AudioFormat;

namespace RtcEnhance.ConferencePage;

/// <summary>
/// One page's call. The page offers; its media come through a port that loses some; what is received goes back over the
/// WebSocket, as it is and enhanced. One thread at a time.
/// </summary>
internal sealed class PageCall : IVideoFrameSink, IDisposable
{
    private const int SoundBytes = 960 * 2;
    private const int EnhancedSound = 2;
    private const int PlainSound = 3;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Outbox _outbox;
    private readonly Action<string> _say;
    private readonly RTCPeerConnection _peer = new(new RTCConfiguration { X_BindAddress = IPAddress.Loopback });
    private readonly EnhancedSession _session;
    private readonly PlainAudio _plain;
    private readonly AudioPump[] _pumps;
    private readonly Timer _statistics;
    private LossyPort? _port;
    private double _soundLoss;
    private double _pictureLoss;

    public PageCall(Outbox outbox, Action<string> say)
    {
        _outbox = outbox;
        _say = say;
        _peer.addTrack(new MediaStreamTrack([new NegotiatedAudio(AudioCodecsEnum.OPUS, 111, 48000, 2, "minptime=10;useinbandfec=1")], MediaStreamStatusEnum.RecvOnly));
        _peer.addTrack(new MediaStreamTrack([new VideoFormat(VideoCodecsEnum.VP8, 96)], MediaStreamStatusEnum.RecvOnly));
        _peer.onicecandidate += OnHostCandidate;
        _peer.onconnectionstatechange += state => say($"connection: {state}");
        _session = _peer.UseRtcEnhance(new EnhancedSessionOptions
        {
            AudioDecoderFactory = format => format.Codec == AudioCodecsEnum.OPUS && OpusLibrary.IsAvailable ? new OpusDecoder() : null,
            VideoDecoderFactory = _ => new ShownDecoder(new VpxDecoder(), frame => PictureWriter.Post(outbox, PictureWriter.Received, frame)),
            VideoSink = this,
        });
        _plain = new PlainAudio(_peer);
        _pumps = [Pump(_session.Audio, EnhancedSound), Pump(_plain, PlainSound)];
        _statistics = new Timer(_ => PostStatistics(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>Reads what the page says until it goes.</summary>
    public async Task RunAsync(WebSocket socket, CancellationToken stop)
    {
        var buffer = new byte[1 << 16];
        while (true)
        {
            int length = 0;
            WebSocketReceiveResult part;
            do
            {
                if (length == buffer.Length)
                    return;
                part = await socket.ReceiveAsync(new ArraySegment<byte>(buffer, length, buffer.Length - length), stop).ConfigureAwait(false);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Close)
                return;
            try
            {
                Obey(JsonSerializer.Deserialize<PageMessage>(buffer.AsSpan(0, length), Json));
            }
            catch (JsonException e)
            {
                Refuse($"no JSON: {e.Message}");
            }
        }
    }

    public void OnFrame(VideoFrame frame)
    {
        PictureWriter.Post(_outbox, PictureWriter.Enhanced, frame);
        frame.Dispose();
    }

    public void Dispose()
    {
        _statistics.Dispose();
        foreach (AudioPump pump in _pumps)
            pump.Dispose();
        _plain.Dispose();
        _session.Dispose();
        _peer.Close("the page is gone");
        _peer.Dispose();
        _port?.Dispose();
    }

    private void Obey(PageMessage? message)
    {
        switch (message)
        {
            case { Type: "offer", Sdp: { } sdp }:
                Answer(sdp);
                break;
            case { Type: "loss", Sound: >= 0 and <= 50 and var sound, Pictures: >= 0 and <= 50 and var pictures }:
                _soundLoss = sound / 100;
                _pictureLoss = pictures / 100;
                SetLoss();
                break;
            default:
                Refuse("neither an offer nor losses of 0 to 50 percent");
                break;
        }
    }

    private void Answer(string sdp)
    {
        // Without the browser's own candidates the two meet by the lossy port alone.
        string offer = string.Join("\r\n", sdp.Split('\n').Select(static line => line.TrimEnd('\r')).Where(static line => !line.StartsWith("a=candidate", StringComparison.Ordinal)));
        SetDescriptionResultEnum result;
        try
        {
            result = _peer.setRemoteDescription(new RTCSessionDescriptionInit { type = RTCSdpType.offer, sdp = offer });
        }
        catch (Exception e)
        {
            // SIPSorcery's parser says in many ways what it cannot read.
            Refuse($"the offer: {e.Message}");
            return;
        }

        if (result != SetDescriptionResultEnum.OK)
        {
            Refuse($"the offer: {result}");
            return;
        }

        RTCSessionDescriptionInit answer = _peer.createAnswer(null);
        _peer.setLocalDescription(answer).GetAwaiter().GetResult();
        _outbox.Post(new
        {
            type = "answer",
            sdp = string.Join("\r\n", answer.sdp.Split("\r\n").Where(static line => !line.StartsWith("a=candidate", StringComparison.Ordinal))),
        });
        PostCandidate();
    }

    private void OnHostCandidate(RTCIceCandidate candidate)
    {
        _port ??= new LossyPort(new IPEndPoint(IPAddress.Loopback, candidate.port));
        PostCandidate();
    }

    private void PostCandidate()
    {
        SetLoss();
        if (_port is { } port && _peer.localDescription is not null)
            _outbox.Post(new { type = "candidate", candidate = $"candidate:1 1 udp 2113937663 127.0.0.1 {port.Port} typ host generation 0" });
    }

    private void SetLoss()
    {
        if (_port is not { } port)
            return;
        port.SoundPayloadType = _peer.AudioStream?.LocalTrack?.Capabilities?.FirstOrDefault().ID ?? 0;
        port.SoundLoss = _soundLoss;
        port.PictureLoss = _pictureLoss;
    }

    private void Refuse(string why)
    {
        _say($"not understood: {why}");
        _outbox.Post(new { type = "error", message = why });
    }

    private AudioPump Pump(Audio.IAudioSource source, int kind)
    {
        var pump = new AudioPump(source, block =>
        {
            if (_peer.connectionState != RTCPeerConnectionState.connected)
                return;
            var message = new byte[PictureWriter.HeaderBytes + SoundBytes];
            message[0] = (byte)kind;
            Pcm16.FromFloat(block, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(message.AsSpan(PictureWriter.HeaderBytes)));
            _outbox.PostSound(message);
        });
        pump.Start();
        return pump;
    }

    private void PostStatistics()
    {
        EnhancedSessionStats stats = _session.GetStats();
        InboundAudioStats audio = stats.Audio;
        InboundVideoStats video = stats.Video;
        _outbox.Post(new
        {
            type = "statistics",
            audio = new
            {
                received = audio.PacketsReceived,
                lost = audio.PacketsLost,
                fec = audio.FecPacketsReceived,
                concealedMs = (audio.ConcealedSamples - audio.SilentConcealedSamples) / 48,
                concealments = audio.ConcealmentEvents,
                delayMs = audio.CurrentDelay.TotalMilliseconds,
                targetMs = audio.TargetDelay.TotalMilliseconds,
                jitterMs = audio.Jitter * 1000,
            },
            video = new
            {
                size = $"{video.FrameWidth} x {video.FrameHeight} to {video.RenderedWidth} x {video.RenderedHeight}",
                perSecond = video.FramesPerSecond,
                decoded = video.FramesDecoded,
                rendered = video.FramesRendered,
                neural = video.FramesEnhancedByPrimary,
                classical = video.FramesEnhancedByFallback,
                dropped = video.FramesDropped,
                freezes = video.FreezeCount,
                enhancementMs = video.FramesRendered == 0 ? 0 : video.TotalEnhancementDelay.TotalMilliseconds / video.FramesRendered,
                method = video.LastMethod?.ToString(),
                reason = video.LastReason.ToString(),
            },
        });
    }
}
