using static RtcEnhance.Audio.Tests.Concealment.ConcealmentSignals;

namespace RtcEnhance.Audio.Tests.Concealment;

public class SignalClassifierTests
{
    private static readonly AudioFormat Format = new(16000);

    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    [InlineData(48000)]
    public void Process_LossInSustainedChords_IsMusic(int rate)
        => Assert.Equal(SignalKind.Music, KindAtLoss(new AudioFormat(rate), Chords(new AudioFormat(rate), 200)));

    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    [InlineData(48000)]
    public void Process_LossInSyllables_IsSpeech(int rate)
        => Assert.Equal(SignalKind.Speech, KindAtLoss(new AudioFormat(rate), Syllables(new AudioFormat(rate), 205)));

    [Theory]
    [InlineData(20)]
    [InlineData(200)]
    public void Process_LossInADialTone_IsATone(int blocks)
        => Assert.Equal(SignalKind.Tone, KindAtLoss(Format, Sines(Format, blocks, 350, 440)));

    [Fact]
    public void Process_LossInSteadyNoise_IsNoise()
        => Assert.Equal(SignalKind.Noise, KindAtLoss(Format, Noise(Format, 200, 0.05f)));

    [Fact]
    public void Process_LossSoonAfterTheStart_IsSpeech()
        => Assert.Equal(SignalKind.Speech, KindAtLoss(Format, Chords(Format, 30)));

    [Fact]
    public void Process_SpeechAfterMusic_IsNoticedWithinAFewLosses()
    {
        var concealer = new NeuralConcealer(ConcealmentModels.Plain, Format);
        float[] chords = Chords(Format, 200);
        float[] syllables = Syllables(Format, 205);
        for (int i = 0; i < 8; i++)
        {
            Observe(concealer, chords, Format);
            Conceal(concealer, Format, 1);
        }

        Assert.Equal(SignalKind.Music, concealer.LastSignal);
        for (int i = 0; i < 8; i++)
        {
            Observe(concealer, syllables, Format);
            Conceal(concealer, Format, 1);
        }

        Assert.Equal(SignalKind.Speech, concealer.LastSignal);
    }

    [Fact]
    public void Process_OneChannelSilent_JudgesTheOther()
    {
        var stereo = new AudioFormat(16000, 2);
        float[] chords = Chords(Format, 200);
        var samples = new float[2 * chords.Length];
        for (int i = 0; i < chords.Length; i++)
            samples[(2 * i) + 1] = chords[i];

        Assert.Equal(SignalKind.Music, KindAtLoss(stereo, samples));
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(48000)]
    public void Process_Music_IsConcealedClassically(int rate)
    {
        var format = new AudioFormat(rate);
        float[] chords = Chords(format, 200);
        var neural = new NeuralConcealer(ConcealmentModels.Wild, format);
        var classical = new PitchConcealer(format);
        Observe(neural, chords, format);
        Observe(classical, chords, format);

        for (int i = 0; i < 10; i++)
            Assert.Equal(Conceal(classical, format, 1), Conceal(neural, format, 1));
    }

    private static SignalKind KindAtLoss(AudioFormat format, float[] played)
    {
        var concealer = new NeuralConcealer(ConcealmentModels.Plain, format);
        Observe(concealer, played, format);
        Conceal(concealer, format, 1);
        return concealer.LastSignal;
    }

    private static float[] Sines(AudioFormat format, int blocks, params double[] hz)
    {
        var samples = new float[blocks * format.BlockLength];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = hz.Sum(f => 0.1f * (float)Math.Sin(2 * Math.PI * f * i / format.SampleRateHz));
        return samples;
    }

    // Three notes with overtones, another chord every half second.
    private static float[] Chords(AudioFormat format, int blocks)
    {
        double[][] chords = [[220, 277.18, 329.63], [196, 246.94, 293.66], [174.61, 220, 261.63], [164.81, 207.65, 246.94]];
        var samples = new float[blocks * format.BlockLength];
        for (int i = 0; i < samples.Length; i++)
        {
            double t = (double)i / format.SampleRateHz;
            double sum = 0;
            foreach (double hz in chords[(int)(2 * t) % 4])
            {
                for (int k = 1; k * hz < 3300; k++)
                    sum += Math.Sin((2 * Math.PI * hz * k * t) + k) / (k * k);
            }

            samples[i] = 0.05f * (float)sum;
        }

        return samples;
    }

    // Four a second, whose pitch and vowel glide, with noise between them.
    private static float[] Syllables(AudioFormat format, int blocks)
    {
        var random = new Random(3);
        var samples = new float[blocks * format.BlockLength];
        double phase = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            double t = (double)i / format.SampleRateHz;
            double swing = Math.Max(0, Math.Sin(2 * Math.PI * 4 * t));
            phase += 2 * Math.PI * (110 + (40 * swing)) / format.SampleRateHz;
            double sum = 0;
            for (int k = 1; k < 20; k++)
                sum += Math.Sin(k * phase) / (1 + Math.Abs(k - (4 + (8 * swing))));
            samples[i] = (float)((0.1 * swing * sum) + (0.0005 * (random.NextDouble() - 0.5)));
        }

        return samples;
    }
}
