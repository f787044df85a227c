using RtcEnhance.Audio;
using RtcEnhance.Interop.Tests.Opus;
using RtcEnhance.Opus;

namespace RtcEnhance.Concentus.Tests;

/// <summary>Packets are made by libopus, so that both decoders and the standard meet here.</summary>
public sealed class ConcentusDecoderTests
{
    private static readonly OpusEncoderOptions Redundant = new() { BitrateBps = 32000, InBandFec = true, ExpectedLossPercent = 20 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Decode_PacketsOfLibopus_SoundsLikeLibopus(int channels)
    {
        byte[][] packets = Encode(SpeechLikeSignal.Create(2, 48000), Redundant);
        using var ours = new ConcentusDecoder(channels);
        using var native = new OpusDecoder(48000, channels);

        float[] expected = Decode(native, packets);
        float[] actual = Decode(ours, packets);

        Assert.InRange(SnrDb(expected, actual), 40, 200);
    }

    [Fact]
    public void GetSampleCount_EqualsWhatDecodeWrites()
    {
        byte[][] packets = Encode(SpeechLikeSignal.Create(0.2, 48000), new());
        using var decoder = new ConcentusDecoder(2);
        var samples = new float[decoder.MaxSamplesPerPacket * 2];

        foreach (byte[] packet in packets)
        {
            Assert.Equal(960, decoder.GetSampleCount(packet));
            Assert.Equal(960, decoder.Decode(packet, samples));
        }

        Assert.Equal(48000, decoder.RtpClockRateHz);
        Assert.Equal("opus", decoder.Name);
    }

    [Fact]
    public void DecodeFec_LostSpeechPackets_RecoversThemBetterThanConceal()
    {
        byte[][] packets = Encode(SpeechLikeSignal.Create(4, 48000), Redundant);
        using var reference = new ConcentusDecoder();
        float[] expected = Decode(reference, packets);

        double withFec = ErrorOverLosses(packets, expected, useFec: true);
        double concealed = ErrorOverLosses(packets, expected, useFec: false);

        Assert.True(withFec > concealed + 6, $"FEC {withFec:F1} dB, concealment {concealed:F1} dB");
    }

    [Fact]
    public void DecodeFec_GapThatDoesNotFit_ReturnsZero()
    {
        byte[] packet = Encode(SpeechLikeSignal.Create(1, 48000), Redundant)
            .First(packet => OpusPacketInfo.TryParse(packet, out OpusPacketInfo info) && info.HasFec);
        byte[] plain = Encode(SpeechLikeSignal.Create(0.1, 48000), new())[3];
        using var decoder = new ConcentusDecoder();

        Assert.Equal(0, decoder.DecodeFec(packet, new float[480]));
        Assert.Equal(0, decoder.DecodeFec(packet, new float[961]));
        Assert.Equal(0, decoder.DecodeFec([], new float[960]));
        Assert.Equal(0, decoder.DecodeFec(plain, new float[960]));
        Assert.Equal(960, decoder.DecodeFec(packet, new float[960]));
    }

    [Fact]
    public void Conceal_AfterSpeech_FillsTheGap()
    {
        using var decoder = new ConcentusDecoder();
        Decode(decoder, Encode(SpeechLikeSignal.Create(0.1, 48000), new()));
        var samples = new float[960];

        Assert.Equal(960, decoder.Conceal(samples));
        Assert.Equal(0, decoder.Conceal(new float[961]));

        Assert.InRange(samples.Max(), 0.01f, 1f);
    }

    [Fact]
    public void Decode_DtxSilence_IsQuietAndFlagged()
    {
        float[] signal = SpeechLikeSignal.Create(2, 48000);
        signal.AsSpan(24000).Clear();
        byte[][] packets = Encode(signal, new() { Dtx = true, BitrateBps = 16000 });
        using var decoder = new ConcentusDecoder();

        float[] samples = Decode(decoder, packets);

        Assert.Equal(960, decoder.Decode([packets[0][0]], new float[960]));
        Assert.True(decoder.IsDiscontinuous([packets[0][0]]));
        Assert.Contains(packets, packet => decoder.IsDiscontinuous(packet));
        Assert.InRange(samples[72000..].Max(Math.Abs), 0f, 0.01f);
    }

    [Fact]
    public void EveryEntry_RandomPayloads_NeverThrowsAndGoesOn()
    {
        var random = new Random(11);
        byte[][] packets = Encode(SpeechLikeSignal.Create(0.2, 48000), Redundant);
        using var decoder = new ConcentusDecoder();
        var samples = new float[5760];

        for (int round = 0; round < 3000; round++)
        {
            var payload = new byte[random.Next(8) == 0 ? random.Next(1600) : random.Next(40)];
            random.NextBytes(payload);
            Assert.InRange(decoder.DecodeFec(payload, samples.AsSpan(0, 960)), 0, 960);
            Assert.InRange(decoder.Decode(payload, samples), 0, 5760);
        }

        decoder.Reset();
        using var fresh = new ConcentusDecoder();
        Assert.Equal(Decode(fresh, packets), Decode(decoder, packets));
    }

    [Fact]
    public void AudioReceiver_EveryFifthPacketLost_PlaysRecoveredSpeech()
    {
        byte[][] packets = Encode(SpeechLikeSignal.Create(2, 48000), Redundant);
        using var receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [111] = static () => new ConcentusDecoder() },
        });
        var block = new float[960];

        for (int i = 0; i < packets.Length; i++)
        {
            if (i % 5 != 3)
                receiver.InsertPacket(new RtpPacket(1, (ushort)i, (uint)(i * 960), 111, i == 0, i * TimeSpan.TicksPerMillisecond * 20, packets[i]));
            receiver.GetAudio(block);
        }

        InboundAudioStats stats = receiver.GetStats();
        Assert.Equal(0, stats.UndecodablePackets);
        Assert.InRange(stats.FecPacketsReceived, 1, packets.Length);
    }

    [Fact]
    public void Decoder_WrongUse_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConcentusDecoder(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConcentusDecoder(3));
        byte[] packet = Encode(new float[960], new())[0];
        var decoder = new ConcentusDecoder();
        Assert.Throws<ArgumentException>(() => decoder.Decode(packet, new float[959]));
        decoder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => decoder.Decode(packet, new float[960]));
    }

    private static byte[][] Encode(float[] samples, OpusEncoderOptions options)
    {
        using var encoder = new OpusEncoder(options);
        var packets = new byte[samples.Length / 960][];
        var payload = new byte[1500];
        for (int i = 0; i < packets.Length; i++)
            packets[i] = payload[..encoder.Encode(samples.AsSpan(i * 960, 960), payload)];
        return packets;
    }

    private static float[] Decode(IAudioDecoder decoder, byte[][] packets)
    {
        int length = 2 * decoder.Format.BlockLength;
        var samples = new float[packets.Length * length];
        for (int i = 0; i < packets.Length; i++)
            Assert.Equal(2 * decoder.Format.SamplesPerBlock, decoder.Decode(packets[i], samples.AsSpan(i * length, length)));
        return samples;
    }

    /// <summary>Loses every fifth packet whose successor carries redundancy; the error is taken over the lost packets.</summary>
    private static double ErrorOverLosses(byte[][] packets, float[] expected, bool useFec)
    {
        using var decoder = new ConcentusDecoder();
        var lost = new List<float>();
        var lostExpected = new List<float>();
        var samples = new float[960];
        for (int i = 0; i < packets.Length; i++)
        {
            bool isLost = i % 5 == 3 && i + 1 < packets.Length
                && OpusPacketInfo.TryParse(packets[i + 1], out OpusPacketInfo info) && info.HasFec;
            if (!isLost)
            {
                decoder.Decode(packets[i], samples);
                continue;
            }

            Assert.Equal(960, useFec ? decoder.DecodeFec(packets[i + 1], samples) : decoder.Conceal(samples));
            lost.AddRange(samples);
            lostExpected.AddRange(expected[(i * 960)..((i + 1) * 960)]);
        }

        Assert.InRange(lost.Count / 960, 20, packets.Length);
        return SnrDb(lostExpected.ToArray(), lost.ToArray());
    }

    private static double SnrDb(float[] reference, float[] samples)
    {
        double signal = 0, noise = 0;
        for (int i = 0; i < reference.Length; i++)
        {
            signal += (double)reference[i] * reference[i];
            noise += Math.Pow(samples[i] - reference[i], 2);
        }

        return 10 * Math.Log10(signal / noise);
    }
}
