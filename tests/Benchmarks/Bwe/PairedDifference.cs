namespace RtcEnhance.Benchmarks.Bwe;

/// <summary>How far one method is from another on the same clips. Thread-safe.</summary>
/// <param name="Mean">Mean difference.</param>
/// <param name="Interval">Half of its 95 % interval, by the normal approximation.</param>
internal sealed record PairedDifference(double Mean, double Interval)
{
    /// <summary>Of two methods' results in the same order of clips.</summary>
    public static PairedDifference Of(IEnumerable<BweClipResult> ours, IEnumerable<BweClipResult> others, Func<BweClipResult, double> value)
    {
        double[] differences = [.. ours.Zip(others, (a, b) => value(a) - value(b))];
        double mean = differences.Average();
        double variance = differences.Sum(d => (d - mean) * (d - mean)) / Math.Max(1, differences.Length - 1);
        return new PairedDifference(mean, 1.96 * Math.Sqrt(variance / differences.Length));
    }
}
