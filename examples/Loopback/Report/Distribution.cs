namespace RtcEnhance.Loopback.Report;

/// <summary>Durations in milliseconds, summed up. Thread-safe.</summary>
public sealed record Distribution
{
    private const int BucketsPerDecade = 10;

    /// <summary>How many durations there were.</summary>
    public required long Count { get; init; }

    /// <summary>Median.</summary>
    public required double P50Ms { get; init; }

    /// <summary>95th percentile.</summary>
    public required double P95Ms { get; init; }

    /// <summary>99th percentile.</summary>
    public required double P99Ms { get; init; }

    /// <summary>Longest.</summary>
    public required double MaxMs { get; init; }

    /// <summary>Counts by interval, ascending and without gaps; empty where only the percentiles are known.</summary>
    public IReadOnlyList<LatencyBucket> Buckets { get; init; } = [];

    /// <summary>Sums durations up: nearest-rank percentiles and ten logarithmic buckets a decade.</summary>
    /// <param name="durationsMs">Durations in milliseconds, any order; may be empty.</param>
    /// <returns>Their distribution; all zero where there are none.</returns>
    public static Distribution FromMilliseconds(ReadOnlySpan<double> durationsMs)
    {
        var sorted = durationsMs.ToArray();
        Array.Sort(sorted);
        return new Distribution
        {
            Count = sorted.Length,
            P50Ms = Percentile(sorted, 0.50),
            P95Ms = Percentile(sorted, 0.95),
            P99Ms = Percentile(sorted, 0.99),
            MaxMs = Percentile(sorted, 1.00),
            Buckets = Bucket(sorted),
        };
    }

    private static double Percentile(double[] sorted, double share)
        => sorted.Length == 0 ? 0 : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];

    private static LatencyBucket[] Bucket(double[] sorted)
    {
        if (sorted.Length == 0)
            return [];
        var first = Index(sorted[0]);
        var counts = new long[Index(sorted[^1]) - first + 1];
        foreach (var duration in sorted)
            counts[Index(duration) - first]++;
        return [.. counts.Select((count, i) => new LatencyBucket(Edge(first + i), Edge(first + i + 1), count))];
    }

    // Below a tenth of a microsecond the clock cannot tell durations apart.
    private static int Index(double milliseconds)
        => (int)Math.Floor(Math.Log10(Math.Max(milliseconds, 1e-4)) * BucketsPerDecade);

    private static double Edge(int index) => Math.Pow(10, (double)index / BucketsPerDecade);
}
