using RtcEnhance.Audio;

namespace RtcEnhance.TrimSmoke;

/// <summary>A second of lossy G.711 from datagrams through the receiver into a WAV file and back.</summary>
internal static class AudioSmoke
{
    private const int PacketSamples = 160;
    private const int Packets = 50;

    public static void Run()
    {
        using var receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Decoders = new Dictionary<byte, Func<IAudioDecoder>>
            {
                [0] = () => new G711Decoder(G711Law.MuLaw),
                [8] = () => new G711Decoder(G711Law.ALaw),
                [9] = () => new G722Decoder(),
                [96] = () => new L16Decoder(48000),
            },
            Enhancement = EnhancementOptions.ForPreset(EnhancementPreset.LowDelay),
        });
        var played = new List<float>();
        var block = new float[receiver.OutputFormat.BlockLength];
        for (int i = 0; i < Packets; i++)
        {
            if (i % 10 != 7)
                Insert(receiver, i);
            for (int pull = 0; pull < 2; pull++)
            {
                receiver.GetAudio(block);
                played.AddRange(block);
            }
        }

        InboundAudioStats stats = receiver.GetStats();
        Smoke.Require(stats.ConcealedSamples > 0 && stats.ReceivedSamples > stats.ConcealedSamples, "most samples are received and some concealed");
        Smoke.Require(stats.Concealment.Calls > 0 && stats.BandwidthExtension.LastReason == ReasonCode.ModelMissing, "both classical stages ran");
        Smoke.Require(played.Exists(sample => Math.Abs(sample) > 0.1f), "the tone is heard");
        RoundTrip([.. played]);
        DecodeWideBand();
    }

    private static void Insert(AudioReceiver receiver, int number)
    {
        var samples = new float[PacketSamples];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = 0.5f * MathF.Sin(2 * MathF.PI * 200 * ((number * PacketSamples) + i) / 8000f);
        var datagram = new byte[12 + PacketSamples];
        datagram[0] = 0x80;
        datagram[3] = (byte)number;
        (datagram[6], datagram[7]) = ((byte)(number * PacketSamples >> 8), (byte)(number * PacketSamples));
        new G711Encoder(G711Law.MuLaw).Encode(samples, datagram.AsSpan(12));
        Smoke.Require(RtpPacket.TryParse(datagram, TimeProvider.System.GetTimestamp(), out RtpPacket packet), "the datagram is RTP");
        Smoke.Require(receiver.InsertPacket(packet) == InsertResult.Accepted, "the packet is accepted");
    }

    private static void RoundTrip(float[] samples)
    {
        using var stream = new MemoryStream();
        using (var writer = new WavWriter(stream, 48000, 1, WavSampleFormat.IeeeFloat))
            writer.Write(samples);
        stream.Position = 0;
        Smoke.Require(WavFile.Read(stream).Samples.AsSpan().SequenceEqual(samples), "the WAV file holds what was written");
        try
        {
            WavFile.Read(new MemoryStream(stream.ToArray()[..20]));
            Smoke.Require(false, "a cut WAV file is refused");
        }
        catch (MediaFormatException)
        {
        }
    }

    private static void DecodeWideBand()
    {
        var payload = new byte[PacketSamples];
        new G722Encoder().Encode(new float[2 * PacketSamples], payload);
        using var decoder = new G722Decoder();
        Smoke.Require(decoder.Decode(payload, new float[decoder.MaxSamplesPerPacket]) == 2 * PacketSamples, "G.722 decodes 20 ms");
        Smoke.Require(Resampler.Convert(new float[480], 48000, 16000).Length == 160, "the resampler keeps the duration");
    }
}
