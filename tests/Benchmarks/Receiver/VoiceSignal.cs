namespace RtcEnhance.Benchmarks.Receiver;

/// <summary>Speech-like sound made by a formula: syllables of a gliding pitch through two formants, with noise between.</summary>
internal static class VoiceSignal
{
    /// <summary>A seeded signal.</summary>
    /// <param name="seconds">Its length.</param>
    /// <param name="sampleRateHz">Its rate.</param>
    /// <returns>One channel, peak about 0.6.</returns>
    public static float[] Create(double seconds, int sampleRateHz)
    {
        var random = new Random(5);
        var samples = new float[(int)(seconds * sampleRateHz)];
        var first = new Formant(600, 80, sampleRateHz);
        var second = new Formant(1400, 120, sampleRateHz);
        double phase = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            double t = (double)i / sampleRateHz;
            double syllable = Math.Max(0, Math.Sin(2 * Math.PI * 2.5 * t));
            phase += (130 + (25 * Math.Sin(2 * Math.PI * 0.7 * t))) / sampleRateHz;
            double pulse = phase >= 1 ? 1 : 0;
            phase -= pulse;
            double source = pulse + (0.002 * ((2 * random.NextDouble()) - 1));
            samples[i] = (float)(syllable * (first.Filter(source) + (0.6 * second.Filter(source))));
        }

        float peak = samples.Max(Math.Abs);
        for (int i = 0; i < samples.Length; i++)
            samples[i] *= 0.6f / peak;
        return samples;
    }

    private sealed class Formant(double frequencyHz, double bandwidthHz, int sampleRateHz)
    {
        private readonly double _radius = Math.Exp(-Math.PI * bandwidthHz / sampleRateHz);
        private readonly double _cosine = Math.Cos(2 * Math.PI * frequencyHz / sampleRateHz);
        private double _y1;
        private double _y2;

        public double Filter(double x)
        {
            double y = x + (2 * _radius * _cosine * _y1) - (_radius * _radius * _y2);
            (_y2, _y1) = (_y1, y);
            return y;
        }
    }
}
