using RtcEnhance.Testing;
using RtcEnhance.Video;
using RtcEnhance.Vpx;
using SIPSorcery.Net;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.SipSorcery.Tests;

/// <summary>Pictures coded by libvpx through real calls between two SIPSorcery peers.</summary>
public sealed class VideoCallTests
{
    private const int KeyFrameInterval = 4;
    private const int TicksPerFrame = 6000;

    private readonly ManualTimeProvider _time = new();
    private readonly CountingSink _sink = new();
    private readonly IReadOnlyList<byte[]> _frames = IvfReader.ReadFrames(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vp8-q20.ivf")));
    private ushort _sequenceNumber = 65520;
    private int _sent;
    private long _packetsSent;

    [Fact]
    public void WebRtcCall_Vp8_ComesOutTwiceAsLarge()
    {
        EnhancedSession? session = null;
        using Call call = Call.OverWebRtc(receiver => session = Attach(receiver), Call.Pcmu, Call.Vp8);

        for (int i = 0; i < 8; i++)
            Send(call, session!, _frames[i]);

        EnhancedSessionStats stats = session!.GetStats();
        Assert.Equal((8, 8, 0), (stats.VideoReceiver.FramesReceived, stats.VideoReceiver.FramesDecoded, stats.VideoReceiver.PliCount));
        Assert.Equal(2, stats.VideoReceiver.KeyFramesDecoded);
        Assert.Equal((352, 288), _sink.LastSize);
        Assert.Equal(8, _sink.Count);
        Assert.Equal(8, stats.Video.FramesEnhancedByPrimary + stats.Video.FramesEnhancedByFallback);
    }

    [Fact]
    public void WebRtcCall_PacketLost_AsksForAKeyFrameAndGoesOnWithIt()
    {
        using Call call = Call.OverWebRtc(null, Call.Pcmu, Call.Vp8);
        using EnhancedSession session = Attach(call.Receiver);
        var requests = new Requests(call.Sender);
        Send(call, session, _frames[0]);
        Waiting.For(() => _sink.Count == 1, "the first picture");

        Send(call, session, _frames[1], losesPacket: 0);
        Send(call, session, _frames[2]);
        _time.Advance(TimeSpan.FromMilliseconds(200));
        Send(call, session, _frames[3]);
        Waiting.For(() => requests.Count == 1, "a key frame is asked for");
        Send(call, session, _frames[KeyFrameInterval]);

        Waiting.For(() => _sink.Count == 2, "the key frame is shown");
        Assert.Equal(call.Sender.VideoStream.LocalTrack.Ssrc, requests.MediaSsrc);
        Assert.Equal(call.Receiver.VideoStream.LocalTrack.Ssrc, requests.SenderSsrc);
        Assert.Equal(1, session.GetStats().VideoReceiver.PliCount);
    }

    [Fact]
    public void WebRtcCall_FirstKeyFrameLost_IsAskedForEvery500Ms()
    {
        using Call call = Call.OverWebRtc(null, Call.Pcmu, Call.Vp8);
        using EnhancedSession session = Attach(call.Receiver);
        var requests = new Requests(call.Sender);

        for (int i = 0; i < 15; i++)
        {
            Send(call, session, _frames[1 + (i % 3)]);
            Waiting.For(() => session.GetStats().VideoReceiver.PliCount >= 1 + (i / 8), "a key frame is asked for");
        }

        Send(call, session, _frames[0]);

        Waiting.For(() => _sink.Count == 1, "the key frame is shown");
        VideoReceiverStats stats = session.GetStats().VideoReceiver;
        Waiting.For(() => requests.Count == stats.PliCount, "the requests arrive");
        Assert.InRange(stats.PliCount, 2, 3);
        Assert.Equal(15, stats.FramesDropped);
    }

    [Fact]
    public void WebRtcCall_BothStreams_AreTiedTogetherUntilTheEnd()
    {
        EnhancedSession? session = null;
        using Call call = Call.OverWebRtc(receiver => session = Attach(receiver), Call.Pcmu, Call.Vp8);
        Assert.NotNull(session!.Video!.Enhancer.LipSync);
        Send(call, session, _frames[0]);

        session.Dispose();
        call.Sender.AudioStream.SendRtpRaw(new byte[160], 0, 0, 0, 0);
        using EnhancedSession next = Attach(call.Receiver);
        call.Sender.AudioStream.SendRtpRaw(new byte[160], 160, 0, 0, 1);

        Waiting.For(() => next.GetStats().Audio.PacketsReceived >= 1, "the next session receives");
        Assert.Equal((0, 1), (session.GetStats().Audio.PacketsReceived, session.GetStats().VideoReceiver.FramesDecoded));
    }

    [Fact]
    public void SipCall_H264OfSipSorcerysPacketiser_ReachesTheDecoderWhole()
    {
        var decoder = new RecordingDecoder();
        using Call call = Call.OverRtp(null, Call.Pcmu, new VideoFormat(VideoCodecsEnum.H264, 102, 90000, "packetization-mode=1"));
        using EnhancedSession session = call.Receiver.UseRtcEnhance(new EnhancedSessionOptions { VideoSink = _sink, VideoDecoderFactory = decoder.Create });
        byte[] slice = new byte[5000];
        Array.Fill(slice, (byte)0x55);
        slice[0] = 0x65;
        byte[] unit = [0, 0, 0, 1, 0x67, 66, 0, 30, 0x95, 0, 0, 0, 1, 0x68, 0xCE, 0x3C, 0x80, 0, 0, 0, 1, .. slice];

        call.Sender.VideoStream.SendH264Frame(3000, 102, unit);

        Waiting.For(() => decoder.Units.Count == 1, "the access unit is decoded");
        (VideoCodec codec, bool isKeyFrame, byte[] data) = decoder.Units.Single();
        Assert.Equal((VideoCodec.H264, true), (codec, isKeyFrame));
        Assert.Equal(slice, data[^slice.Length..]);
    }

    [Theory]
    [InlineData(VideoCodecsEnum.VP9, "vp9-300k.ivf")]
    [InlineData(VideoCodecsEnum.AV1, "av1-300k.ivf")]
    public void SipCall_FramesOfSipSorcerysPacketiser_ReachTheDecoderWhole(VideoCodecsEnum codec, string file)
    {
        var decoder = new RecordingDecoder();
        using Call call = Call.OverRtp(null, Call.Pcmu, new VideoFormat(codec, 98));
        using EnhancedSession session = call.Receiver.UseRtcEnhance(new EnhancedSessionOptions { VideoSink = _sink, VideoDecoderFactory = decoder.Create });
        IReadOnlyList<byte[]> frames = IvfReader.ReadFrames(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, file)));

        for (int i = 0; i < frames.Count; i++)
        {
            if (codec == VideoCodecsEnum.VP9)
                call.Sender.VideoStream.SendVp9Frame(TicksPerFrame, 98, frames[i]);
            else
                call.Sender.VideoStream.SendAv1Frame(TicksPerFrame, 98, frames[i]);
            Waiting.For(() => decoder.Units.Count == i + 1, $"frame {i} is decoded");
        }

        Assert.Equal([0, 4], decoder.Units.Index().Where(unit => unit.Item.IsKeyFrame).Select(unit => unit.Index));
        if (codec == VideoCodecsEnum.VP9)
            Assert.Equal(frames.Select(Convert.ToHexString), decoder.Units.Select(unit => Convert.ToHexString(unit.Data)));
        Assert.All(frames.Zip(decoder.Units), pair => Assert.EndsWith(Convert.ToHexString(pair.First[^40..]), Convert.ToHexString(pair.Second.Data), StringComparison.Ordinal));
    }

    [Fact]
    public void WebRtcCall_DecoderThatHangs_DelaysNoAudioPacket()
    {
        using var gate = new ManualResetEventSlim();
        using var decoder = new HangingDecoder(gate);
        EnhancedSession? session = null;
        using Call call = Call.OverWebRtc(
            receiver => session = receiver.UseRtcEnhance(new EnhancedSessionOptions { VideoSink = _sink, VideoDecoderFactory = _ => decoder }), Call.Pcmu, Call.Vp8);
        try
        {
            call.Sender.VideoStream.SendVp8Frame(TicksPerFrame, 96, _frames[0]);
            Waiting.For(() => decoder.Hangs, "the decoder hangs");

            // Sequence number 0 would be taken for a replayed one by SIPSorcery's SRTP.
            // Both streams come in through one socket. More pictures than may wait for the decoder, audio behind each of them.
            for (int i = 0; i < 100; i++)
            {
                call.Sender.VideoStream.SendVp8Frame(TicksPerFrame, 96, _frames[i % 8]);
                call.Sender.AudioStream.SendRtpRaw(new byte[160], (uint)(160 * i), 0, 0, (ushort)(i + 1));
                Waiting.For(() => session!.Audio.GetStats().PacketsReceived == i + 1, $"audio packet {i} arrives");
            }

            Assert.True(decoder.Hangs);
        }
        finally
        {
            gate.Set();
        }
    }

    [Fact]
    public void SipCall_CodecThatIsNotDecoded_IsLeftAlone()
    {
        using Call call = Call.OverRtp(null, Call.Pcmu, new VideoFormat(VideoCodecsEnum.H265, 98));
        using EnhancedSession session = Attach(call.Receiver);
        long received = 0;
        call.Receiver.OnRtpPacketReceivedByIndex += (_, _, _, _) => Interlocked.Increment(ref received);

        call.Sender.VideoStream.SendRtpRaw([0x8C, 0, 0, 0], 0, 1, 98, 0);

        Waiting.For(() => Volatile.Read(ref received) == 1, "the packet arrives");
        Assert.Null(session.Video!.Receiver);
        Assert.Equal(0, session.GetStats().VideoReceiver.PacketsReceived);
    }

    private EnhancedSession Attach(RTPSession receiver) => receiver.UseRtcEnhance(new EnhancedSessionOptions
    {
        Time = _time,
        VideoSink = _sink,
        VideoDecoderFactory = static _ => new VpxDecoder(),
        VideoEnhancer = new VideoEnhancerOptions { Method = UpscaleMethod.Bicubic, Time = _time },
    });

    /// <summary>Sends a picture in packets of 1000 bytes and waits until they have arrived, and until it was decoded or dropped.</summary>
    private void Send(Call call, EnhancedSession session, byte[] frame, int? losesPacket = null)
    {
        _time.Advance(TimeSpan.FromSeconds(1.0 / 15));
        for (int start = 0, index = 0; start < frame.Length; start += 1000, index++)
        {
            ReadOnlySpan<byte> part = frame.AsSpan(start, Math.Min(1000, frame.Length - start));
            bool isLast = start + part.Length == frame.Length;
            if (index != losesPacket)
            {
                byte[] payload = [(byte)(start == 0 ? 0x10 : 0), .. part];
                call.Sender.VideoStream.SendRtpRaw(payload, (uint)(_sent * TicksPerFrame), isLast ? 1 : 0, 96, _sequenceNumber);
                _packetsSent++;
            }

            _sequenceNumber++;
        }

        _sent++;
        Waiting.For(() => session.GetStats().VideoReceiver.PacketsReceived == _packetsSent, $"the packets of picture {_sent} arrive");
        if (losesPacket is null)
        {
            Waiting.For(
                () => session.GetStats().VideoReceiver is var stats && stats.FramesDecoded + stats.FramesDropped + stats.CorruptFrames >= stats.FramesReceived,
                $"picture {_sent} is decoded or dropped");
            Waiting.For(() => _sink.Count >= session.GetStats().VideoReceiver.FramesDecoded, $"picture {_sent} is shown");
        }
    }

    private sealed class Requests
    {
        private int _count;

        public Requests(RTPSession sender) => sender.OnReceiveReportByIndex += (_, _, media, packet) =>
        {
            if (packet.Feedback is not { } feedback || feedback.Header.PayloadFeedbackMessageType != PSFBFeedbackTypesEnum.PLI)
                return;
            (SenderSsrc, MediaSsrc) = (feedback.SenderSSRC, feedback.MediaSSRC);
            Interlocked.Increment(ref _count);
        };

        public int Count => Volatile.Read(ref _count);

        public uint SenderSsrc { get; private set; }

        public uint MediaSsrc { get; private set; }
    }
}
