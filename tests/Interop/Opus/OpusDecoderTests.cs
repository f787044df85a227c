using RtcEnhance.Opus;

namespace RtcEnhance.Interop.Tests.Opus;

public sealed class OpusDecoderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void EncodeAndDecode_Music_KeepsTheWaveform(int channels)
    {
        // libopus looks 6.5 ms ahead.
        var delay = 312 * channels;
        var input = new float[48000 * channels];
        for (var i = 0; i < input.Length; i++)
            input[i] = 0.3f * MathF.Sin(2 * MathF.PI * (i % channels == 0 ? 440 : 1250) * (i / channels) / 48000f);
        var packets = OpusStream.Encode(input, new() { Channels = channels, Application = OpusApplication.Audio, BitrateBps = 96000 });
        using var decoder = new OpusDecoder(48000, channels);

        var output = OpusStream.Decode(decoder, packets);

        var start = 4800 * channels;
        Assert.InRange(OpusStream.SnrDb(input.AsSpan(start..^delay), output.AsSpan(start + delay)), 25, 120);
    }

    [Theory]
    [InlineData(8000, 1)]
    [InlineData(12000, 2)]
    [InlineData(16000, 1)]
    [InlineData(24000, 2)]
    [InlineData(48000, 2)]
    public void GetSampleCount_AnyRate_EqualsWhatDecodeWrites(int rate, int channels)
    {
        var packets = OpusStream.Encode(SpeechLikeSignal.Create(0.2, 48000), new());
        using var decoder = new OpusDecoder(rate, channels);
        var samples = new float[decoder.MaxSamplesPerPacket * channels];

        foreach (var packet in packets)
        {
            Assert.Equal(rate / 50, decoder.GetSampleCount(packet));
            Assert.Equal(rate / 50, decoder.Decode(packet, samples));
        }

        Assert.Equal(48000, decoder.RtpClockRateHz);
    }

    [Fact]
    public void DecodeFec_LostSpeechPackets_RecoversThemBetterThanConceal()
    {
        var packets = OpusStream.Encode(
            SpeechLikeSignal.Create(4, 48000),
            new() { BitrateBps = 32000, InBandFec = true, ExpectedLossPercent = 20 });
        using var reference = new OpusDecoder();
        var expected = OpusStream.Decode(reference, packets);

        var (withFec, recovered) = DecodeWithLosses(packets, expected, useFec: true);
        var (concealed, _) = DecodeWithLosses(packets, expected, useFec: false);

        Assert.InRange(recovered, 20, packets.Length);
        Assert.True(withFec > concealed + 10, $"FEC {withFec:F1} dB, concealment {concealed:F1} dB");
    }

    [Fact]
    public void DecodeFec_PayloadWithoutRedundancy_ReturnsZeroAndLeavesTheStateAlone()
    {
        var signal = SpeechLikeSignal.Create(1, 48000);
        byte[][][] streams =
        [
            OpusStream.Encode(signal, new()),
            OpusStream.Encode(signal, new() { Application = OpusApplication.Audio, BitrateBps = 128000 }),
        ];

        foreach (var packets in streams)
        {
            using var asked = new OpusDecoder();
            using var untouched = new OpusDecoder();
            var samples = new float[960];
            foreach (var packet in packets)
            {
                Assert.Equal(0, asked.DecodeFec(packet, samples));
                var expected = OpusStream.Decode(untouched, [packet]);
                asked.Decode(packet, samples);
                Assert.Equal(expected, samples);
            }
        }
    }

    [Fact]
    public void DecodeFec_GapThatDoesNotFit_ReturnsZero()
    {
        var packet = OpusStream.Encode(SpeechLikeSignal.Create(1, 48000), new() { InBandFec = true, ExpectedLossPercent = 20 })
            .First(packet => OpusPacketInfo.TryParse(packet, out var info) && info.HasFec);
        using var decoder = new OpusDecoder();

        Assert.Equal(0, decoder.DecodeFec(packet, new float[480]));
        Assert.Equal(0, decoder.DecodeFec(packet, new float[961]));
        Assert.Equal(0, decoder.DecodeFec(packet, []));
        Assert.Equal(0, decoder.DecodeFec([], new float[960]));
        Assert.Equal(1920, decoder.DecodeFec(packet, new float[1920]));
        Assert.Equal(960, decoder.DecodeFec(packet, new float[960]));
    }

    [Fact]
    public void Conceal_AfterSpeech_FillsTheGap()
    {
        using var decoder = new OpusDecoder(16000);
        OpusStream.Decode(decoder, OpusStream.Encode(SpeechLikeSignal.Create(0.1, 48000), new()));
        var samples = new float[320];

        Assert.Equal(320, decoder.Conceal(samples));
        Assert.Equal(0, decoder.Conceal(new float[321]));
        Assert.Equal(0, decoder.Conceal([]));

        Assert.InRange(samples.Max(), 0.01f, 1f);
    }

    [Fact]
    public void Decode_DtxSilence_IsShortPayloadsAndQuiet()
    {
        var signal = SpeechLikeSignal.Create(2, 48000);
        signal.AsSpan(24000).Clear();
        var packets = OpusStream.Encode(signal, new() { Dtx = true, BitrateBps = 16000 });
        using var decoder = new OpusDecoder();

        var samples = OpusStream.Decode(decoder, packets);

        Assert.InRange(packets.Count(packet => packet.Length <= 2), 20, packets.Length);
        Assert.InRange(samples[72000..].Max(Math.Abs), 0f, 0.01f);
    }

    [Fact]
    public void Decode_RandomPayloads_WriteWhatTheFramingSaysWithinFullScale()
    {
        var random = new Random(11);
        OpusDecoder[] decoders = [new(8000), new(16000, 2), new(48000), new(48000, 2)];
        var samples = new float[2 * 5760];
        int good = 0, bad = 0;

        for (var round = 0; round < 10_000; round++)
        {
            var decoder = decoders[round % decoders.Length];
            var payload = new byte[random.Next(8) == 0 ? random.Next(1600) : random.Next(40)];
            random.NextBytes(payload);
            var expected = decoder.GetSampleCount(payload);

            var fec = decoder.DecodeFec(payload, samples.AsSpan(0, decoder.Format.BlockLength * random.Next(5)));
            var count = decoder.Decode(payload, samples);

            Assert.Equal(expected, count);
            Assert.InRange(fec, 0, decoder.MaxSamplesPerPacket);
            foreach (var sample in samples.AsSpan(0, count * decoder.Format.Channels))
            {
                if (!(Math.Abs(sample) <= 1))
                    Assert.Fail($"round {round}: sample {sample}");
            }

            good += count > 0 ? 1 : 0;
            bad += count == 0 ? 1 : 0;
        }

        Assert.InRange(good, 1000, 9000);
        Assert.InRange(bad, 1000, 9000);
        foreach (var decoder in decoders)
            decoder.Dispose();
    }

    [Fact]
    public void Reset_AfterAnotherStream_StartsAfresh()
    {
        var packets = OpusStream.Encode(SpeechLikeSignal.Create(0.5, 48000), new());
        using var fresh = new OpusDecoder();
        using var used = new OpusDecoder();
        OpusStream.Decode(used, packets[10..]);

        used.Reset();

        Assert.Equal(OpusStream.Decode(fresh, packets), OpusStream.Decode(used, packets));
    }

    [Fact]
    public void Decode_AfterWarmUp_AllocatesNothing()
    {
        var packets = OpusStream.Encode(SpeechLikeSignal.Create(1, 48000), new() { InBandFec = true, ExpectedLossPercent = 20 });
        using var decoder = new OpusDecoder(complexity: 5);
        var samples = new float[960];

        AllocationAssert.None(
            () =>
            {
                foreach (var packet in packets)
                    RunEveryEntry(decoder, packet, samples);
            },
            warmUps: 1, runs: 1);
    }

    [Fact]
    public void Decoder_WrongUse_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new OpusDecoder(44100));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OpusDecoder(48000, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OpusDecoder(complexity: 11));
        var packet = OpusStream.Encode(new float[960], new())[0];
        var decoder = new OpusDecoder();
        Assert.Throws<ArgumentException>(() => decoder.Decode(packet, new float[959]));
        decoder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => decoder.Decode(packet, new float[960]));
    }

    private static void RunEveryEntry(OpusDecoder decoder, byte[] packet, float[] samples)
    {
        decoder.Conceal(samples);
        decoder.DecodeFec(packet, samples);
        decoder.Decode(packet, samples);
    }

    /// <summary>Loses every fifth packet whose successor carries redundancy; the error is taken over the lost packets.</summary>
    private static (double SnrDb, int Recovered) DecodeWithLosses(byte[][] packets, float[] expected, bool useFec)
    {
        using var decoder = new OpusDecoder();
        var lostSamples = new List<float>();
        var lostExpected = new List<float>();
        var samples = new float[960];
        for (var i = 0; i < packets.Length; i++)
        {
            var isLost = i % 5 == 3 && i + 1 < packets.Length
                && OpusPacketInfo.TryParse(packets[i + 1], out var info) && info.HasFec;
            if (!isLost)
            {
                decoder.Decode(packets[i], samples);
                continue;
            }

            Assert.Equal(960, useFec ? decoder.DecodeFec(packets[i + 1], samples) : decoder.Conceal(samples));
            lostSamples.AddRange(samples);
            lostExpected.AddRange(expected[(i * 960)..((i + 1) * 960)]);
        }

        return (OpusStream.SnrDb(lostExpected.ToArray(), lostSamples.ToArray()), lostSamples.Count / 960);
    }
}
