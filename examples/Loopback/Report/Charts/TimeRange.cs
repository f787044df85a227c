namespace RtcEnhance.Loopback.Report.Charts;

/// <summary>A stretch of a track in seconds. Thread-safe.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
internal readonly record struct TimeRange(double From, double To)
{
    public double Seconds => To - From;

    /// <summary>Where a time lies between the edges, in percent of the width.</summary>
    public double Percent(double seconds) => 100 * (seconds - From) / Seconds;

    /// <summary>Multiples of a round step inside the range, at most a dozen.</summary>
    public IEnumerable<double> Ticks()
    {
        double[] steps = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60];
        var seconds = Seconds;
        var step = steps.FirstOrDefault(step => seconds / step <= 12, 300);
        for (var n = (int)Math.Ceiling((From / step) - 1e-9); n * step <= To + 1e-9; n++)
            yield return n * step;
    }
}
