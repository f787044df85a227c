using RtcEnhance.Audio;
using RtcEnhance.Opus;
using RtcEnhance.Video;
using RtcEnhance.Vpx;

namespace RtcEnhance.EndToEnd.Tests;

/// <summary>The usage sample of the README, kept true by the compiler.</summary>
internal static class ReadmeSample
{
    internal static void Run(IEnumerable<byte[]> datagrams, Action<float[]> device, IVideoFrameSink window, Action sendPli)
    {
        // sample begins
        using var audio = new AudioReceiver(new AudioReceiverOptions
        {
            OutputFormat = new AudioFormat(48000),
            Decoders = new Dictionary<byte, Func<IAudioDecoder>>
            {
                [0] = () => new G711Decoder(G711Law.MuLaw),
                [9] = () => new G722Decoder(),
                [111] = () => new OpusDecoder(),
            },
        });
        using var enhancer = new VideoEnhancer(window);            // 480x360 in, 960x720 out
        using var video = new VideoReceiver(new VideoReceiverOptions(), _ => new VpxDecoder(), enhancer);
        video.KeyFrameRequested += _ => sendPli();

        // network thread: stamp, wrap, insert
        foreach (byte[] datagram in datagrams)
        {
            if (!RtpPacket.TryParse(datagram, TimeProvider.System.GetTimestamp(), out RtpPacket packet))
                continue;
            if (packet.PayloadType == 96)
                video.InsertPacket(packet);
            else
                audio.InsertPacket(packet);
        }

        // playout thread: the sound card asks for samples and always gets them
        var block = new float[480];
        audio.GetAudio(block);
        device(block);

        InboundAudioStats stats = audio.GetStats();                 // W3C names: stats.ConcealedSamples, ...
        // sample ends
        GC.KeepAlive(stats);
    }
}
