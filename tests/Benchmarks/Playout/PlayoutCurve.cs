namespace RtcEnhance.Benchmarks.Playout;

/// <summary>
/// What a policy can be set to: delay against concealment. Of its measured points only those count that no other one
/// beats in both; between them it is taken as straight. Thread-safe.
/// </summary>
public sealed class PlayoutCurve
{
    private readonly List<(double DelayMs, double ConcealedPercent)> _front = [];

    /// <summary>A curve.</summary>
    /// <param name="points">Measured points in any order, at least one.</param>
    /// <exception cref="ArgumentException">There is no point.</exception>
    public PlayoutCurve(IEnumerable<(double DelayMs, double ConcealedPercent)> points)
    {
        foreach ((double DelayMs, double ConcealedPercent) point in points.Order())
        {
            if (_front.Count == 0 || point.ConcealedPercent < _front[^1].ConcealedPercent)
                _front.Add(point);
        }

        if (_front.Count == 0)
            throw new ArgumentException("A curve has at least one point.", nameof(points));
    }

    /// <summary>The least that the policy conceals at any setting.</summary>
    public double LeastConcealedPercent => _front[^1].ConcealedPercent;

    /// <summary>The delay at which the policy conceals so much.</summary>
    /// <param name="concealedPercent">Share of concealed samples.</param>
    /// <returns>The delay, and whether the curve ends before that share.</returns>
    public (double DelayMs, CurveEnd End) DelayAt(double concealedPercent)
    {
        if (concealedPercent > _front[0].ConcealedPercent)
            return (_front[0].DelayMs, CurveEnd.Shortest);
        if (concealedPercent < _front[^1].ConcealedPercent)
            return (_front[^1].DelayMs, CurveEnd.Longest);
        int i = 1;
        while (i < _front.Count && _front[i].ConcealedPercent > concealedPercent)
            i++;
        if (i >= _front.Count)
            return (_front[^1].DelayMs, CurveEnd.None);
        (double DelayMs, double ConcealedPercent) a = _front[i - 1], b = _front[i];
        double part = (a.ConcealedPercent - concealedPercent) / (a.ConcealedPercent - b.ConcealedPercent);
        return (a.DelayMs + (part * (b.DelayMs - a.DelayMs)), CurveEnd.None);
    }
}
