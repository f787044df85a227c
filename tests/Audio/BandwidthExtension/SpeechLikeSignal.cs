namespace RtcEnhance.Audio.Tests;

/// <summary>Seeded sounds at 48 kHz with speech's main traits: pulses through resonances, hisses, pauses, a fall towards high bands.</summary>
internal static class SpeechLikeSignal
{
    private const int Rate = 48000;

    /// <summary>Alternates 150 ms of voice, 100 ms of hiss and 100 ms of faint background.</summary>
    public static float[] Create(double seconds, int seed, float level = 0.2f)
    {
        var random = new Random(seed);
        var signal = new float[(int)(seconds * Rate)];
        double pulsePhase = 0, low = 0, previous = 0, formant1 = 0, formant2 = 0;
        for (var n = 0; n < signal.Length; n++)
        {
            var time = n / (double)Rate % 0.35;
            var white = random.NextDouble() * 2 - 1;
            pulsePhase += (110 + 20 * Math.Sin(2 * Math.PI * n / Rate)) / Rate;
            var pulse = 0.0;
            if (pulsePhase >= 1)
            {
                pulsePhase -= 1;
                pulse = 4;
            }

            var source = time < 0.15 ? pulse + 0.02 * white : time < 0.25 ? 0.3 * (white - previous) : 0.002 * white;
            previous = white;
            low += 0.5 * (source - low);
            var resonance = 1.88 * formant1 - 0.90 * formant2 + 0.1 * low;
            (formant1, formant2) = (resonance, formant1);
            signal[n] = (float)Math.Clamp(level * (resonance + 0.3 * low), -1, 1);
        }

        return signal;
    }

    /// <summary>The signal without what lies above a frequency.</summary>
    public static float[] LowPass(float[] signal, double cutoffHz)
    {
        const int Taps = 401;
        var filter = KaiserFilter.BandPass(Taps, 0, cutoffHz, Rate, 70);
        var padded = new float[signal.Length + Taps + filter.Length];
        signal.CopyTo(padded, Taps / 2);
        return [.. Enumerable.Range(0, signal.Length).Select(n => InnerProduct.Dot(filter, padded.AsSpan(n)))];
    }
}
