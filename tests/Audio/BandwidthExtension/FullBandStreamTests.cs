using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests;

/// <summary>Streams whose codec runs at 48 kHz, whatever they carry.</summary>
[Trait("Category", "Simd")]
public class FullBandStreamTests
{
    private const int Rate = 48000;
    private const int Block = Rate / 100;

    [Fact]
    public void Process_FullBandSpeech_IsTheInputToTheBit()
    {
        var speech = SpeechLikeSignal.Create(6, seed: 21);
        var stage = new SpectralExtender(Rate);

        var output = Run(stage, speech);

        Assert.Equal(CutoffDetector.FullBandHz, stage.CutoffHz);
        Assert.Equal(speech[..^stage.DelaySamples], output[stage.DelaySamples..]);
    }

    [Fact]
    public void Process_Music_IsTheInputToTheBit()
    {
        var music = Music(8);
        var stage = new SpectralExtender(Rate);

        var output = Run(stage, music);

        Assert.Equal(music[..^stage.DelaySamples], output[stage.DelaySamples..]);
    }

    [Fact]
    public void Process_NotesWhosePartialsFallOffAboveSixKilohertz_AreTheInputToTheBit()
    {
        (double Hz, double Level)[] partials = [(880, 0.2), (2640, 0.1), (4400, 0.06), (5280, 0.05), (6600, 0.05 * 0.022), (9240, 0.0004)];
        var notes = new float[4 * Rate];
        for (int i = 0; i < notes.Length; i++)
            notes[i] = (float)partials.Sum(partial => partial.Level * Math.Sin(Math.Tau * partial.Hz * i / Rate));
        var stage = new SpectralExtender(Rate);

        var output = Run(stage, notes);

        Assert.Equal(notes[..^stage.DelaySamples], output[stage.DelaySamples..]);
    }

    [Theory]
    [InlineData(3400, 3400)]
    [InlineData(4000, 4000)]
    [InlineData(6000, 6000)]
    [InlineData(6950, 7000)]
    [InlineData(8000, 8000)]
    public void Process_SpeechThatEndsLower_IsExtendedFromThere(int contentHz, int cutoffHz)
    {
        var speech = SpeechLikeSignal.Create(6, seed: 22);
        var stage = new SpectralExtender(Rate);

        var output = Run(stage, SpeechLikeSignal.LowPass(speech, contentHz));

        Assert.Equal(cutoffHz, stage.CutoffHz);
        var upper = SignalPower.OfBand(output[^96000..], 9000, 14000) / SignalPower.OfBand(speech[^96000..], 9000, 14000);
        Assert.InRange(upper, 0.02, 2);
    }

    [Fact]
    public void Process_BandThatEndsAfterMinutes_IsNoticedWithinTwoSecondsOfSound()
    {
        var stage = new SpectralExtender(Rate);
        Run(stage, SpeechLikeSignal.Create(6, seed: 28));
        var low = SpeechLikeSignal.LowPass(SpeechLikeSignal.Create(6, seed: 29), 8000);

        int blocks = 0;
        while (stage.CutoffHz == CutoffDetector.FullBandHz && blocks < 600)
            Run(stage, low[(blocks * Block)..(++blocks * Block)]);

        Assert.Equal(8000, stage.CutoffHz);
        Assert.InRange(blocks, 100, 200);
    }

    [Fact]
    public void Process_HalfASecondOfLowerContent_ChangesNothing()
    {
        var speech = SpeechLikeSignal.Create(4, seed: 23);
        var low = SpeechLikeSignal.LowPass(speech, 8000);
        low.AsSpan(96000, 24000).CopyTo(speech.AsSpan(96000));
        var stage = new SpectralExtender(Rate);

        var output = Run(stage, speech);

        Assert.Equal(speech[..^stage.DelaySamples], output[stage.DelaySamples..]);
    }

    [Fact]
    public void Process_UpperBandReturns_IsLeftAloneWithinATenthOfASecond()
    {
        var speech = SpeechLikeSignal.Create(6, seed: 24);
        SpeechLikeSignal.LowPass(speech, 8000).AsSpan(0, 192000).CopyTo(speech);
        var stage = new SpectralExtender(Rate);

        var output = Run(stage, speech);

        var added = output[stage.DelaySamples..].Zip(speech, (o, s) => o - s).ToArray();
        Assert.True(SignalPower.OfBand(added[96000..192000], 9000, 14000) > 0);
        // The first hiss of the full-band part shows that the band is there.
        Assert.All(added.Skip(192000 + 28800), difference => Assert.Equal(0, difference));
    }

    [Fact]
    public void Process_SwitchToAndFrom_AddsNoClickBelowTheCutoff()
    {
        var speech = SpeechLikeSignal.Create(6, seed: 25);
        SpeechLikeSignal.LowPass(speech, 8000).AsSpan(0, 192000).CopyTo(speech);
        var stage = new SpectralExtender(Rate);

        var output = Run(stage, speech);

        var added = output[stage.DelaySamples..].Zip(speech, (o, s) => o - s).ToArray();
        Assert.True(SignalPower.OfBand(added, 100, 7000) < 1e-5 * SignalPower.OfBand(speech, 100, 7000));
    }

    [Fact]
    public void Process_ConcealedBlocksThatEndAtEightKilohertz_GetTheUpperBandThatWasThere()
    {
        var speech = Hiss(2);
        var low = SpeechLikeSignal.LowPass(speech, 8000);
        var stage = new SpectralExtender(Rate);
        Run(stage, speech[..48000]);

        var output = Run(stage, low[48000..52800], isConcealed: true);

        var level = SignalPower.OfBand(output[480..2880], 9000, 14000) / SignalPower.OfBand(speech[48480..50880], 9000, 14000);
        Assert.InRange(level, 0.3, 1.5);
        Assert.Equal(CutoffDetector.FullBandHz, stage.CutoffHz);
    }

    [Fact]
    public void Process_ConcealedBlocksWithAnUpperBand_AreLeftAlone()
    {
        var speech = Hiss(2);
        var stage = new SpectralExtender(Rate);
        Run(stage, speech[..48000]);

        var output = Run(stage, speech[48000..52800], isConcealed: true);

        var added = output[stage.DelaySamples..].Zip(speech[48000..], (o, s) => o - s).ToArray();
        Assert.True(SignalPower.OfBand(added, 8500, 20000) < 0.05 * SignalPower.OfBand(speech[48000..52800], 8500, 20000));
    }

    [Fact]
    public void Process_AfterConcealment_IsTheInputToTheBitAgain()
    {
        var speech = Hiss(2);
        var stage = new SpectralExtender(Rate);
        Run(stage, speech[..48000]);
        Run(stage, SpeechLikeSignal.LowPass(speech, 8000)[48000..52800], isConcealed: true);

        var output = Run(stage, speech[52800..]);

        Assert.Equal(speech[53280..^stage.DelaySamples], output[(480 + stage.DelaySamples)..]);
    }

    private static float[] Hiss(double seconds)
    {
        var random = new Random(26);
        return [.. Enumerable.Range(0, (int)(seconds * Rate)).Select(_ => (random.NextSingle() - 0.5f) * 0.1f)];
    }

    /// <summary>Chords whose harmonics thin out towards the top, and a drum now and then.</summary>
    private static float[] Music(double seconds)
    {
        var random = new Random(27);
        var music = new float[(int)(seconds * Rate)];
        foreach (var pitch in (ReadOnlySpan<double>)[110, 164.8, 220, 277.2])
        {
            for (var harmonic = 1; harmonic * pitch < 18000; harmonic++)
            {
                var (level, phase) = (0.1 / Math.Pow(harmonic, 1.3), random.NextDouble() * 6.28);
                for (var n = 0; n < music.Length; n++)
                    music[n] += (float)(level * Math.Sin(2 * Math.PI * harmonic * pitch * n / Rate + phase));
            }
        }

        for (var n = 0; n < music.Length; n++)
            music[n] += (float)(0.05 * Math.Exp(-(n % 24000) / 2000.0) * (random.NextDouble() - 0.5));
        return music;
    }

    private static float[] Run(SpectralExtender stage, float[] input, bool isConcealed = false)
    {
        var output = new float[input.Length];
        for (var at = 0; at + Block <= input.Length; at += Block)
        {
            var job = new BandwidthExtensionJob { Input = input.AsSpan(at, Block), Output = output.AsSpan(at, Block), IsConcealed = isConcealed };
            stage.Process(ref job);
        }

        return output;
    }
}
