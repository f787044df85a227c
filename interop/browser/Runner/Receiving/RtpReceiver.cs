using RtcEnhance.Audio;
using RtcEnhance.Browser.Janus;
using RtcEnhance.Opus;
using RtcEnhance.Video;
using RtcEnhance.Vpx;

namespace RtcEnhance.Browser.Receiving;

/// <summary>
/// Plain RTP in, enhanced sound and pictures out: what an application without a WebRTC stack of its own would write.
/// Datagrams may come from several threads.
/// </summary>
internal sealed class RtpReceiver : IDisposable
{
    public const byte AudioPayloadType = 111;
    public const byte VideoPayloadType = 96;
    public const uint AudioSsrc = 0x0B0D_1001;
    public const uint VideoSsrc = 0x0B0D_2002;

    private readonly List<RtpPacket> _arrivals = [];
    private readonly Lock _lock = new();

    /// <param name="requestKeyFrame">Called when the video needs a key frame.</param>
    public RtpReceiver(Action requestKeyFrame)
    {
        Audio = new AudioReceiver(AudioOptions(new PlayoutDelayOptions(), TimeProvider.System));
        Enhancer = new VideoEnhancer(Frames);
        Video = new VideoReceiver(
            new VideoReceiverOptions { PayloadTypes = new Dictionary<byte, VideoCodec> { [VideoPayloadType] = VideoCodec.Vp8 } },
            static _ => new VpxDecoder(),
            new Tap(Frames, Enhancer));
        Video.KeyFrameRequested += _ => requestKeyFrame();
    }

    public AudioReceiver Audio { get; }

    public VideoReceiver Video { get; }

    public VideoEnhancer Enhancer { get; }

    public FrameSampler Frames { get; } = new();

    /// <summary>How the audio is received.</summary>
    public static AudioReceiverOptions AudioOptions(PlayoutDelayOptions delay, TimeProvider time) => new()
    {
        Time = time,
        Enhancement = new EnhancementOptions { PlayoutDelay = delay },
        Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [AudioPayloadType] = static () => new OpusDecoder() },
    };

    /// <summary>A datagram arrived.</summary>
    /// <param name="datagram">Its bytes; not changed any more.</param>
    public void OnDatagram(ReadOnlyMemory<byte> datagram)
    {
        if (!RtpPacket.TryParse(datagram, TimeProvider.System.GetTimestamp(), out RtpPacket packet))
            return;
        if (packet.Ssrc == VideoSsrc)
        {
            Video.InsertPacket(packet);
            return;
        }

        Audio.InsertPacket(packet);
        lock (_lock)
            _arrivals.Add(packet);
    }

    /// <summary>Every audio packet that arrived, in order.</summary>
    public IReadOnlyList<RtpPacket> CopyArrivals()
    {
        lock (_lock)
            return [.. _arrivals];
    }

    public void Dispose()
    {
        Video.Dispose();
        Enhancer.Dispose();
        Audio.Dispose();
    }

    private sealed class Tap(FrameSampler frames, VideoEnhancer enhancer) : IVideoFrameSink
    {
        public void OnFrame(VideoFrame frame)
        {
            frames.OnDecoded(frame);
            enhancer.Submit(frame);
        }
    }
}
