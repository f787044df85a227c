namespace RtcEnhance.Testing.Metrics;

/// <summary>
/// How far two recordings' short-time spectra lie apart: the mean over frames of the root mean square over bins of
/// log10 P1 - log10 P2. Thread-safe.
/// </summary>
/// <remarks>Hann window of 2048 samples every 512, power floored at 1e-8 without scaling: samples are in [-1, 1].</remarks>
public static class LogSpectralDistance
{
    private const int FrameSamples = 2048;
    private const int HopSamples = 512;
    private const double PowerFloor = 1e-8;

    /// <summary>Measures the distance within a band.</summary>
    /// <param name="reference">The original.</param>
    /// <param name="test">As long as the original and aligned with it.</param>
    /// <param name="rateHz">Sample rate of both.</param>
    /// <param name="lowHz">First frequency counted.</param>
    /// <param name="highHz">First frequency no longer counted.</param>
    /// <exception cref="ArgumentException">The lengths differ, less than a frame is given or no bin lies in the band.</exception>
    public static double Measure(
        ReadOnlySpan<float> reference, ReadOnlySpan<float> test, int rateHz, double lowHz = 0, double highHz = double.PositiveInfinity) =>
        Measure(reference, test, rateHz, [(lowHz, highHz)])[0];

    /// <summary>Measures the distance within several bands at once.</summary>
    /// <param name="reference">The original.</param>
    /// <param name="test">As long as the original and aligned with it.</param>
    /// <param name="rateHz">Sample rate of both.</param>
    /// <param name="bandsHz">First frequency counted and first no longer counted of each band.</param>
    /// <returns>One distance per band.</returns>
    /// <exception cref="ArgumentException">The lengths differ, less than a frame is given or no bin lies in a band.</exception>
    public static double[] Measure(
        ReadOnlySpan<float> reference, ReadOnlySpan<float> test, int rateHz, ReadOnlySpan<(double LowHz, double HighHz)> bandsHz)
    {
        if (reference.Length != test.Length || reference.Length < FrameSamples)
            throw new ArgumentException($"Two recordings of equal length and at least {FrameSamples} samples are compared; got {reference.Length} and {test.Length}.");
        var window = new double[FrameSamples];
        for (var i = 0; i < FrameSamples; i++)
            window[i] = 0.5 - 0.5 * Math.Cos(2 * Math.PI * (i + 1) / (FrameSamples + 1));
        var spectrum = new PowerSpectrum(FrameSamples);
        var windowed = new double[FrameSamples];
        var referencePower = new double[spectrum.Bins];
        var testPower = new double[spectrum.Bins];
        var sums = new double[bandsHz.Length];
        var frames = (reference.Length - FrameSamples) / HopSamples + 1;
        for (var frame = 0; frame < frames; frame++)
        {
            Compute(reference.Slice(frame * HopSamples, FrameSamples), referencePower);
            Compute(test.Slice(frame * HopSamples, FrameSamples), testPower);
            for (var band = 0; band < sums.Length; band++)
                sums[band] += FrameDistance(referencePower, testPower, (double)rateHz / FrameSamples, bandsHz[band]);
        }

        for (var band = 0; band < sums.Length; band++)
            sums[band] /= frames;
        return sums;

        void Compute(ReadOnlySpan<float> samples, double[] power)
        {
            for (var i = 0; i < FrameSamples; i++)
                windowed[i] = samples[i] * window[i];
            spectrum.Compute(windowed, power);
        }
    }

    private static double FrameDistance(double[] reference, double[] test, double binHz, (double LowHz, double HighHz) band)
    {
        double sum = 0;
        var bins = 0;
        for (var bin = 0; bin < reference.Length; bin++)
        {
            if (bin * binHz < band.LowHz || bin * binHz >= band.HighHz)
                continue;
            var difference = Math.Log10(Math.Max(reference[bin], PowerFloor)) - Math.Log10(Math.Max(test[bin], PowerFloor));
            sum += difference * difference;
            bins++;
        }

        return bins > 0 ? Math.Sqrt(sum / bins) : throw new ArgumentException($"No bin lies from {band.LowHz} to {band.HighHz} Hz.");
    }
}
