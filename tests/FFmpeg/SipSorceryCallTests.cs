using RtcEnhance.SipSorcery;
using RtcEnhance.SipSorcery.Tests;
using RtcEnhance.Testing;
using RtcEnhance.Video;
using SIPSorcery.Net;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.FFmpeg.Tests;

/// <summary>Pictures through WebRTC calls between two SIPSorcery peers: cut up by SIPSorcery, put together by us, decoded by libavcodec.</summary>
public sealed class SipSorceryCallTests
{
    private const int PayloadType = 98;
    private const int TicksPerFrame = 6000;
    private const int LostFrame = 4;

    /// <summary>What is sent so never reaches the receiver, and leaves a hole in sequence numbers and picture numbers.</summary>
    private const int UnknownPayloadType = 77;

    private readonly ManualTimeProvider _time = new();
    private readonly CountingSink _sink = new();

    [Theory]
    [InlineData(VideoCodecsEnum.VP8, VideoCodec.Vp8)]
    [InlineData(VideoCodecsEnum.VP9, VideoCodec.Vp9)]
    [InlineData(VideoCodecsEnum.H264, VideoCodec.H264)]
    [InlineData(VideoCodecsEnum.AV1, VideoCodec.Av1)]
    public void WebRtcCall_PicturesLost_GoesOnWithTheKeyFrameThatItAskedFor(VideoCodecsEnum format, VideoCodec codec)
    {
        EncodedClip clip = EncodedClip.Create(codec);
        EnhancedSession? session = null;
        using Call call = Call.OverWebRtc(
            receiver => session = receiver.UseRtcEnhance(new EnhancedSessionOptions
            {
                Time = _time,
                VideoSink = _sink,
                VideoDecoderFactory = static decoded => new FFmpegVideoDecoder(decoded),
                VideoEnhancer = new VideoEnhancerOptions { Method = UpscaleMethod.Bicubic, Time = _time },
            }),
            Call.Pcmu,
            new VideoFormat(format, PayloadType));

        // Frame 10 is a key frame. What is lost is only seen at the frame behind it, which nothing can be done with then.
        int decoded = 0;
        uint lost = 0;
        for (int i = 0; i < clip.Frames.Count; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1.0 / 15));
            uint before = call.Sender.VideoStream.RtcpSession.PacketsSentCount;
            Send(call.Sender.VideoStream, format, i == LostFrame ? UnknownPayloadType : PayloadType, clip.Frames[i]);
            uint sent = call.Sender.VideoStream.RtcpSession.PacketsSentCount;
            if (i == LostFrame)
            {
                lost = sent - before;
                continue;
            }

            Waiting.For(() => session!.GetStats().VideoReceiver.PacketsReceived == sent - lost, $"the packets of picture {i} arrive");
            if (i is < LostFrame or >= 10)
            {
                decoded++;
                Waiting.For(() => session!.GetStats().VideoReceiver.FramesDecoded == decoded, $"picture {i} is decoded");
                Waiting.For(() => _sink.Count == decoded, $"picture {i} is shown");
            }
        }

        VideoReceiverStats stats = session!.GetStats().VideoReceiver;
        Assert.Equal((14, 2, 5, 1), (stats.FramesDecoded, stats.KeyFramesDecoded, stats.FramesDropped, stats.PliCount));
        Assert.Equal((0, 0, lost), (stats.CorruptFrames, stats.DecoderFaults, stats.PacketsLost));
        Assert.Equal((640, 360), _sink.LastSize);
        Assert.StartsWith("libavcodec ", stats.DecoderImplementation, StringComparison.Ordinal);
    }

    private static void Send(VideoStream stream, VideoCodecsEnum format, int payloadType, byte[] frame)
    {
        switch (format)
        {
            case VideoCodecsEnum.VP8:
                stream.SendVp8Frame(TicksPerFrame, payloadType, frame);
                break;
            case VideoCodecsEnum.VP9:
                stream.SendVp9Frame(TicksPerFrame, payloadType, frame);
                break;
            case VideoCodecsEnum.H264:
                stream.SendH264Frame(TicksPerFrame, payloadType, frame);
                break;
            default:
                stream.SendAv1Frame(TicksPerFrame, payloadType, frame);
                break;
        }
    }
}
