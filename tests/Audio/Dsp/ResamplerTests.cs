namespace RtcEnhance.Audio.Tests;

[Trait("Category", "Simd")]
public class ResamplerTests
{
    private static readonly int[] Rates = [8000, 11000, 12000, 16000, 24000, 32000, 44100, 48000];

    public static IEnumerable<object[]> Pairs() =>
        from input in Rates from output in Rates where input != output select new object[] { input, output };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Process_TonesInThePassBand_ComeOutOnTimeWithinAHundredthOfADecibel(int inputRate, int outputRate)
    {
        foreach (var fraction in new[] { 0.01, 0.3, 0.6, 0.9 })
        {
            var frequency = fraction * Math.Min(inputRate, outputRate) / 2;
            var resampler = new Resampler(inputRate, outputRate);

            var output = Run(resampler, Tone(frequency, inputRate, blocks: 12));

            // 10^(0.01 / 20) - 1
            Assert.InRange(WorstError(output, frequency, outputRate, resampler.DelaySamples), 0, 1.15e-3);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Process_ToneThatTheOutputCannotCarry_IsEightyDecibelsDown(int inputRate, int outputRate)
    {
        if (inputRate < 1.1 * outputRate)
            return;
        var resampler = new Resampler(inputRate, outputRate);
        for (var frequency = 1.1 * outputRate / 2; frequency < inputRate / 2.0; frequency += outputRate / 9.0)
        {
            resampler.Reset();

            var output = Run(resampler, Tone(frequency, inputRate, blocks: 12));

            Assert.InRange(output.Skip(output.Length / 2).Max(Math.Abs), 0, 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Process_Tone_LeavesNoImageAboveItsOwnRate(int inputRate, int outputRate)
    {
        if (outputRate < 1.25 * inputRate)
            return;
        // The image of a tone at 0.85 of half the rate is at 1.15 of it.
        var frequency = 0.85 * inputRate / 2;
        var resampler = new Resampler(inputRate, outputRate);

        var output = Run(resampler, Tone(frequency, inputRate, blocks: 12));

        Assert.InRange(Amplitude(output, inputRate - frequency, outputRate), 0, 1e-4);
    }

    [Fact]
    public void Process_Noise_EqualsADirectSincSumInDoublePrecision()
    {
        foreach (var pair in Pairs())
        {
            var (inputRate, outputRate) = ((int)pair[0], (int)pair[1]);
            var random = new Random(inputRate ^ outputRate);
            var input = Enumerable.Range(0, inputRate / 100 * 8).Select(_ => random.NextSingle() - 0.5f).ToArray();
            var resampler = new Resampler(inputRate, outputRate);

            var output = Run(resampler, input);

            for (var n = outputRate / 25; n < output.Length; n += 37)
                Assert.InRange(output[n] - DirectSinc(input, n - resampler.DelaySamples, inputRate, outputRate), -2e-6, 2e-6);
        }
    }

    [Theory]
    [InlineData(16000, 48000)]
    [InlineData(48000, 8000)]
    [InlineData(44100, 48000)]
    [InlineData(48000, 44100)]
    public void Process_AnyCutOfTheInput_GivesTheSameSamples(int inputRate, int outputRate)
    {
        var random = new Random(5);
        var input = Enumerable.Range(0, inputRate / 100 * 20).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var expected = Run(new Resampler(inputRate, outputRate), input);
        var divisor = (int)System.Numerics.BigInteger.GreatestCommonDivisor(inputRate, outputRate);
        var (inputStep, outputStep) = (inputRate / divisor, outputRate / divisor);
        var resampler = new Resampler(inputRate, outputRate);
        var output = new float[expected.Length];

        for (int at = 0, steps; at < input.Length / inputStep; at += steps)
        {
            steps = Math.Min(random.Next(0, 700), input.Length / inputStep - at);
            resampler.Process(input.AsSpan(at * inputStep, steps * inputStep), output.AsSpan(at * outputStep, steps * outputStep));
        }

        Assert.Equal(expected, output);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Process_Impulse_PeaksAfterTheStatedDelay(int inputRate, int outputRate)
    {
        var resampler = new Resampler(inputRate, outputRate);
        var input = new float[inputRate / 100 * 8];
        input[inputRate / 100] = 1;

        var output = Run(resampler, input);

        var peak = Array.IndexOf(output, output.Max());
        Assert.Equal(outputRate / 100 + resampler.DelaySamples, peak);
        Assert.InRange(resampler.DelaySamples / (double)outputRate, 0.0001, 0.0037);
    }

    [Theory]
    [InlineData(44100)]
    [InlineData(48000)]
    public void Process_BetweenEqualRates_CopiesBitForBit(int rate)
    {
        var random = new Random(7);
        var input = Enumerable.Range(0, rate / 50).Select(_ => random.NextSingle()).ToArray();
        var resampler = new Resampler(rate, rate, channels: 2);

        var output = Run(resampler, input);

        Assert.Equal(0, resampler.DelaySamples);
        Assert.Equal(input, output);
    }

    [Fact]
    public void Process_Stereo_TreatsEachChannelAsIfAlone()
    {
        var left = Tone(440, 16000, blocks: 5);
        var right = Tone(3000, 16000, blocks: 5);
        var both = left.Zip(right, (l, r) => new[] { l, r }).SelectMany(pair => pair).ToArray();

        var output = Run(new Resampler(16000, 44100, channels: 2), both);

        Assert.Equal(Run(new Resampler(16000, 44100), left), output.Where((_, i) => i % 2 == 0));
        Assert.Equal(Run(new Resampler(16000, 44100), right), output.Where((_, i) => i % 2 == 1));
    }

    [Fact]
    public void Reset_AfterAStream_ForgetsIt()
    {
        var resampler = new Resampler(16000, 48000);
        Run(resampler, Tone(1000, 16000, blocks: 3));

        resampler.Reset();

        Assert.All(Run(resampler, new float[320]), sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Convert_ThereAndBack_IsAlignedAndOfTheRightLength()
    {
        var tone = Tone(1234, 16000, blocks: 30).AsSpan(0, 4567).ToArray();

        var up = Resampler.Convert(tone, 16000, 44100);
        var back = Resampler.Convert(up, 44100, 16000);

        Assert.Equal((4567L * 44100 + 15999) / 16000, up.Length);
        Assert.InRange(back.Length, 4567, 4568);
        for (var i = 200; i < 4300; i++)
            Assert.InRange(back[i] - tone[i], -1e-4, 1e-4);
    }

    [Fact]
    public void Process_AfterWarmUp_AllocatesNothing()
    {
        var resampler = new Resampler(44100, 48000, channels: 2);
        var input = new float[882];
        var output = new float[960];

        AllocationAssert.None(() => resampler.Process(input, output), warmUps: 1, runs: 10);
    }

    [Fact]
    public void Process_WithLengthsThatDoNotFit_Throws()
    {
        var resampler = new Resampler(44100, 48000);

        Assert.Throws<ArgumentException>(() => resampler.Process(new float[440], new float[480]));
        Assert.Throws<ArgumentException>(() => resampler.Process(new float[441], new float[481]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(7999, 48000));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(16000, 22050));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(16000, 48000, channels: 3));
        Assert.Throws<ArgumentException>(() => Resampler.Convert(new float[3], 16000, 48000, channels: 2));
    }

    private static float[] Run(Resampler resampler, float[] input)
    {
        var output = new float[input.Length / resampler.Input.BlockLength * resampler.Output.BlockLength];
        for (var block = 0; block * resampler.Input.BlockLength < input.Length; block++)
        {
            resampler.Process(
                input.AsSpan(block * resampler.Input.BlockLength, resampler.Input.BlockLength),
                output.AsSpan(block * resampler.Output.BlockLength, resampler.Output.BlockLength));
        }

        return output;
    }

    private static float[] Tone(double frequency, int rate, int blocks) =>
        [.. Enumerable.Range(0, rate / 100 * blocks).Select(n => (float)Math.Sin(2 * Math.PI * frequency * n / rate))];

    private static double WorstError(float[] output, double frequency, int rate, int delay)
    {
        double worst = 0;
        for (var n = output.Length / 3; n < output.Length; n++)
            worst = Math.Max(worst, Math.Abs(output[n] - Math.Sin(2 * Math.PI * frequency * (n - delay) / rate)));
        return worst;
    }

    /// <summary>A tone's amplitude by correlation over the settled half under a Hann window.</summary>
    private static double Amplitude(float[] output, double frequency, int rate)
    {
        var (start, count) = (output.Length / 3, output.Length / 2);
        double real = 0, imaginary = 0;
        for (var i = 0; i < count; i++)
        {
            var window = 0.5 - 0.5 * Math.Cos(2 * Math.PI * (i + 0.5) / count);
            real += window * output[start + i] * Math.Cos(2 * Math.PI * frequency * i / rate);
            imaginary += window * output[start + i] * Math.Sin(2 * Math.PI * frequency * i / rate);
        }

        return 4 * Math.Sqrt(real * real + imaginary * imaginary) / count;
    }

    /// <summary>The documented filter, summed sample by sample: cut-off at half the lower rate, 84 dB Kaiser, edges 0.9 and 1.1.</summary>
    private static double DirectSinc(float[] input, int n, int inputRate, int outputRate)
    {
        var lower = Math.Min(1.0, (double)outputRate / inputRate);
        var halfWidth = (84 - 7.95) / (2.285 * Math.PI * 0.2 * lower) / 2;
        var centre = (double)n * inputRate / outputRate;
        double sum = 0, gain = 0;
        for (var k = (int)Math.Ceiling(centre - halfWidth); k <= centre + halfWidth; k++)
        {
            var t = k - centre;
            var tap = (t == 0 ? 1 : Math.Sin(Math.PI * lower * t) / (Math.PI * lower * t)) * Window.Kaiser(t / halfWidth, Window.KaiserBeta(84));
            gain += tap;
            if (k >= 0 && k < input.Length)
                sum += tap * input[k];
        }

        return sum / gain;
    }
}
