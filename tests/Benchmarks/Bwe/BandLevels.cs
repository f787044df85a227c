using RtcEnhance.Audio;

namespace RtcEnhance.Benchmarks.Bwe;

/// <summary>Levels of a band over the frames of a recording. Thread-safe.</summary>
internal static class BandLevels
{
    private const int FrameSamples = 2048;
    private const int HopSamples = 1024;

    /// <summary>Power of a recording in a band over that of another's difference from it, dB; 200 where they are equal.</summary>
    public static double SnrDb(float[] reference, float[] test, int rateHz, double lowHz, double highHz)
    {
        var difference = new float[reference.Length];
        for (var i = 0; i < difference.Length; i++)
            difference[i] = test[i] - reference[i];
        var noise = Frames(difference, rateHz, lowHz, highHz).Sum();
        return noise > 0 ? Math.Min(200, 10 * Math.Log10(Frames(reference, rateHz, lowHz, highHz).Sum() / noise)) : 200;
    }

    /// <summary>Level of a band in the tenth of the frames where the original is quietest overall, over the original's, dB.</summary>
    public static double QuietExcessDb(float[] original, float[] test, int rateHz, double lowHz, double highHz)
    {
        var overall = Frames(original, rateHz, 100, highHz);
        var quiet = Enumerable.Range(0, overall.Length).OrderBy(frame => overall[frame]).Take(Math.Max(1, overall.Length / 10)).ToArray();
        var originalBand = Frames(original, rateHz, lowHz, highHz);
        var testBand = Frames(test, rateHz, lowHz, highHz);
        return 10 * Math.Log10((quiet.Sum(frame => testBand[frame]) + 1e-12) / (quiet.Sum(frame => originalBand[frame]) + 1e-12));
    }

    private static double[] Frames(float[] samples, int rateHz, double lowHz, double highHz)
    {
        var fft = new Fft(FrameSamples);
        var window = Window.PeriodicHann(FrameSamples);
        var real = new float[fft.Bins];
        var imaginary = new float[fft.Bins];
        var frame = new float[FrameSamples];
        var (low, high) = ((int)(lowHz * FrameSamples / rateHz), (int)(highHz * FrameSamples / rateHz));
        var powers = new double[Math.Max(0, (samples.Length - FrameSamples) / HopSamples + 1)];
        for (var f = 0; f < powers.Length; f++)
        {
            for (var i = 0; i < FrameSamples; i++)
                frame[i] = samples[f * HopSamples + i] * window[i];
            fft.Forward(frame, real, imaginary);
            for (var bin = low; bin < high; bin++)
                powers[f] += real[bin] * real[bin] + imaginary[bin] * imaginary[bin];
        }

        return powers;
    }
}
