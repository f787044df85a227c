namespace RtcEnhance.Testing.Metrics;

/// <summary>
/// Short-time objective intelligibility: how well the envelopes of a degraded recording follow those of the clean one.
/// Both scores see up to 4.3 kHz only, whatever the rate. Thread-safe.
/// </summary>
/// <remarks>
/// STOI: C. H. Taal et al., "An Algorithm for Intelligibility Prediction of Time-Frequency Weighted Noisy Speech",
/// IEEE TASLP 19(7), 2011. ESTOI: J. Jensen, C. H. Taal, "An Algorithm for Predicting the Intelligibility of Speech
/// Masked by Modulated Noise Maskers", IEEE/ACM TASLP 24(11), 2016.
/// </remarks>
public static class Stoi
{
    private const int SegmentFrames = 30;
    private const double Tiny = 1e-12;

    // A degraded band may exceed the clean one by a signal-to-distortion ratio of -15 dB before it is clipped.
    private static readonly double ClipFactor = 1 + Math.Pow(10, 15.0 / 20);

    /// <summary>Scores by STOI, at most 1: the mean correlation of band envelopes over segments of 384 ms.</summary>
    /// <param name="clean">The clean recording, -1 to 1.</param>
    /// <param name="degraded">The same recording degraded: as long, aligned to the sample.</param>
    /// <param name="rateHz">Sample rate of both in Hz, at least 8000.</param>
    /// <returns>The score; NaN where less than 384 ms of speech are louder than 40 dB below the loudest frame.</returns>
    /// <exception cref="ArgumentException">Lengths disagree.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The rate is below 8000 Hz.</exception>
    public static double Score(ReadOnlySpan<float> clean, ReadOnlySpan<float> degraded, int rateHz)
        => Average(clean, degraded, rateHz, Correlate);

    /// <summary>Scores by ESTOI, at most 1: like STOI, with each segment also normalised along frequency.</summary>
    /// <inheritdoc cref="Score"/>
    public static double ExtendedScore(ReadOnlySpan<float> clean, ReadOnlySpan<float> degraded, int rateHz)
        => Average(clean, degraded, rateHz, CorrelateExtended);

    private static double Average(
        ReadOnlySpan<float> clean,
        ReadOnlySpan<float> degraded,
        int rateHz,
        Func<double[,], double[,], double> correlate)
    {
        if (clean.Length != degraded.Length)
            throw new ArgumentException($"{clean.Length} clean but {degraded.Length} degraded samples.", nameof(degraded));
        ArgumentOutOfRangeException.ThrowIfLessThan(rateHz, 8000);

        var (x, y) = ThirdOctaveBands.Analyse(clean, degraded, rateHz);
        var segments = x.Length - SegmentFrames + 1;
        if (segments < 1)
            return double.NaN;
        double sum = 0;
        for (var start = 0; start < segments; start++)
            sum += correlate(Segment(x, start), Segment(y, start));
        return sum / segments;
    }

    private static double[,] Segment(double[][] frames, int start)
    {
        var segment = new double[ThirdOctaveBands.Count, SegmentFrames];
        for (var band = 0; band < ThirdOctaveBands.Count; band++)
        {
            for (var i = 0; i < SegmentFrames; i++)
                segment[band, i] = frames[start + i][band];
        }

        return segment;
    }

    private static double Correlate(double[,] x, double[,] y)
    {
        double sum = 0;
        for (var band = 0; band < ThirdOctaveBands.Count; band++)
        {
            var scale = Norm(x, band) / (Norm(y, band) + Tiny);
            for (var i = 0; i < SegmentFrames; i++)
                y[band, i] = Math.Min(y[band, i] * scale, x[band, i] * ClipFactor);
        }

        CentreRows(x);
        CentreRows(y);
        for (var band = 0; band < ThirdOctaveBands.Count; band++)
            sum += Dot(x, y, band) / ((Norm(x, band) * Norm(y, band)) + Tiny);
        return sum / ThirdOctaveBands.Count;
    }

    private static double CorrelateExtended(double[,] x, double[,] y)
    {
        NormaliseRowsThenColumns(x);
        NormaliseRowsThenColumns(y);
        double sum = 0;
        for (var band = 0; band < ThirdOctaveBands.Count; band++)
            sum += Dot(x, y, band);
        return sum / SegmentFrames;
    }

    private static void NormaliseRowsThenColumns(double[,] segment)
    {
        CentreRows(segment);
        for (var band = 0; band < ThirdOctaveBands.Count; band++)
        {
            var norm = Norm(segment, band) + Tiny;
            for (var i = 0; i < SegmentFrames; i++)
                segment[band, i] /= norm;
        }

        for (var i = 0; i < SegmentFrames; i++)
        {
            double mean = 0, power = 0;
            for (var band = 0; band < ThirdOctaveBands.Count; band++)
                mean += segment[band, i] / ThirdOctaveBands.Count;
            for (var band = 0; band < ThirdOctaveBands.Count; band++)
            {
                segment[band, i] -= mean;
                power += segment[band, i] * segment[band, i];
            }

            for (var band = 0; band < ThirdOctaveBands.Count; band++)
                segment[band, i] /= Math.Sqrt(power) + Tiny;
        }
    }

    private static void CentreRows(double[,] segment)
    {
        for (var band = 0; band < ThirdOctaveBands.Count; band++)
        {
            double mean = 0;
            for (var i = 0; i < SegmentFrames; i++)
                mean += segment[band, i] / SegmentFrames;
            for (var i = 0; i < SegmentFrames; i++)
                segment[band, i] -= mean;
        }
    }

    private static double Norm(double[,] segment, int band) => Math.Sqrt(Dot(segment, segment, band));

    private static double Dot(double[,] x, double[,] y, int band)
    {
        double sum = 0;
        for (var i = 0; i < SegmentFrames; i++)
            sum += x[band, i] * y[band, i];
        return sum;
    }
}
