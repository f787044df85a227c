using RtcEnhance.Testing;
using RtcEnhance.Testing.Metrics;

namespace RtcEnhance.Audio.Tests;

[Trait("Category", "Simd")]
public class SpectralExtenderTests
{
    [Theory]
    [InlineData(16000, 8000, 15000)]
    [InlineData(8000, 4000, 8000)]
    public void Process_SpeechLikeSound_IsFarCloserToTheOriginalThanPlainResampling(int rate, double lowHz, double highHz)
    {
        var original = SpeechLikeSignal.Create(3, seed: 1);
        var input = Resampler.Convert(original, 48000, rate);

        var plain = LogSpectralDistance.Measure(original, ExtensionRunner.Extend(input, rate, new PlainExtender(rate)), 48000, lowHz, highHz);
        var extended = LogSpectralDistance.Measure(original, ExtensionRunner.Extend(input, rate, new SpectralExtender(rate)), 48000, lowHz, highHz);

        Assert.True(extended < plain - 1.2, $"{extended:F2} against {plain:F2}");
    }

    [Theory]
    [InlineData(16000)]
    [InlineData(8000)]
    public void Process_AnySound_LeavesTheLowBandAsPlainResamplingHasIt(int rate)
    {
        var input = Resampler.Convert(SpeechLikeSignal.Create(2, seed: 2), 48000, rate);
        var plain = ExtensionRunner.Extend(input, rate, new PlainExtender(rate));
        var extended = ExtensionRunner.Extend(input, rate, new SpectralExtender(rate));

        var added = extended.Zip(plain, (e, p) => e - p).ToArray();

        Assert.True(SignalPower.OfBand(added, 1.02 * rate / 2, 20000) > 0);
        Assert.True(SignalPower.OfBand(added, 0, 0.45 * rate) < 1e-5 * SignalPower.OfBand(plain, 0, 0.45 * rate));
    }

    [Theory]
    [InlineData(16000)]
    [InlineData(8000)]
    public void Process_Silence_GivesDigitalSilenceEvenAfterSound(int rate)
    {
        var stage = new SpectralExtender(rate);
        Run(stage, rate, Resampler.Convert(SpeechLikeSignal.Create(0.3, seed: 3), 48000, rate));

        var output = Run(stage, rate, new float[rate / 2]);

        Assert.All(output.Skip(48000 / 10), sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Process_FaintBackground_StaysBelowTheOriginalsUpperBandPlusThreeDecibels()
    {
        var random = new Random(4);
        var original = Enumerable.Range(0, 96000).Select(_ => (random.NextSingle() - 0.5f) * 0.002f).ToArray();
        var input = Resampler.Convert(original, 48000, 16000);

        var output = ExtensionRunner.Extend(input, 16000, new SpectralExtender(16000));

        Assert.True(SignalPower.OfBand(output, 8000, 15000) < 2 * SignalPower.OfBand(original, 8000, 15000));
    }

    [Theory]
    [InlineData(16000, 0.0021, 0.0048)]
    [InlineData(8000, 0.0021, 0.0065)]
    public void DelaySamples_OfBothExtenders_IsTheSameAndTrue(int rate, double atLeast, double atMost)
    {
        var stage = new SpectralExtender(rate);
        var plain = new PlainExtender(rate);
        var input = new float[rate / 10];
        input[rate / 100] = 0.5f;

        var output = Run(plain, rate, input);

        Assert.Equal(stage.DelaySamples, plain.DelaySamples);
        Assert.Equal(480 + plain.DelaySamples, Array.IndexOf(output, output.Max()));
        Assert.InRange(plain.DelaySamples / 48000.0, atLeast, atMost);
    }

    [Fact]
    public void Process_ContentThatEndsBelowTheCodecsLimit_IsExtendedFromThere()
    {
        var original = SpeechLikeSignal.Create(5, seed: 5);
        var telephone = Resampler.Convert(SpeechLikeSignal.LowPass(original, 3400), 48000, 16000);
        var wideband = Resampler.Convert(SpeechLikeSignal.LowPass(original, 7000), 48000, 16000);
        var stage = new SpectralExtender(16000);

        var output = Run(stage, 16000, telephone);
        Assert.Equal(3400, stage.CutoffHz);
        Assert.True(SignalPower.OfBand(output[^96000..], 4000, 7500) > 0.02 * SignalPower.OfBand(original[^96000..], 4000, 7500));

        Run(stage, 16000, wideband);
        Assert.Equal(7000, stage.CutoffHz);

        Run(stage, 16000, Resampler.Convert(original, 48000, 16000));
        Assert.Equal(8000, stage.CutoffHz);

        var medium = new SpectralExtender(16000);
        Run(medium, 16000, Resampler.Convert(SpeechLikeSignal.LowPass(original, 6000), 48000, 16000));
        Assert.Equal(6000, medium.CutoffHz);

        var narrow = new SpectralExtender(8000);
        Run(narrow, 8000, Resampler.Convert(SpeechLikeSignal.LowPass(original, 3400), 48000, 8000));
        Assert.Equal(3400, narrow.CutoffHz);
    }

    [Fact]
    public void Process_LoudSound_KeepsTheSumNearFullScale()
    {
        var input = Resampler.Convert(SpeechLikeSignal.Create(2, seed: 6, level: 3), 48000, 16000).Select(x => Math.Clamp(x, -1, 1)).ToArray();
        var plain = ExtensionRunner.Extend(input, 16000, new PlainExtender(16000));
        var extended = ExtensionRunner.Extend(input, 16000, new SpectralExtender(16000));

        Assert.True(plain.Max(Math.Abs) > 0.95);
        Assert.InRange(extended.Max(Math.Abs), 0, plain.Max(Math.Abs) + 0.1);
    }

    [Fact]
    public void Process_ConcealedInput_HoldsTheEnvelopeAndLetsItFade()
    {
        var input = Resampler.Convert(SpeechLikeSignal.Create(0.15, seed: 7), 48000, 16000);
        var stage = new SpectralExtender(16000);
        Run(stage, 16000, input);
        var random = new Random(8);
        var hiss = Enumerable.Range(0, 16000).Select(_ => random.NextSingle() * 0.1f - 0.05f).ToArray();

        var output = Run(stage, 16000, hiss, isConcealed: true);

        // 93 blocks at 1 dB each from the middle of the one stretch to that of the other.
        var early = SignalPower.OfBand(output[960..5760], 9500, 15000);
        var late = SignalPower.OfBand(output[^4800..], 9500, 15000);
        Assert.InRange(10 * Math.Log10(early / late), 70, 95);
    }

    [Fact]
    public void IsExtending_Cleared_EndsAsPlainWithinFiveMilliseconds()
    {
        var input = Resampler.Convert(SpeechLikeSignal.Create(0.4, seed: 9), 48000, 16000);
        var stage = new SpectralExtender(16000);
        var plain = new PlainExtender(16000);
        Run(stage, 16000, input[..3200]);
        Run(plain, 16000, input[..3200]);

        stage.IsExtending = false;
        var output = Run(stage, 16000, input[3200..]);
        var expected = Run(plain, 16000, input[3200..]);

        Assert.NotEqual(expected[..240], output[..240]);
        Assert.Equal(expected[240..], output[240..]);
    }

    [Fact]
    public void Process_AfterObserve_FadesItsUpperBandIn()
    {
        var input = Resampler.Convert(SpeechLikeSignal.Create(0.4, seed: 10), 48000, 16000);
        var stage = new SpectralExtender(16000);
        var plain = new PlainExtender(16000);
        var expected = Run(plain, 16000, input);

        Observe(stage, 16000, input[..3200], expected);
        var output = Run(stage, 16000, input[3200..]);

        var added = output.Zip(expected.Skip(9600), (o, e) => o - e).ToArray();
        var settled = added.Skip(240).Take(960).Max(Math.Abs);
        Assert.True(settled > 0);
        Assert.InRange(added.Take(24).Max(Math.Abs), 0, 0.2 * settled);
    }

    [Fact]
    public void Plain_AfterObserve_LeadsOutOfTheUpperBandWithoutAJump()
    {
        var input = Resampler.Convert(SpeechLikeSignal.Create(0.4, seed: 11), 48000, 16000);
        var extended = Run(new SpectralExtender(16000), 16000, input);
        var expected = Run(new PlainExtender(16000), 16000, input);
        var plain = new PlainExtender(16000);

        Observe(plain, 16000, input[..3200], extended);
        var output = Run(plain, 16000, input[3200..]);

        Assert.Equal(extended[9599] - expected[9599], output[0] - expected[9600], 0.01);
        Assert.Equal(expected[9840..], output[240..]);
    }

    [Fact]
    public void Reset_AfterAStream_MakesTheStageAsNew()
    {
        var input = Resampler.Convert(SpeechLikeSignal.Create(0.5, seed: 12), 48000, 16000);
        var stage = new SpectralExtender(16000);
        var first = Run(stage, 16000, input);

        stage.Reset();

        Assert.Equal(first, Run(stage, 16000, input));
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    [InlineData(48000)]
    public void ProcessAndObserve_AfterWarmUp_AllocateNothing(int rate)
    {
        IStage<BandwidthExtensionJob>[] stages = [new SpectralExtender(rate), new PlainExtender(rate)];
        var input = Resampler.Convert(SpeechLikeSignal.Create(0.01, seed: 13), 48000, rate);
        var output = new float[480];
        foreach (var stage in stages)
            AllocationAssert.None(() => Step(stage), warmUps: 1);

        void Step(IStage<BandwidthExtensionJob> stage)
        {
            var job = new BandwidthExtensionJob { Input = input, Output = output };
            stage.Process(ref job);
            stage.Observe(job);
            stage.Process(ref job);
        }
    }

    [Fact]
    public void WrongRatesAndBlocks_Throw()
    {
        Assert.Contains("44100", Assert.Throws<ArgumentOutOfRangeException>(() => new SpectralExtender(44100)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PlainExtender(32000));
        Assert.Throws<ArgumentException>(() => Run(new SpectralExtender(16000), 8000, new float[80]));
    }

    private static float[] Run(IStage<BandwidthExtensionJob> stage, int rate, float[] input, bool isConcealed = false)
    {
        var output = new float[input.Length / (rate / 100) * 480];
        for (var block = 0; block < output.Length / 480; block++)
        {
            var job = new BandwidthExtensionJob
            {
                Input = input.AsSpan(block * rate / 100, rate / 100),
                Output = output.AsSpan(block * 480, 480),
                IsConcealed = isConcealed,
            };
            stage.Process(ref job);
        }

        return output;
    }

    private static void Observe(IStage<BandwidthExtensionJob> stage, int rate, float[] input, float[] played)
    {
        for (var block = 0; block < input.Length / (rate / 100); block++)
        {
            stage.Observe(new BandwidthExtensionJob
            {
                Input = input.AsSpan(block * rate / 100, rate / 100),
                Output = played.AsSpan(block * 480, 480),
            });
        }
    }
}
