using RtcEnhance.Audio;
using RtcEnhance.Opus;
using RtcEnhance.Video;
using RtcEnhance.Vpx;

namespace RtcEnhance.EndToEnd.Tests;

/// <summary>The usage samples of the README, kept true by the compiler.</summary>
internal static class ReadmeSample
{
    internal interface ISpeech
    {
        void Write(ReadOnlySpan<float> block);
    }

    internal static void Receive(
        IEnumerable<byte[]> datagrams, Action<float[]> device, IVideoFrameSink window, Action sendPli, uint videoSsrc, Action<char?> dial, TimeSpan roundTrip, ushort[] sequenceNumbers)
    {
        // sample begins
        using var audio = new AudioReceiver(new AudioReceiverOptions
        {
            OutputFormat = new AudioFormat(48000),
            Enhancement = new EnhancementOptions { PlayoutDelay = new PlayoutDelayOptions { MaximumDelay = TimeSpan.FromMilliseconds(500) } },
            Decoders = new Dictionary<byte, Func<IAudioDecoder>>
            {
                [0] = () => new G711Decoder(G711Law.MuLaw),
                [9] = () => new G722Decoder(),
                [111] = () => new OpusDecoder(),
            },
            TelephoneEvents = new Dictionary<byte, int> { [101] = 8000 },
            RedundantAudio = [63],
        });
        using var enhancer = new VideoEnhancer(window);            // 480x360 in, 960x720 out
        using var video = new VideoReceiver(new VideoReceiverOptions(), _ => new VpxDecoder(), enhancer);
        video.KeyFrameRequested += _ => sendPli();
        using var lipSync = new LipSync(audio, video.PlayoutClock);
        enhancer.LipSync = lipSync;                                 // pictures wait for their sound

        // network thread: stamp, wrap, insert
        foreach (byte[] datagram in datagrams)
        {
            if (RtpPacket.TryParse(datagram, TimeProvider.System.GetTimestamp(), out RtpPacket packet))
                _ = packet.PayloadType == 96 ? video.InsertPacket(packet) : audio.InsertPacket(packet);
            else if (RtcpSenderReport.TryParse(datagram, out RtcpSenderReport report))
                _ = report.Ssrc == videoSsrc ? video.AddSenderReport(report) : audio.AddSenderReport(report);
        }

        // playout thread: the sound card asks for samples and always gets them
        var block = new float[480];
        audio.GetAudio(block);
        device(block);

        // now and then
        while (audio.TryReadTelephoneEvent(out TelephoneEvent key))
            dial(key.Key);
        int missing = audio.GetNackList(roundTrip, sequenceNumbers);    // worth asking for again
        InboundAudioStats stats = audio.GetStats();                     // W3C names: stats.ConcealedSamples, ...
        // sample ends
        GC.KeepAlive((missing, stats));
    }

    internal static void Mix(IEnumerable<AudioReceiver> participants, float[] block)
    {
        // sample begins
        var mixer = new AudioMixer(new AudioFormat(48000));         // a conference on one device
        foreach (AudioReceiver participant in participants)
            mixer.Add(participant);
        mixer.Inputs[0].IsMuted = true;
        mixer.GetAudio(block);
        // sample ends
    }

    internal static void Pump(AudioReceiver receiver, ISpeech speech)
    {
        // sample begins
        using var pump = new AudioPump(receiver, speech.Write, new AudioPumpOptions { BlockSamples = 320 });
        pump.Start();                                               // a voice agent: receiver yields 16 kHz, speech gets 20 ms at a time
        // sample ends
    }
}
