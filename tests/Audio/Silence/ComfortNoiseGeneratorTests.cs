using FsCheck;
using FsCheck.Fluent;
using RtcEnhance.Testing;
using RtcEnhance.Testing.Metrics;

namespace RtcEnhance.Audio.Tests.Silence;

public class ComfortNoiseGeneratorTests
{
    /// <summary>Level 40, then a strong low-pass with a formant.</summary>
    private static readonly byte[] Coloured = [40, 17, 210, 90, 160, 120, 140];

    [Theory]
    [InlineData(8000, 1, 20)]
    [InlineData(8000, 2, 78)]
    [InlineData(16000, 1, 35)]
    [InlineData(32000, 2, 50)]
    [InlineData(48000, 1, 65)]
    public void Generate_AnyFormatAndModel_HasTheLevelOfThePayload(int rate, int channels, byte level)
    {
        byte[][] models = [[], [17], [240, 100, 150], Coloured[1..], [.. Enumerable.Range(0, 32).Select(i => (byte)(127 + (100 * Math.Cos(i) / (1 + i))))]];

        foreach (byte[] model in models)
        {
            var generator = new ComfortNoiseGenerator(new AudioFormat(rate, channels));
            Assert.True(generator.Update([level, .. model]));

            float[] noise = Generate(generator, 4 * rate * channels);

            for (int channel = 0; channel < channels; channel++)
                Assert.Equal(-level, Dbov(Channel(noise, channel, channels)), 0.5);
        }
    }

    [Fact]
    public void Generate_FirstSamples_AreAsLoudAsTheOthers()
    {
        var random = new Random(4);
        double power = 0;
        for (int model = 0; model < 1000; model++)
        {
            var generator = new ComfortNoiseGenerator(new AudioFormat(8000, 2));
            generator.Update([40, .. Enumerable.Range(0, 10).Select(_ => (byte)random.Next(30, 225))]);
            power += Generate(generator, 8).Average(s => (double)s * s);
        }

        Assert.Equal(-40, 10 * Math.Log10(power / 1000), 1.0);
    }

    [Fact]
    public void Generate_Model_HasTheSpectrumOfItsAllPoleFilter()
    {
        const int Length = 512;
        var generator = new ComfortNoiseGenerator(new AudioFormat(8000));
        generator.Update(Coloured);

        float[] noise = Generate(generator, 8000 * 20);

        var spectrum = new PowerSpectrum(Length);
        double[] power = new double[spectrum.Bins];
        double[] sum = new double[spectrum.Bins];
        double[] frame = new double[Length];
        int frames = 0;
        for (int start = 0; start + Length <= noise.Length; start += Length / 2, frames++)
        {
            for (int i = 0; i < Length; i++)
                frame[i] = noise[start + i] * Math.Sqrt(2.0 / 3) * (1 - Math.Cos(2 * Math.PI * i / Length));
            spectrum.Compute(frame, power);
            for (int bin = 0; bin < power.Length; bin++)
                sum[bin] += power[bin];
        }

        double[] expected = AllPoleSpectrum(Coloured, Length);
        for (int bin = 2; bin < spectrum.Bins - 2; bin++)
            Assert.Equal(10 * Math.Log10(expected[bin]), 10 * Math.Log10(sum[bin] / frames), 1.5);
    }

    [Fact]
    public void Generate_AfterEncode_IsDescribedAsTheOriginalWas()
    {
        float[] original = ColouredNoise(32000);
        byte[] payload = new ComfortNoiseEncoder(order: 10).Encode(original);
        var generator = new ComfortNoiseGenerator(new AudioFormat(16000));
        generator.Update(payload);

        byte[] again = new ComfortNoiseEncoder(order: 10).Encode(Generate(generator, 64000));

        Assert.Equal(11, payload.Length);
        Assert.True(payload[1] < 60, "The original is a low-pass.");
        Assert.InRange(again[0], payload[0] - 1, payload[0] + 1);
        for (int i = 1; i < payload.Length; i++)
            Assert.InRange(again[i], payload[i] - 5, payload[i] + 5);
    }

    [Theory]
    [InlineData(30, 60)]
    [InlineData(70, 25)]
    public void Generate_AfterAnotherLevel_SlidesThere(byte first, byte second)
    {
        // Both have the same white noise underneath, so their ratio is the ratio of gains.
        var steady = new ComfortNoiseGenerator(new AudioFormat(8000));
        var changed = new ComfortNoiseGenerator(new AudioFormat(8000));
        steady.Update([first]);
        changed.Update([first]);
        Assert.Equal(Generate(steady, 8000), Generate(changed, 8000));

        changed.Update([second]);
        float[] reference = Generate(steady, 8000);
        float[] noise = Generate(changed, 8000);

        double before = 1;
        for (int n = 0; n < noise.Length; n++)
        {
            double gain = noise[n] / reference[n];
            Assert.InRange(gain / before, 0.97, 1.03);
            before = gain;
        }

        Assert.Equal(first - second, 20 * Math.Log10(before), 0.05);
        Assert.InRange(20 * Math.Log10(noise[360] / reference[360]) / (first - second), 0.5, 0.75);
    }

    [Fact]
    public void Generate_SpectrumsThatAlternate_KeepTheLevel()
    {
        var generator = new ComfortNoiseGenerator(new AudioFormat(16000));
        var levels = new List<double>();
        for (int i = 0; i < 400; i++)
        {
            generator.Update(i % 2 == 0 ? [40, 5, 250, 20] : [40, 250, 140]);
            float[] noise = Generate(generator, 16 * (10 + (i % 50)));
            levels.Add(noise.Average(s => (double)s * s));
        }

        Assert.Equal(-40, 10 * Math.Log10(levels.Average()), 1.0);
    }

    [Fact]
    public void Generate_AnyPayloads_StaysFiniteWithinFullScale()
        => Prop.ForAll<byte[][]>(payloads =>
        {
            var generator = new ComfortNoiseGenerator(new AudioFormat(8000, 2));
            bool isFine = true;
            foreach (byte[] payload in payloads)
            {
                isFine &= generator.Update(payload) == payload.Length > 0;
                isFine &= Generate(generator, 482).All(s => Math.Abs(s) <= 1);
            }

            return isFine;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Generate_HostileCoefficients_NeverExceedTheLevel()
    {
        var random = new Random(3);
        var generator = new ComfortNoiseGenerator(new AudioFormat(48000));
        for (int i = 0; i < 200; i++)
        {
            byte[] payload = [60, .. Enumerable.Range(0, 300).Select(_ => random.Next(2) == 0 ? (byte)0 : (byte)255)];
            generator.Update(payload);

            float[] noise = Generate(generator, i < 199 ? 480 * (1 + (i % 8)) : 480_000);

            // Poles on the circle hold what they have, but never more of it than the level.
            Assert.InRange(Dbov(noise), -200, -60 + 12);
        }
    }

    [Fact]
    public void Generate_AnyPullLength_GivesTheSameSamples()
    {
        var whole = new ComfortNoiseGenerator(new AudioFormat(16000, 2));
        var parts = new ComfortNoiseGenerator(new AudioFormat(16000, 2));
        whole.Update([70]);
        parts.Update([70]);
        whole.Update(Coloured);
        parts.Update(Coloured);

        float[] expected = Generate(whole, 6400);
        var actual = new List<float>();
        for (int pull = 1; actual.Count + (2 * pull) <= expected.Length; pull++)
            actual.AddRange(Generate(parts, 2 * pull));

        Assert.True(actual.Count > 6000);
        for (int i = 0; i < actual.Count; i++)
            Assert.Equal(expected[i], actual[i], 1e-6f);
    }

    [Fact]
    public void Generate_Stereo_ChannelsAreUnrelated()
    {
        var generator = new ComfortNoiseGenerator(new AudioFormat(8000, 2));
        generator.Update([20, 100]);

        float[] noise = Generate(generator, 160_000);

        double cross = 0;
        for (int i = 0; i < noise.Length; i += 2)
            cross += noise[i] * noise[i + 1];
        Assert.Equal(0, cross / 80_000 / 0.01, 0.03);
    }

    [Fact]
    public void Reset_AfterNoise_IsSilentAndThenRepeats()
    {
        var generator = new ComfortNoiseGenerator(new AudioFormat(8000));
        Assert.All(Generate(generator, 80), s => Assert.Equal(0, s));
        generator.Update(Coloured);
        float[] first = Generate(generator, 1000);
        generator.Update([20, 200, 10]);
        Generate(generator, 777);

        generator.Reset();

        Assert.All(Generate(generator, 80), s => Assert.Equal(0, s));
        generator.Update(Coloured);
        Assert.Equal(first, Generate(generator, 1000));
    }

    [Fact]
    public void Update_SilenceOrNothing_EndsTheNoise()
    {
        byte[][] payloads = [[127], [127, 10, 200], []];
        foreach (byte[] payload in payloads)
        {
            var generator = new ComfortNoiseGenerator(new AudioFormat(8000));
            generator.Update(Coloured);
            Assert.Equal(payload.Length > 0, generator.Update(payload));

            Generate(generator, 8000);

            Assert.True(Generate(generator, 8000).Max(Math.Abs) < 1 / 32768f);
        }
    }

    [Fact]
    public void Update_UnusedBit_IsPassedOver()
    {
        var marked = new ComfortNoiseGenerator(new AudioFormat(8000));
        var plain = new ComfortNoiseGenerator(new AudioFormat(8000));
        marked.Update([0x80 | 33]);
        plain.Update([33]);

        Assert.Equal(Generate(plain, 800), Generate(marked, 800));
    }

    [Fact]
    public void Generate_AfterWarmUp_AllocatesNothing()
    {
        var generator = new ComfortNoiseGenerator(new AudioFormat(48000, 2));
        float[] block = new float[960];
        generator.Update([50]);
        generator.Generate(block);

        AllocationAssert.None(
            () =>
            {
                generator.Update(Coloured);
                generator.Generate(block);
            },
            warmUps: 0, runs: 20);
    }

    [Fact]
    public void Encode_Silence_IsTheQuietestLevel()
    {
        Assert.Equal([127, 127, 127], new ComfortNoiseEncoder(order: 2).Encode(new float[160]));
        Assert.Equal([0], new ComfortNoiseEncoder(order: 0).Encode([1, -1, 1, -1]));
        Assert.Throws<ArgumentException>(() => new ComfortNoiseEncoder(order: 8).Encode(new float[8]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ComfortNoiseEncoder(33));
    }

    private static float[] Generate(ComfortNoiseGenerator generator, int length)
    {
        float[] samples = new float[length];
        generator.Generate(samples);
        return samples;
    }

    private static float[] Channel(float[] samples, int channel, int channels)
        => [.. samples.Where((_, i) => i % channels == channel)];

    private static double Dbov(float[] samples) => 10 * Math.Log10(samples.Average(s => (double)s * s));

    private static float[] ColouredNoise(int length)
    {
        var random = new Random(8);
        float[] samples = new float[length];
        for (int n = 2; n < length; n++)
            samples[n] = (1.1f * samples[n - 1]) - (0.4f * samples[n - 2]) + (0.02f * ((2 * random.NextSingle()) - 1));
        return samples;
    }

    /// <summary>Power per bin of 1 / A(z) at the level, A by the step-up recursion; the slow way.</summary>
    private static double[] AllPoleSpectrum(byte[] payload, int length)
    {
        double[] predictor = [1];
        double residual = Math.Pow(10, -payload[0] / 10.0);
        foreach (byte quantized in payload.AsSpan(1))
        {
            double k = (quantized - 127) * 258.0 / 32768;
            double[] before = [.. predictor, 0];
            predictor = [.. before];
            for (int i = 1; i < before.Length; i++)
                predictor[i] += k * before[before.Length - 1 - i];
            residual *= 1 - (k * k);
        }

        double[] power = new double[(length / 2) + 1];
        for (int bin = 0; bin < power.Length; bin++)
        {
            var response = System.Numerics.Complex.Zero;
            for (int i = 0; i < predictor.Length; i++)
                response += predictor[i] * System.Numerics.Complex.FromPolarCoordinates(1, -2 * Math.PI * bin * i / length);
            power[bin] = length * residual / (response.Magnitude * response.Magnitude);
        }

        return power;
    }
}
