namespace RtcEnhance.EndToEnd.Tests.Captures;

/// <summary>
/// Speech-like sound in integers alone: pulses of a gliding pitch through two resonances, in syllables with faint noise
/// between them. The same samples on every machine.
/// </summary>
internal static class IntegerVoice
{
    private const int SyllableSamples = 3200;

    /// <summary>Samples at 8 kHz, 16 bit.</summary>
    public static short[] Create(int seed, int count)
    {
        var random = new Random(seed);
        var samples = new short[count];
        var first = new Resonance(28293, 15386);
        var second = new Resonance(14192, 14910);
        int untilPulse = 0;
        for (int i = 0; i < count; i++)
        {
            int inSyllable = i % SyllableSamples;
            int envelope = Math.Max(0, (SyllableSamples / 3) - Math.Abs(inSyllable - (SyllableSamples / 3)));
            int source = random.Next(-40, 41);
            if (--untilPulse <= 0)
            {
                untilPulse = 58 + (i / 900 % 12);
                source += 12 * envelope;
            }

            samples[i] = (short)Math.Clamp(first.Filter(source) + (second.Filter(source) / 2), -30000, 30000);
        }

        return samples;
    }

    /// <summary>Twice as many samples, at 16 kHz.</summary>
    public static short[] ToWideBand(ReadOnlySpan<short> samples)
    {
        var doubled = new short[2 * samples.Length];
        for (int i = 0; i < samples.Length; i++)
        {
            doubled[2 * i] = samples[i];
            doubled[(2 * i) + 1] = (short)((samples[i] + samples[Math.Min(i + 1, samples.Length - 1)]) / 2);
        }

        return doubled;
    }

    /// <summary>Two poles; both coefficients have 14 bits after the point.</summary>
    private sealed class Resonance(int twiceRadiusCosine, int squaredRadius)
    {
        private int _y1;
        private int _y2;

        public int Filter(int x)
        {
            int y = x + (int)((((long)twiceRadiusCosine * _y1) - ((long)squaredRadius * _y2)) >> 14);
            (_y2, _y1) = (_y1, y);
            return y / 2;
        }
    }
}
