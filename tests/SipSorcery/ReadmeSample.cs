using RtcEnhance.Opus;
using RtcEnhance.Video;
using RtcEnhance.Vpx;
using SIPSorcery.Net;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.SipSorcery.Tests;

/// <summary>The usage sample of the adapter's README, kept true by the compiler.</summary>
internal static class ReadmeSample
{
    internal static void Receive(RTCPeerConnection peerConnection, IVideoFrameSink window, Action<float[]> device)
    {
        // sample begins
        using EnhancedSession call = peerConnection.UseRtcEnhance(new EnhancedSessionOptions
        {
            AudioDecoderFactory = format => format.Codec == AudioCodecsEnum.OPUS ? new OpusDecoder() : null,
            VideoDecoderFactory = _ => new VpxDecoder(),
            VideoSink = window,                           // 480x360 in, 960x720 out
        });
        var block = new float[480];                       // 10 ms at 48 kHz
        call.Audio.GetAudio(block);                       // the sound card asks, and always gets
        device(block);
        EnhancedSessionStats stats = call.GetStats();     // W3C names: stats.Audio.ConcealedSamples, ...
        // sample ends
        GC.KeepAlive(stats);
    }
}
