using RtcEnhance.Opus;

namespace RtcEnhance.Interop.Tests.Opus;

public sealed class OpusEncoderTests
{
    [Theory]
    [InlineData(false, 20, 0)]
    [InlineData(true, 0, 0)]
    [InlineData(true, 20, 50)]
    public void Encode_InBandFec_IsThereWhereAskedFor(bool inBandFec, int expectedLoss, int atLeast)
    {
        var packets = OpusStream.Encode(
            SpeechLikeSignal.Create(4, 48000),
            new() { InBandFec = inBandFec, ExpectedLossPercent = expectedLoss });

        var count = packets.Count(packet => OpusPacketInfo.TryParse(packet, out var info) && info.HasFec);

        Assert.InRange(count, atLeast, atLeast == 0 ? 0 : packets.Length);
    }

    [Fact]
    public void Encode_Bitrate_IsKept()
    {
        var signal = SpeechLikeSignal.Create(2, 48000);

        var slow = OpusStream.Encode(signal, new() { BitrateBps = 12000 }).Sum(packet => packet.Length);
        var fast = OpusStream.Encode(signal, new() { BitrateBps = 64000 }).Sum(packet => packet.Length);

        Assert.InRange(slow * 8 / 2, 4000, 18000);
        Assert.InRange(fast * 8 / 2, 30000, 80000);
    }

    [Fact]
    public void Reset_AfterAnotherSignal_GivesTheSamePackets()
    {
        var signal = SpeechLikeSignal.Create(0.5, 16000);
        using var encoder = new OpusEncoder(new() { SampleRateHz = 16000 });
        var first = EncodeAll(encoder, signal);

        encoder.Reset();

        Assert.Equal(first, EncodeAll(encoder, signal));
    }

    [Fact]
    public void Encode_AfterWarmUp_AllocatesNothing()
    {
        using var encoder = new OpusEncoder(new());
        var samples = SpeechLikeSignal.Create(0.02, 48000);
        var payload = new byte[1500];

        AllocationAssert.None(() => encoder.Encode(samples, payload), warmUps: 1, runs: 20);
    }

    [Fact]
    public void Encode_WrongUse_Throws()
    {
        using var encoder = new OpusEncoder(new());

        Assert.Throws<ArgumentException>(() => encoder.Encode(new float[441], new byte[100]));
        Assert.Throws<ArgumentException>(() => encoder.Encode([], new byte[100]));
        Assert.Throws<ArgumentException>(() => encoder.Encode(new float[960], []));
        encoder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => encoder.Encode(new float[960], new byte[100]));
    }

    [Fact]
    public void Encoder_OptionOutsideItsRange_NamesTheValue()
    {
        OpusEncoderOptions[] wrong =
        [
            new() { SampleRateHz = 44100 },
            new() { Channels = 3 },
            new() { BitrateBps = 5999 },
            new() { ExpectedLossPercent = 101 },
            new() { Complexity = 11 },
            new() { Application = 0 },
        ];

        foreach (var options in wrong)
            Assert.NotNull(Assert.Throws<ArgumentOutOfRangeException>(() => new OpusEncoder(options)).ActualValue);
    }

    private static byte[][] EncodeAll(OpusEncoder encoder, float[] samples)
    {
        var payload = new byte[1500];
        return Enumerable.Range(0, samples.Length / 320)
            .Select(i => payload[..encoder.Encode(samples.AsSpan(i * 320, 320), payload)])
            .ToArray();
    }
}
