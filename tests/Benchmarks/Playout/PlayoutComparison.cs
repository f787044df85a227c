using System.Globalization;

namespace RtcEnhance.Benchmarks.Playout;

/// <summary>
/// Sets two policies' delays against each other at the same concealed share, from both sides: at each setting of ours on
/// the peer's curve, and at each setting of the peer on ours. Thread-safe.
/// </summary>
internal static class PlayoutComparison
{
    private const double PromisedRatio = 1.05;

    // A packet or two in ten minutes: less is chance. The tables do not know it, the verdict does.
    private const double EqualPercent = 0.01;

    /// <summary>The settings that are compared; the curves reach beyond them.</summary>
    public static readonly double[] Settings = [0.85, 0.9, 0.95, 0.97, 0.99, 0.995];

    /// <summary>Adds the tables and the verdict.</summary>
    public static void Add(BenchReport report, IReadOnlyList<(string Name, IReadOnlyList<PlayoutRow> Rows)> results, string ours, string peer)
    {
        double worst = Math.Max(
            AddTable(report, $"delay of {ours} / delay of {peer} where {peer} conceals as much as {ours} at this quantile", results, ours, peer, isInverse: false),
            AddTable(report, $"delay of {ours} / delay of {peer} where {ours} conceals as much as {peer} at this quantile", results, peer, ours, isInverse: true));
        report.Notes.Add($"Between its settings a curve is taken as straight. < : the ratio is smaller yet, as the curve's policy does not get down to (first table) or up to (second table) that much concealment at any setting and its nearest one was taken; > : the ratio is larger yet, for the like reason; a < or > of the first table is settled by the second one; a > of the second table is a concealed share that {ours} does not get down to.");
        report.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"worst ratio to {peer} where concealed shares that differ by at most {EqualPercent} points, a packet or two in ten minutes, are equal: {worst:0.000}; the promise is at most {PromisedRatio}. The tables are without that allowance."));
        report.Failed |= !(worst <= PromisedRatio);
    }

    private static double AddTable(
        BenchReport report, string title, IReadOnlyList<(string Name, IReadOnlyList<PlayoutRow> Rows)> results, string setBy, string curveOf, bool isInverse)
    {
        var table = new BenchTable(title, ["network", .. Settings.Select(q => q.ToString(CultureInfo.InvariantCulture)), "worst"]);
        double worstOfAll = 0;
        foreach ((string name, IReadOnlyList<PlayoutRow> rows) in results)
        {
            var curve = new PlayoutCurve(rows.Where(row => row.Policy == curveOf).Select(row => (row.Metrics.DelayMs, row.Metrics.ConcealedPercent)));
            double worst = 0;
            double worstAllowing = 0;
            List<object?> cells = [name];
            foreach (double setting in Settings)
            {
                PlayoutMetrics at = rows.Single(row => row.Policy == setBy && row.Quantile == setting).Metrics;
                (double ratio, CurveEnd end, bool isTooHigh) = Compare(curve, at, isInverse, 0);
                worst = Math.Max(worst, Counted(ratio, end, isTooHigh, isInverse));
                (double allowing, CurveEnd endAllowing, bool isAllowingTooHigh) = Compare(curve, at, isInverse, EqualPercent);
                worstAllowing = Math.Max(worstAllowing, Counted(allowing, endAllowing, isAllowingTooHigh, isInverse));
                cells.Add(string.Create(CultureInfo.InvariantCulture, $"{(end == CurveEnd.None ? "" : isTooHigh ? "<" : ">")}{ratio:0.00}"));
            }

            table.Add([.. cells, worst == 0 ? null : double.IsInfinity(worst) ? "not reached" : worst]);
            worstOfAll = Math.Max(worstOfAll, worstAllowing);
        }

        report.Tables.Add(table);
        return worstOfAll;
    }

    // Our delay over the peer's. Ours may conceal so many points more.
    private static (double Ratio, CurveEnd End, bool IsTooHigh) Compare(PlayoutCurve curve, PlayoutMetrics at, bool isInverse, double allowedPercent)
    {
        (double delay, CurveEnd end) = curve.DelayAt(at.ConcealedPercent + (isInverse ? allowedPercent : -allowedPercent));
        // The curve's policy would be longer than its longest setting, or shorter than its shortest one.
        bool isTooHigh = end == (isInverse ? CurveEnd.Shortest : CurveEnd.Longest);
        return (isInverse ? delay / at.DelayMs : at.DelayMs / delay, end, isTooHigh);
    }

    // What a cell says of the worst: nothing, where the other table settles it.
    private static double Counted(double ratio, CurveEnd end, bool isTooHigh, bool isInverse)
        => end == CurveEnd.None || (isTooHigh && isInverse) ? ratio : isInverse ? double.PositiveInfinity : 0;
}
