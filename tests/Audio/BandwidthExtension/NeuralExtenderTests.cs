using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests;

[Trait("Category", "Simd")]
public class NeuralExtenderTests
{
    private static readonly double[] EdgesHz = [.. ExtensionModels.Bands.Split(',').Select(double.Parse)];
    private static readonly BandwidthExtensionModel Wild = Load(ExtensionModels.Random(5));

    [Theory]
    [InlineData(8000, 4000)]
    [InlineData(16000, 8000)]
    public void Process_NetworkOfConstantGains_EqualsPlainLoops(int rate, int cutoffHz)
    {
        // Another gain in each band, and of copies and noise; from wide band the stage stays below them.
        static float Gain(int band, int carrier) => -0.5f - (0.05f * band) - (0.3f * carrier);
        var model = Load(ExtensionModels.Constant(i => Gain(i % 20, i / 20 % 2)));
        var input = Resampler.Convert(SpeechLikeSignal.Create(0.2, seed: 30), 48000, rate);

        var plain = Run(new PlainExtender(rate), rate, input);
        var found = Run(new NeuralExtender(model, rate), rate, input);

        var margin = cutoffHz == 8000 ? NeuralExtender.WideMargin : NeuralExtender.NarrowMargin;
        double Weight(int band, int carrier) => Math.Pow(10, (Gain(band, carrier) - margin) / 2);
        var expected = ExtensionReference.UpperBand(plain, cutoffHz, EdgesHz, band => Weight(band, 0), band => Weight(band, 1));
        var peak = expected.Max(Math.Abs);
        Assert.True(peak > 1e-3);
        // The weights fade in over the first half, and the last samples of the plain signal lie ahead of the end.
        for (var n = 240; n < found.Length - 200; n++)
            Assert.Equal(expected[n], found[n] - plain[n], 1e-4 * peak + 1e-6);
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    public void Process_AnyNetwork_LeavesTheLowBandAsPlainResamplingHasIt(int rate)
    {
        var input = Resampler.Convert(SpeechLikeSignal.Create(1, seed: 31), 48000, rate);
        var plain = ExtensionRunner.Extend(input, rate, new PlainExtender(rate));

        var extended = ExtensionRunner.Extend(input, rate, new NeuralExtender(Wild, rate));

        var added = extended.Zip(plain, (e, p) => e - p).ToArray();
        Assert.True(SignalPower.OfBand(added, 1.02 * rate / 2, 20000) > 0);
        Assert.True(SignalPower.OfBand(added, 0, 0.45 * rate) < 1e-4 * SignalPower.OfBand(plain, 0, 0.45 * rate));
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    [InlineData(48000)]
    public void Process_SilenceAfterSound_BecomesDigitalSilence(int rate)
    {
        var stage = new NeuralExtender(Wild, rate);
        Run(stage, rate, Resampler.Convert(SpeechLikeSignal.Create(0.3, seed: 32), 48000, rate));

        var output = Run(stage, rate, new float[rate / 2]);

        Assert.All(output.Skip(48000 / 10), sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Process_FullBandStream_IsTheInputToTheBit()
    {
        var speech = SpeechLikeSignal.Create(3, seed: 33);
        var stage = new NeuralExtender(Wild, 48000);

        var output = Run(stage, 48000, speech);

        Assert.Equal(speech[..^stage.DelaySamples], output[stage.DelaySamples..]);
    }

    [Fact]
    public void Process_FullRateStreamThatEndsAtEightKilohertz_IsExtendedAsTheSameStreamAtSixteen()
    {
        var model = Load(ExtensionModels.Constant(_ => -0.5f));
        var low = SpeechLikeSignal.LowPass(SpeechLikeSignal.Create(4, seed: 34), 8000);
        var full = new NeuralExtender(model, 48000);
        var wide = new NeuralExtender(model, 16000);

        var fromFull = Run(full, 48000, low);
        var fromWide = Run(wide, 16000, Resampler.Convert(low, 48000, 16000));

        Assert.Equal(8000, full.CutoffHz);
        var ratio = SignalPower.OfBand(fromFull[^48000..], 9000, 15000) / SignalPower.OfBand(fromWide[^48000..], 9000, 15000);
        Assert.InRange(ratio, 0.8, 1.25);
    }

    [Fact]
    public void Process_NetworkWhoseAnswerIsNotFinite_Throws()
    {
        var model = Load(ExtensionModels.Write(_ => 1e38f, [.. Enumerable.Repeat(1e38f, ExtensionModels.Outputs)]).ToArray());

        Assert.Throws<InvalidOperationException>(() => Run(new NeuralExtender(model, 16000, InferencePrecision.FloatingPoint), 16000, SpeechLikeSignal.Create(0.1, seed: 35)));
    }

    [Fact]
    public void Process_AfterObserve_FadesItsUpperBandIn()
    {
        var input = Resampler.Convert(SpeechLikeSignal.Create(0.4, seed: 36), 48000, 16000);
        var stage = new NeuralExtender(Load(ExtensionModels.Constant(_ => -0.5f)), 16000);
        var expected = Run(new PlainExtender(16000), 16000, input);
        for (var block = 0; block < 20; block++)
            stage.Observe(new BandwidthExtensionJob { Input = input.AsSpan(block * 160, 160), Output = expected.AsSpan(block * 480, 480) });

        var output = Run(stage, 16000, input[3200..]);

        var added = output.Zip(expected.Skip(9600), (o, e) => o - e).ToArray();
        var settled = added.Skip(240).Take(960).Max(Math.Abs);
        Assert.True(settled > 0);
        Assert.InRange(added.Take(24).Max(Math.Abs), 0, 0.2 * settled);
    }

    [Fact]
    public void Reset_AfterAStream_MakesTheStageAsNew()
    {
        var input = Resampler.Convert(SpeechLikeSignal.Create(0.5, seed: 37), 48000, 16000);
        var stage = new NeuralExtender(Wild, 16000);
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
        var stage = new NeuralExtender(Wild, rate);
        var input = Resampler.Convert(SpeechLikeSignal.Create(0.01, seed: 38), 48000, rate);
        var output = new float[480];

        AllocationAssert.None(Step, warmUps: 1);

        void Step()
        {
            var job = new BandwidthExtensionJob { Input = input, Output = output };
            stage.Process(ref job);
            stage.Observe(job);
            stage.Process(ref job);
        }
    }

    [Fact]
    public void DelaySamples_OfAllExtenders_IsTheSame()
    {
        foreach (var rate in (ReadOnlySpan<int>)[8000, 16000, 48000])
        {
            Assert.Equal(new PlainExtender(rate).DelaySamples, new NeuralExtender(Wild, rate).DelaySamples);
            Assert.Equal(new PlainExtender(rate).DelaySamples, new SpectralExtender(rate).DelaySamples);
        }
    }

    private static BandwidthExtensionModel Load(byte[] file) => BandwidthExtensionModel.Load(file, "test");

    private static float[] Run(IStage<BandwidthExtensionJob> stage, int rate, float[] input)
    {
        var output = new float[input.Length / (rate / 100) * 480];
        for (var block = 0; block < output.Length / 480; block++)
        {
            var job = new BandwidthExtensionJob { Input = input.AsSpan(block * rate / 100, rate / 100), Output = output.AsSpan(block * 480, 480) };
            stage.Process(ref job);
        }

        return output;
    }
}
