namespace RtcEnhance.Audio.Tests;

/// <summary>What a network's extender adds at constant gains, by plain loops in double precision.</summary>
internal static class ExtensionReference
{
    private const int SourceDelay = 48;
    private const int ShapingDelay = 88;

    /// <summary>The upper band of a stage that has run since silence, with the gains of the first half held.</summary>
    /// <param name="low">The low band at 48 kHz, as late as the stage's output.</param>
    /// <param name="cutoffHz">Where it ends.</param>
    /// <param name="edgesHz">Edges of the bands.</param>
    /// <param name="copyGain">Gain of the copies in a band.</param>
    /// <param name="noiseGain">Gain of the noise in a band.</param>
    public static double[] UpperBand(float[] low, int cutoffHz, double[] edgesHz, Func<int, double> copyGain, Func<int, double> noiseGain)
    {
        int width = cutoffHz <= 4000 ? 2000 : 4000;
        (double[] copies, double[] noise) = Carriers(low, cutoffHz, width, edgesHz[^1]);
        int first = Array.FindIndex(edgesHz, edge => edge >= cutoffHz);
        var copyFilter = new double[(2 * ShapingDelay) + 1];
        var noiseFilter = new double[copyFilter.Length];
        for (int band = first; band < edgesHz.Length - 1; band++)
        {
            float[] filter = KaiserFilter.BandPass(copyFilter.Length, band == first ? 0.985 * cutoffHz : edgesHz[band], edgesHz[band + 1], 48000, 52);
            for (int k = 0; k < copyFilter.Length; k++)
            {
                copyFilter[k] += copyGain(band) * filter[k];
                noiseFilter[k] += noiseGain(band) * filter[k];
            }
        }

        var upper = new double[low.Length];
        for (int n = 0; n < upper.Length; n++)
        {
            for (int k = 0; k < copyFilter.Length; k++)
            {
                // Symmetric about the middle; the low band is late by both filters' delays already.
                int at = n + k - ShapingDelay;
                if (at >= 0 && at < low.Length)
                    upper[n] += (copyFilter[k] * copies[at]) + (noiseFilter[k] * noise[at]);
            }
        }

        return upper;
    }

    // At the same place in time as the low band: the shifting tones and the noise began when the stage did.
    private static (double[] Copies, double[] Noise) Carriers(float[] low, int cutoffHz, int width, double topHz)
    {
        float[] basis = KaiserFilter.BandPass((2 * SourceDelay) + 1, 0, width / 2.0, 48000, 52);
        int count = (int)Math.Ceiling((topHz - cutoffHz) / width);
        var copies = new double[low.Length];
        var noise = new double[low.Length];
        double envelope = 0;
        uint random = 0x9E3779B9;
        for (int n = ShapingDelay; n < low.Length; n++)
        {
            double real = 0;
            double imaginary = 0;
            for (int k = -SourceDelay; k <= SourceDelay; k++)
            {
                if (n - k < 0 || n - k >= low.Length)
                    continue;
                (double sin, double cos) = Math.SinCos(2 * Math.PI * (cutoffHz - (width / 2.0)) / 48000 * k);
                real += 2 * basis[k + SourceDelay] * cos * low[n - k];
                imaginary += 2 * basis[k + SourceDelay] * sin * low[n - k];
            }

            envelope += 0.12 * ((real * real) + (imaginary * imaginary) - envelope);
            if (envelope < 1e-13)
                envelope = 0;
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            for (int copy = 1; copy <= count; copy++)
            {
                (double sin, double cos) = Math.SinCos((2 * Math.PI * copy * width * (n - ShapingDelay) / 48000) + (Math.PI * copy * copy / count));
                copies[n] += (real * cos) - (imaginary * sin);
            }

            noise[n] = Math.Sqrt(envelope / 2 * 24000 / width) * (int)random * Math.Sqrt(3) / (1u << 31);
        }

        return (copies, noise);
    }
}
