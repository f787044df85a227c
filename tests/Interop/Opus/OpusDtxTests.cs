using RtcEnhance.Opus;

namespace RtcEnhance.Interop.Tests.Opus;

public sealed class OpusDtxTests
{
    [Theory]
    [InlineData(OpusApplication.Voip, 16000, 0.005f)]
    [InlineData(OpusApplication.Voip, 32000, 0.0005f)]
    [InlineData(OpusApplication.Audio, 64000, 0.002f)]
    public void Conceal_PausesOfDtx_ContinuesTheBackground(OpusApplication application, int bitrateBps, float noisePeak)
    {
        // Two seconds of speech, six of the room alone; the noise is in both.
        var random = new Random(9);
        var signal = SpeechLikeSignal.Create(8, 48000);
        signal.AsSpan(96000).Clear();
        for (var i = 0; i < signal.Length; i++)
            signal[i] += noisePeak * ((2 * random.NextSingle()) - 1);
        var packets = OpusStream.Encode(signal, new() { Dtx = true, Application = application, BitrateBps = bitrateBps });
        using var decoder = new OpusDecoder();

        var (samples, pauses) = DecodeWhatIsSent(decoder, packets);

        Assert.InRange(pauses, 200, 300);
        var room = samples.AsSpan(120_000..);
        var level = Level(room);
        var input = 20 * Math.Log10(noisePeak / Math.Sqrt(3));
        Assert.InRange(level, input - 5, input + 2);
        for (var start = 0; start < room.Length; start += 4800)
            Assert.InRange(Level(room.Slice(start, 4800)), level - 4, level + 4);
        Assert.InRange(LargestStep(room), 0, 7);
    }

    [Fact]
    public void Decode_TocAlone_IsAsLongAsTheTocSays()
    {
        using var decoder = new OpusDecoder(16000);
        OpusStream.Decode(decoder, OpusStream.Encode(SpeechLikeSignal.Create(0.2, 48000), new()));
        var samples = new float[decoder.MaxSamplesPerPacket];

        for (var toc = 0; toc < 256; toc += 4)
        {
            byte[] payload = [(byte)toc];
            var count = decoder.GetSampleCount(payload);
            Assert.InRange(count, 40, 960);
            Assert.Equal(count, decoder.Decode(payload, samples));
            Assert.Equal(count, decoder.Decode([(byte)toc, 0x55], samples));
            Assert.True(decoder.IsDiscontinuous(payload));
        }
    }

    [Fact]
    public void DecodeFec_DtxPayload_HasNoRedundancy()
    {
        using var decoder = new OpusDecoder();
        OpusStream.Decode(decoder, OpusStream.Encode(SpeechLikeSignal.Create(0.2, 48000), new()));

        // The bit that would announce redundancy is set, in a frame that libopus does not read.
        Assert.Equal(0, decoder.DecodeFec([0x08, 0x40], new float[960]));
    }

    [Fact]
    public void IsDiscontinuous_RealStream_IsTrueForSilenceAlone()
    {
        var signal = SpeechLikeSignal.Create(3, 48000);
        signal.AsSpan(48000).Clear();
        using var decoder = new OpusDecoder();

        var silent = OpusStream.Encode(signal, new() { Dtx = true, BitrateBps = 16000 })
            .Select((packet, i) => (IsDtx: decoder.IsDiscontinuous(packet), packet.Length, i)).ToArray();

        Assert.All(silent, packet => Assert.Equal(packet.Length <= 2, packet.IsDtx));
        Assert.DoesNotContain(silent, packet => packet.IsDtx && packet.i < 45);
        Assert.InRange(silent.Count(packet => packet.IsDtx), 60, 100);
        Assert.False(decoder.IsDiscontinuous([]));
        Assert.False(decoder.IsDiscontinuous([0x0B]));
    }

    /// <summary>As over a network: the first DTX packet of a pause arrives, the others are not sent and concealed in blocks of 10 ms.</summary>
    private static (float[] Samples, int Pauses) DecodeWhatIsSent(OpusDecoder decoder, byte[][] packets)
    {
        var samples = new float[packets.Length * 960];
        var pauses = 0;
        var isPaused = false;
        for (var i = 0; i < packets.Length; i++)
        {
            var output = samples.AsSpan(i * 960, 960);
            var isDtx = decoder.IsDiscontinuous(packets[i]);
            if (isDtx && isPaused)
            {
                pauses++;
                Assert.Equal(480, decoder.Conceal(output[..480]));
                Assert.Equal(480, decoder.Conceal(output[480..]));
            }
            else
            {
                Assert.Equal(960, decoder.Decode(packets[i], output));
            }

            isPaused = isDtx;
        }

        return (samples, pauses);
    }

    private static double Level(ReadOnlySpan<float> samples)
    {
        double sum = 0;
        foreach (var sample in samples)
            sum += (double)sample * sample;
        return 10 * Math.Log10(sum / samples.Length);
    }

    /// <summary>The largest step between two samples over the usual one: a click stands out of noise.</summary>
    private static double LargestStep(ReadOnlySpan<float> samples)
    {
        double sum = 0, largest = 0;
        for (var i = 1; i < samples.Length; i++)
        {
            var step = Math.Abs(samples[i] - samples[i - 1]);
            sum += step * step;
            largest = Math.Max(largest, step);
        }

        return largest / Math.Sqrt(sum / (samples.Length - 1));
    }
}
