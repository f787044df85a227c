namespace RtcEnhance.Benchmarks.Plc;

/// <summary>One metric of one method over one trace.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Mean">Mean over the clips.</param>
/// <param name="Interval">Half the mean's 95 % confidence interval.</param>
/// <param name="Difference">Mean over the clips of this method's score less the first method's.</param>
/// <param name="DifferenceInterval">Half the difference's 95 % confidence interval.</param>
internal sealed record PlcScore(string Metric, double Mean, double Interval, double Difference, double DifferenceInterval)
{
    /// <summary>Sums up one score a clip; <paramref name="first"/> has the first method's on the same clips.</summary>
    public static PlcScore FromClips(string metric, IReadOnlyList<double> scores, IReadOnlyList<double> first)
    {
        var differences = new double[scores.Count];
        for (int i = 0; i < differences.Length; i++)
            differences[i] = scores[i] - first[i];
        (double mean, double interval) = MeanAndInterval(scores);
        (double difference, double differenceInterval) = MeanAndInterval(differences);
        return new PlcScore(metric, mean, interval, difference, differenceInterval);
    }

    // The normal approximation: the sets have dozens of clips.
    private static (double Mean, double Interval) MeanAndInterval(IReadOnlyList<double> values)
    {
        double mean = values.Average();
        double sum = values.Sum(value => (value - mean) * (value - mean));
        return (mean, values.Count > 1 ? 1.96 * Math.Sqrt(sum / (values.Count - 1) / values.Count) : double.NaN);
    }
}
