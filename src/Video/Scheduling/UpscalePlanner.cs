namespace RtcEnhance.Video;

/// <summary>
/// Shares a budget over streams: a pure function. Every stream first gets its cheapest step, the important ones first
/// where not all of them fit; then, in the same order, each is raised to the best step that fits into what is left. The
/// plan never exceeds the budget; more budget never makes it worse, steps being compared in order of importance; and a
/// plan made of its own result is the same plan. Thread-safe.
/// </summary>
internal static class UpscalePlanner
{
    private static readonly Comparison<PlannedStream> MoreImportantFirst = Compare;

    /// <summary>Puts the most important stream first: by priority, then size, then age.</summary>
    public static void Sort(Span<PlannedStream> streams) => streams.Sort(MoreImportantFirst);

    /// <summary>Sets every stream's <see cref="PlannedStream.Target"/>.</summary>
    /// <param name="streams">In order of importance.</param>
    /// <param name="budget">What the streams may take together, in cores.</param>
    /// <param name="raiseBudget">The same where it is to give a stream a better step than it has; at most the budget.</param>
    /// <returns>What they are planned to take.</returns>
    public static double Plan(Span<PlannedStream> streams, double budget, double raiseBudget)
    {
        double total = 0;
        foreach (ref PlannedStream stream in streams)
        {
            int cheapest = Cheapest(stream);
            stream.Target = stream.Steps;
            if (cheapest < stream.Steps && total + stream.Shares[cheapest] <= Limit(stream, cheapest))
                stream.Target = cheapest;
            total += stream.TargetShare;
        }

        foreach (ref PlannedStream stream in streams)
        {
            if (stream.Target == stream.Steps)
                continue;
            double others = total - stream.TargetShare;
            for (int step = stream.Ceiling; step < stream.Target; step++)
            {
                if (others + stream.Shares[step] <= Limit(stream, step))
                    stream.Target = step;
            }

            total = others + stream.TargetShare;
        }

        return total;

        double Limit(in PlannedStream stream, int step) => step < stream.Current ? raiseBudget : budget;
    }

    /// <summary>
    /// The step that costs least, the better one of two that cost the same. Not always the last one: where most of a
    /// picture stands still, a network that computes what changed is cheaper than a filter.
    /// </summary>
    private static int Cheapest(in PlannedStream stream)
    {
        int cheapest = stream.Ceiling;
        for (int step = stream.Ceiling + 1; step < stream.Steps; step++)
        {
            if (stream.Shares[step] < stream.Shares[cheapest])
                cheapest = step;
        }

        return cheapest;
    }

    private static int Compare(PlannedStream a, PlannedStream b)
        => a.Priority != b.Priority ? b.Priority.CompareTo(a.Priority)
            : a.RankPixels != b.RankPixels ? b.RankPixels.CompareTo(a.RankPixels)
            : a.Index.CompareTo(b.Index);
}
