namespace RtcEnhance.Testing.Metrics;

/// <summary>
/// STOI's front end: both recordings at 10 kHz, frames silent in the clean one taken out of both, then the magnitudes
/// of 15 one-third octave bands from 150 Hz for each frame of 25.6 ms, 12.8 ms apart. Thread-safe.
/// </summary>
internal static class ThirdOctaveBands
{
    public const int Count = 15;

    private const int RateHz = 10000;
    private const int Frame = 256;
    private const int Hop = Frame / 2;
    private const int FftLength = 512;
    private const double LowestCentreHz = 150;
    private const double DynamicRangeDb = 40;

    private static readonly double[] Window = [.. Enumerable.Range(1, Frame)
        .Select(i => 0.5 - (0.5 * Math.Cos(2 * Math.PI * i / (Frame + 1))))];

    private static readonly (int From, int To)[] Bands = [.. Enumerable.Range(0, Count).Select(band =>
        (Bin(LowestCentreHz * Math.Pow(2, (band - 0.5) / 3)), Bin(LowestCentreHz * Math.Pow(2, (band + 0.5) / 3))))];

    public static (double[][] Clean, double[][] Degraded) Analyse(
        ReadOnlySpan<float> clean, ReadOnlySpan<float> degraded, int rateHz)
    {
        var x = RationalResampler.Resample(clean, rateHz, RateHz);
        var y = RationalResampler.Resample(degraded, rateHz, RateHz);
        var speech = SpeechFrames(x);
        return (Magnitudes(Keep(x, speech)), Magnitudes(Keep(y, speech)));
    }

    private static int Bin(double frequencyHz) => (int)Math.Round(frequencyHz * FftLength / RateHz);

    private static int FrameCount(double[] samples) => samples.Length < Frame ? 0 : ((samples.Length - Frame) / Hop) + 1;

    private static int[] SpeechFrames(double[] samples)
    {
        var levelsDb = new double[FrameCount(samples)];
        for (var frame = 0; frame < levelsDb.Length; frame++)
        {
            double power = 0;
            for (var i = 0; i < Frame; i++)
                power += Math.Pow(samples[(frame * Hop) + i] * Window[i], 2);
            levelsDb[frame] = 20 * Math.Log10(Math.Sqrt(power) + 1e-12);
        }

        var thresholdDb = levelsDb.DefaultIfEmpty().Max() - DynamicRangeDb;
        return [.. Enumerable.Range(0, levelsDb.Length).Where(frame => levelsDb[frame] > thresholdDb)];
    }

    private static double[] Keep(double[] samples, int[] frames)
    {
        var kept = new double[frames.Length == 0 ? 0 : ((frames.Length - 1) * Hop) + Frame];
        for (var n = 0; n < frames.Length; n++)
        {
            for (var i = 0; i < Frame; i++)
                kept[(n * Hop) + i] += samples[(frames[n] * Hop) + i] * Window[i];
        }

        return kept;
    }

    private static double[][] Magnitudes(double[] samples)
    {
        var spectrum = new PowerSpectrum(FftLength);
        var windowed = new double[Frame];
        var power = new double[spectrum.Bins];
        var frames = new double[FrameCount(samples)][];
        for (var frame = 0; frame < frames.Length; frame++)
        {
            for (var i = 0; i < Frame; i++)
                windowed[i] = samples[(frame * Hop) + i] * Window[i];
            spectrum.Compute(windowed, power);
            frames[frame] = [.. Bands.Select(band => Math.Sqrt(power.AsSpan(band.From, band.To - band.From).Sum()))];
        }

        return frames;
    }

    private static double Sum(this Span<double> values)
    {
        double sum = 0;
        foreach (var value in values)
            sum += value;
        return sum;
    }
}
