namespace RtcEnhance.Audio.Tests.Codecs;

public sealed class DecoderAllocationTests
{
    [Fact]
    public void Decode_AfterWarmUp_AllocatesNothing()
    {
        IAudioDecoder[] decoders = [new G711Decoder(G711Law.MuLaw), new G711Decoder(G711Law.ALaw), new G722Decoder(), new L16Decoder(16000)];
        var payload = new byte[160];
        var samples = new float[1920];

        foreach (var decoder in decoders)
        {
            AllocationAssert.None(() => decoder.Decode(payload, samples), warmUps: 1, runs: 100);
            decoder.Dispose();
        }
    }

    [Fact]
    public void Encode_AfterWarmUp_AllocatesNothing()
    {
        var g711 = new G711Encoder(G711Law.ALaw);
        var g722 = new G722Encoder();
        var samples = new float[320];
        var payload = new byte[320];

        AllocationAssert.None(
            () =>
            {
                g711.Encode(samples, payload);
                g722.Encode(samples, payload);
            },
            warmUps: 1, runs: 100);
    }

    [Fact]
    public void Decode_OutputTooShort_NamesBothLengths()
    {
        using var decoder = new G722Decoder();

        var fault = Assert.Throws<ArgumentException>(() => decoder.Decode(new byte[160], new float[319]));

        Assert.Contains("320", fault.Message, StringComparison.Ordinal);
        Assert.Contains("319", fault.Message, StringComparison.Ordinal);
    }
}
