namespace RtcEnhance.Loopback.Report;

/// <summary>How far apart sound and picture of the same moment came: over all frames shown after the first second. Thread-safe.</summary>
public sealed record SyncFigures
{
    /// <summary>What lips and voice may be apart (ITU-R BT.1359: 45 ms where the sound leads).</summary>
    public const double LimitMs = 45;

    /// <summary>Frames whose sound was heard.</summary>
    public required long Frames { get; init; }

    /// <summary>Median offset in milliseconds; positive where the picture came after its sound.</summary>
    public required double MedianOffsetMs { get; init; }

    /// <summary>Milliseconds that 95 % of the frames were at most off, either way.</summary>
    public required double P95OffsetMs { get; init; }

    /// <summary>Milliseconds that the worst frame was off.</summary>
    public required double LongestOffsetMs { get; init; }

    /// <summary>Frames at most <see cref="LimitMs"/> off, in percent.</summary>
    public required double WithinLimitPercent { get; init; }

    /// <summary>Takes the figures of a call.</summary>
    /// <param name="offsetsMs">One offset a frame.</param>
    /// <returns>The figures; all are 0 where there are no offsets.</returns>
    public static SyncFigures FromOffsets(IReadOnlyCollection<double> offsetsMs)
    {
        ArgumentNullException.ThrowIfNull(offsetsMs);
        double[] signed = [.. offsetsMs.Order()];
        double[] size = [.. offsetsMs.Select(Math.Abs).Order()];
        return new SyncFigures
        {
            Frames = signed.Length,
            MedianOffsetMs = Rank(signed, 50),
            P95OffsetMs = Rank(size, 95),
            LongestOffsetMs = Rank(size, 100),
            WithinLimitPercent = size.Length == 0 ? 0 : 100.0 * size.Count(offset => offset <= LimitMs) / size.Length,
        };
    }

    private static double Rank(double[] sorted, int percent)
        => sorted.Length == 0 ? 0 : sorted[Math.Max(0, (int)Math.Ceiling(sorted.Length * percent / 100.0) - 1)];
}
