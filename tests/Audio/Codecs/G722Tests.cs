using FsCheck;
using FsCheck.Fluent;

namespace RtcEnhance.Audio.Tests.Codecs;

public sealed class G722Tests
{
    [Theory]
    [InlineData("encoded.g722", "decoded.s16")]
    [InlineData("random.g722", "random.s16")]
    public void Decode_Vector_EqualsFFmpegBitForBit(string encoded, string expected)
    {
        using var decoder = new G722Decoder();

        var samples = DecodeInPackets(decoder, CodecVectors.ReadBytes(encoded), 160);

        Assert.Equal(CodecVectors.ReadSamples(expected), CodecVectors.ToPcm16(samples));
    }

    [Fact]
    public void Encode_Vector_EqualsFFmpegBitForBit()
    {
        var encoder = new G722Encoder();
        var input = CodecVectors.ToFloat(CodecVectors.ReadSamples("input.s16"));
        var payload = new byte[input.Length / 2];

        Assert.Equal(payload.Length, encoder.Encode(input, payload));

        Assert.Equal(CodecVectors.ReadBytes("encoded.g722"), payload);
    }

    [Fact]
    public void EncodeAndDecode_LoudTone_KeepsItWithin40Db()
    {
        // The filter bank delays by 22 samples.
        const int Delay = 22;
        var input = new float[3200];
        for (var i = 0; i < input.Length; i++)
            input[i] = 0.5f * MathF.Sin(2 * MathF.PI * 1000 * i / 16000);

        var samples = EncodeAndDecode(input);

        double signal = 0, noise = 0;
        for (var i = 800; i < input.Length - Delay; i++)
        {
            signal += input[i] * input[i];
            noise += (samples[i + Delay] - input[i]) * (samples[i + Delay] - input[i]);
        }

        Assert.InRange(10 * Math.Log10(signal / noise), 40, 100);
    }

    [Fact]
    public void Decode_AnyPacketSizes_GiveTheSameSamples() =>
        Prop.ForAll(Gen.Choose(1, 960).ToArbitrary(), packetBytes =>
        {
            using var whole = new G722Decoder();
            using var cut = new G722Decoder();
            var bytes = CodecVectors.ReadBytes("random.g722");
            return DecodeInPackets(whole, bytes, 800).AsSpan().SequenceEqual(DecodeInPackets(cut, bytes, packetBytes));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Fact]
    public void Decode_AfterALoss_CarryingOnIsCloserThanResetting()
    {
        const int PacketBytes = 160;
        var encoded = CodecVectors.ReadBytes("encoded.g722");
        using var reference = new G722Decoder();
        var expected = DecodeInPackets(reference, encoded, PacketBytes);
        double carriedOn = 0, reset = 0;

        for (var lost = 1; lost + 3 < encoded.Length / PacketBytes; lost++)
        {
            carriedOn += ErrorAfterLoss(encoded, expected, lost, resetAfterLoss: false);
            reset += ErrorAfterLoss(encoded, expected, lost, resetAfterLoss: true);
        }

        Assert.True(carriedOn < 0.7 * reset, $"carried on {carriedOn:F3}, reset {reset:F3}");
    }

    [Fact]
    public void Reset_AfterAnotherStream_StartsAfresh()
    {
        using var decoder = new G722Decoder();
        var encoded = CodecVectors.ReadBytes("encoded.g722");
        DecodeInPackets(decoder, CodecVectors.ReadBytes("random.g722"), 160);

        decoder.Reset();

        Assert.Equal(CodecVectors.ReadSamples("decoded.s16"), CodecVectors.ToPcm16(DecodeInPackets(decoder, encoded, 160)));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 2)]
    [InlineData(960, 1920)]
    [InlineData(961, 0)]
    public void GetSampleCount_AnyLength_EqualsWhatDecodeWrites(int bytes, int expected)
    {
        using var decoder = new G722Decoder();

        Assert.Equal(expected, decoder.GetSampleCount(new byte[bytes]));
        Assert.Equal(expected, decoder.Decode(new byte[bytes], new float[decoder.MaxSamplesPerPacket]));
    }

    [Fact]
    public void Encode_OddNumberOfSamples_Throws() =>
        Assert.Throws<ArgumentException>(() => new G722Encoder().Encode(new float[3], new byte[2]));

    private static float[] EncodeAndDecode(float[] input)
    {
        var payload = new byte[input.Length / 2];
        new G722Encoder().Encode(input, payload);
        using var decoder = new G722Decoder();
        return DecodeInPackets(decoder, payload, 160);
    }

    private static float[] DecodeInPackets(G722Decoder decoder, byte[] encoded, int packetBytes)
    {
        var samples = new float[2 * encoded.Length];
        for (var i = 0; i < encoded.Length; i += packetBytes)
        {
            var payload = encoded.AsSpan(i, Math.Min(packetBytes, encoded.Length - i));
            Assert.Equal(2 * payload.Length, decoder.Decode(payload, samples.AsSpan(2 * i)));
        }

        return samples;
    }

    /// <summary>Root of the squared error over the 60 ms that follow one lost packet.</summary>
    private static double ErrorAfterLoss(byte[] encoded, float[] expected, int lost, bool resetAfterLoss)
    {
        const int PacketBytes = 160;
        using var decoder = new G722Decoder();
        DecodeInPackets(decoder, encoded[..(lost * PacketBytes)], PacketBytes);
        if (resetAfterLoss)
            decoder.Reset();

        var start = (lost + 1) * PacketBytes;
        var samples = DecodeInPackets(decoder, encoded[start..(start + (3 * PacketBytes))], PacketBytes);
        return Math.Sqrt(samples.Select((sample, i) => Math.Pow(sample - expected[(2 * start) + i], 2)).Sum());
    }
}
