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
        var verdict = new Verdict();
        AddTable(report, verdict, $"delay of {ours} / delay of {peer} where {peer} conceals as much as {ours} at this quantile", results, ours, peer, isInverse: false);
        AddTable(report, verdict, $"delay of {ours} / delay of {peer} where {ours} conceals as much as {peer} at this quantile", results, peer, ours, isInverse: true);
        report.Notes.Add($"Between its settings a curve is taken as straight. < : the ratio is smaller yet, as the curve's policy does not get down to (first table) or up to (second table) that much concealment at any setting and its nearest one was taken; > : the ratio is larger yet, for the like reason; a < or > of the first table is settled by the second one; a > of the second table is a concealed share that {ours} does not get down to.");
        report.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"worst ratio to {peer} where concealed shares that differ by at most {EqualPercent} points, a packet or two in ten minutes, are equal: {verdict.WorstRatio:0.000}; the promise is at most {PromisedRatio}. The tables are without that allowance."));
        if (verdict.NotReached > 0)
            report.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"{verdict.NotReached} cells of the second table are concealed shares that {ours} does not get down to at any setting: it conceals up to {verdict.MostMorePercent:0.0000} points more there."));
        report.Failed |= !(verdict.WorstRatio <= PromisedRatio);
    }

    private static void AddTable(
        BenchReport report, Verdict verdict, string title, IReadOnlyList<(string Name, IReadOnlyList<PlayoutRow> Rows)> results, string setBy, string curveOf, bool isInverse)
    {
        var table = new BenchTable(title, ["network", .. Settings.Select(q => q.ToString(CultureInfo.InvariantCulture)), "worst"]);
        foreach ((string name, IReadOnlyList<PlayoutRow> rows) in results)
        {
            var curve = new PlayoutCurve(rows.Where(row => row.Policy == curveOf).Select(row => (row.Metrics.DelayMs, row.Metrics.ConcealedPercent)));
            double worst = 0;
            List<object?> cells = [name];
            foreach (double setting in Settings)
            {
                PlayoutMetrics at = rows.Single(row => row.Policy == setBy && row.Quantile == setting).Metrics;
                Comparison found = Compare(curve, at, isInverse, 0);
                cells.Add(string.Create(CultureInfo.InvariantCulture, $"{(found.End == CurveEnd.None ? "" : found.IsTooHigh ? "<" : ">")}{found.Ratio:0.00}"));
                if (found.Counts(isInverse))
                    worst = Math.Max(worst, found.Ratio);
                else if (isInverse)
                    verdict.AddNotReached(curve.LeastConcealedPercent - at.ConcealedPercent);
                found = Compare(curve, at, isInverse, EqualPercent);
                if (found.Counts(isInverse))
                    verdict.WorstRatio = Math.Max(verdict.WorstRatio, found.Ratio);
            }

            table.Add([.. cells, worst == 0 ? null : worst]);
        }

        report.Tables.Add(table);
    }

    // Our delay over the peer's. Ours may conceal so many points more.
    private static Comparison Compare(PlayoutCurve curve, PlayoutMetrics at, bool isInverse, double allowedPercent)
    {
        (double delay, CurveEnd end) = curve.DelayAt(at.ConcealedPercent + (isInverse ? allowedPercent : -allowedPercent));
        // The curve's policy would be longer than its longest setting, or shorter than its shortest one.
        bool isTooHigh = end == (isInverse ? CurveEnd.Shortest : CurveEnd.Longest);
        return new Comparison(isInverse ? delay / at.DelayMs : at.DelayMs / delay, end, isTooHigh);
    }

    private readonly record struct Comparison(double Ratio, CurveEnd End, bool IsTooHigh)
    {
        /// <summary>False where the two never conceal the same, or where the other table settles it.</summary>
        public bool Counts(bool isInverse) => End == CurveEnd.None || (IsTooHigh && isInverse);
    }

    private sealed class Verdict
    {
        public double WorstRatio { get; set; }

        public int NotReached { get; private set; }

        public double MostMorePercent { get; private set; }

        public void AddNotReached(double morePercent)
        {
            NotReached++;
            MostMorePercent = Math.Max(MostMorePercent, morePercent);
        }
    }
}
