namespace RtcEnhance.Interop.Tests.Opus;

/// <summary>Syllables of a gliding pitch through two formants, with breaths of noise between; seeded.</summary>
internal static class SpeechLikeSignal
{
    public static float[] Create(double seconds, int sampleRateHz)
    {
        var random = new Random(5);
        var samples = new float[(int)(seconds * sampleRateHz)];
        double phase = 0;
        var first = new Resonator(600, 80, sampleRateHz);
        var second = new Resonator(1400, 120, sampleRateHz);
        for (var i = 0; i < samples.Length; i++)
        {
            var t = (double)i / sampleRateHz;
            var syllable = Math.Max(0, Math.Sin(2 * Math.PI * 2.5 * t));
            phase += (130 + (25 * Math.Sin(2 * Math.PI * 0.7 * t))) / sampleRateHz;
            var pulse = phase >= 1 ? 1.0 : 0.0;
            phase -= pulse;
            var noise = 0.002 * ((2 * random.NextDouble()) - 1);
            samples[i] = (float)(0.06 * syllable * (first.Filter(pulse + noise) + (0.6 * second.Filter(pulse + noise))));
        }

        return samples;
    }

    private sealed class Resonator(double frequencyHz, double bandwidthHz, int sampleRateHz)
    {
        private readonly double _radius = Math.Exp(-Math.PI * bandwidthHz / sampleRateHz);
        private readonly double _cosine = Math.Cos(2 * Math.PI * frequencyHz / sampleRateHz);
        private double _y1;
        private double _y2;

        public double Filter(double x)
        {
            var y = x + (2 * _radius * _cosine * _y1) - (_radius * _radius * _y2);
            (_y2, _y1) = (_y1, y);
            return y;
        }
    }
}
