namespace RtcEnhance.Audio.Tests.Codecs;

public sealed class G711Tests
{
    [Theory]
    [InlineData(G711Law.MuLaw, "mulaw.s16")]
    [InlineData(G711Law.ALaw, "alaw.s16")]
    public void Decode_EveryCode_EqualsFFmpeg(G711Law law, string vector)
    {
        using var decoder = new G711Decoder(law);
        var codes = Enumerable.Range(0, 256).Select(code => (byte)code).ToArray();
        var samples = new float[256];

        Assert.Equal(256, decoder.Decode(codes, samples));

        Assert.Equal(CodecVectors.ReadSamples(vector), CodecVectors.ToPcm16(samples));
    }

    [Theory]
    [InlineData(G711Law.MuLaw)]
    [InlineData(G711Law.ALaw)]
    public void Encode_EverySample_EqualsTheRecommendationsDecisionValues(G711Law law)
    {
        var encoder = new G711Encoder(law);
        var payload = new byte[1];
        var faults = 0;

        for (int sample = short.MinValue; sample <= short.MaxValue; sample++)
        {
            encoder.Encode([sample / 32768f], payload);
            if (payload[0] != EncodeBySearch(law, sample))
                faults++;
        }

        Assert.Equal(0, faults);
    }

    [Theory]
    [InlineData(G711Law.MuLaw, 0x7F)]
    [InlineData(G711Law.ALaw, -1)]
    public void Encode_EveryDecodedCode_GivesTheCodeBack(G711Law law, int secondZero)
    {
        using var decoder = new G711Decoder(law);
        var encoder = new G711Encoder(law);
        var sample = new float[1];
        var back = new byte[1];

        for (var code = 0; code < 256; code++)
        {
            // Mu-law has two codes for zero, and the positive one is sent.
            if (code == secondZero)
                continue;
            decoder.Decode([(byte)code], sample);
            encoder.Encode(sample, back);
            Assert.Equal(code, back[0]);
        }
    }

    [Fact]
    public void Encode_OutsideFullScale_Clips()
    {
        var encoder = new G711Encoder(G711Law.MuLaw);
        var payload = new byte[5];

        encoder.Encode([2f, -2f, float.PositiveInfinity, float.NegativeInfinity, float.NaN], payload);

        Assert.Equal([0x80, 0x00, 0x80, 0x00, 0xFF], payload);
    }

    [Fact]
    public void Decode_Stereo_KeepsTheInterleaving()
    {
        using var decoder = new G711Decoder(G711Law.ALaw, channels: 2);
        var samples = new float[decoder.MaxSamplesPerPacket * 2];

        var count = decoder.Decode([0x55, 0xD5, 0x2A, 0xAA], samples);

        Assert.Equal(2, count);
        Assert.Equal([-8 / 32768f, 8 / 32768f, -32256 / 32768f, 32256 / 32768f], samples[..4]);
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 960, 960)]
    [InlineData(1, 961, 0)]
    [InlineData(2, 3, 0)]
    [InlineData(2, 1920, 960)]
    [InlineData(2, 1922, 0)]
    public void GetSampleCount_AnyLength_EqualsWhatDecodeWrites(int channels, int bytes, int expected)
    {
        using var decoder = new G711Decoder(G711Law.MuLaw, channels);
        var samples = new float[decoder.MaxSamplesPerPacket * channels];

        Assert.Equal(expected, decoder.GetSampleCount(new byte[bytes]));
        Assert.Equal(expected, decoder.Decode(new byte[bytes], samples));
    }

    [Fact]
    public void Decoder_OfNeitherLaw_NamesTheValue()
    {
        var fault = Assert.Throws<ArgumentOutOfRangeException>(() => new G711Decoder((G711Law)7));

        Assert.Equal((G711Law)7, fault.ActualValue);
        Assert.Throws<ArgumentOutOfRangeException>(() => new G711Encoder((G711Law)7));
        Assert.Throws<ArgumentOutOfRangeException>(() => new G711Decoder(G711Law.MuLaw, channels: 3));
    }

    /// <summary>G.711 Tables 1 and 2 as they read: walk the decision values upwards, interval by interval.</summary>
    private static byte EncodeBySearch(G711Law law, int sample)
    {
        var isMuLaw = law == G711Law.MuLaw;
        // Mu-law decision values go to 8159 in 14 bits, A-law ones to 4096 in 13 bits with sign.
        var magnitude = (sample < 0 ? ~sample : sample) / (isMuLaw ? 4.0 : 8.0);
        var code = 0;
        double decision = 0;
        for (; code < 127; code++)
        {
            var segment = code / 16;
            double width = isMuLaw ? 2 << segment : 2 << Math.Max(segment - 1, 0);
            // The first mu-law interval is half as wide.
            decision += isMuLaw && code == 0 ? 1 : width;
            if (magnitude < decision)
                break;
        }

        if (isMuLaw)
            return (byte)~(sample < 0 ? code | 0x80 : code);
        return (byte)((sample < 0 ? code : code | 0x80) ^ 0x55);
    }
}
