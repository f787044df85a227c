using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;

namespace RtcEnhance.Audio.Tests.Codecs;

public sealed class L16DecoderTests
{
    [Fact]
    public void Decode_EverySample_IsExact()
    {
        using var decoder = new L16Decoder(48000);
        var payload = new byte[2];
        var output = new float[1];

        for (int sample = short.MinValue; sample <= short.MaxValue; sample++)
        {
            BinaryPrimitives.WriteInt16BigEndian(payload, (short)sample);
            Assert.Equal(1, decoder.Decode(payload, output));
            Assert.Equal(sample / 32768f, output[0]);
        }
    }

    [Fact]
    public void Decode_AnyPayload_WritesWholeFramesOrNothing() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<byte[]>(),
            Gen.Choose(1, 2).ToArbitrary(),
            (payload, channels) =>
            {
                using var decoder = new L16Decoder(8000, channels);
                var samples = new float[decoder.MaxSamplesPerPacket * channels];
                var frame = 2 * channels;
                var expected = payload.Length % frame == 0 ? payload.Length / frame : 0;
                return decoder.GetSampleCount(payload) == expected && decoder.Decode(payload, samples) == expected;
            }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(8000, 1, 960)]
    [InlineData(44100, 2, 5292)]
    [InlineData(48000, 2, 5760)]
    public void GetSampleCount_MoreThan120Ms_IsRefused(int rate, int channels, int max)
    {
        using var decoder = new L16Decoder(rate, channels);

        Assert.Equal(max, decoder.MaxSamplesPerPacket);
        Assert.Equal(max, decoder.GetSampleCount(new byte[max * channels * 2]));
        Assert.Equal(0, decoder.GetSampleCount(new byte[(max + 1) * channels * 2]));
        Assert.Equal(rate, decoder.RtpClockRateHz);
    }

    [Fact]
    public void Decoder_RateOutsideTheRange_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new L16Decoder(96000));
}
