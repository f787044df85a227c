using System.Runtime.CompilerServices;
using RtcEnhance.Testing;
using RtcEnhance.Video;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.SipSorcery.Tests;

/// <summary>Calls of ICE, DTLS and SRTP in which a packet of Opus and a picture of VP8 arrive, and that end at once.</summary>
internal static class ShortCall
{
    private static readonly byte[] OpusSilence = [0xF8, 0xFF, 0xFE];

    /// <summary>The sessions that were, for a look whether they are gone.</summary>
    /// <param name="count">Calls, one after the other.</param>
    /// <param name="decoders">Null for SIPSorcery alone, which decodes nothing.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static List<WeakReference> Run(int count, CountedDecoders? decoders)
    {
        byte[] picture = IvfReader.ReadFrames(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vp8-q20.ivf")))[0];
        var ended = new List<WeakReference>();
        for (int i = 0; i < count; i++)
            ended.Add(Run(picture, decoders));
        return ended;
    }

    public static EnhancedSessionOptions Options(CountedDecoders decoders) => new()
    {
        AudioDecoderFactory = _ => decoders.CreateAudio(),
        VideoDecoderFactory = _ => decoders.CreateVideo(),
        VideoSink = new CountingSink(),
        VideoEnhancer = new VideoEnhancerOptions { Method = UpscaleMethod.Bicubic },
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Run(byte[] picture, CountedDecoders? decoders)
    {
        EnhancedSession? enhanced = null;
        long received = 0;
        using Call call = Call.OverWebRtc(
            receiver => enhanced = decoders is null ? null : receiver.UseRtcEnhance(Options(decoders)), AudioCommonlyUsedFormats.OpusWebRTC, Call.Vp8);
        call.Receiver.OnRtpPacketReceivedByIndex += (_, _, _, _) => Interlocked.Increment(ref received);

        // Not 0: SIPSorcery's SRTP takes a first packet of that number for a replayed one.
        call.Sender.AudioStream.SendRtpRaw(OpusSilence, 0, 0, 111, 1);
        call.Sender.VideoStream.SendVp8Frame(3000, 96, picture);
        Waiting.For(() => Volatile.Read(ref received) >= 2, "the packets arrive");
        if (enhanced is not null)
        {
            Waiting.For(() => enhanced.GetStats() is { Audio.PacketsReceived: 1, VideoReceiver.FramesDecoded: 1 }, "the picture is decoded");
            enhanced.Audio.GetAudio(new float[48000]);
        }

        // SIPSorcery keeps a connection for a while, and with it the handler above and all that this method shares with it.
        var ended = new WeakReference(enhanced);
        enhanced = null;
        return ended;
    }
}
