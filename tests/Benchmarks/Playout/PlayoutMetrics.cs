namespace RtcEnhance.Benchmarks.Playout;

/// <summary>
/// How well a policy played a call, computed from what came out of it alone and the same way for all policies, from the
/// first received sample on. Thread-safe.
/// </summary>
public sealed record PlayoutMetrics
{
    private const int InterruptionSamples = 150 * PlayoutCall.BlockSamples / PlayoutCall.BlockMs;

    /// <summary>
    /// Mean mouth-to-ear delay that the policy adds: time of playout less time of sending less the smallest network delay
    /// of the call, over the pulls that hold received samples.
    /// </summary>
    public required double DelayMs { get; init; }

    /// <summary>Concealed samples, of those played.</summary>
    public required double ConcealedPercent { get; init; }

    /// <summary>Samples that stretching left out, of those played.</summary>
    public required double RemovedPercent { get; init; }

    /// <summary>Samples that stretching put in, of those played.</summary>
    public required double InsertedPercent { get; init; }

    /// <summary>Runs of concealment of at least 150 ms.</summary>
    public required double InterruptionsPerMinute { get; init; }

    /// <summary>Packets that arrived and were not played, of those that arrived.</summary>
    public required double DiscardedPercent { get; init; }

    /// <summary>Measures a call.</summary>
    /// <param name="call">What was sent.</param>
    /// <param name="blocks">What was played, a block per pull.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="ArgumentException">Nothing was received, or blocks are missing.</exception>
    public static PlayoutMetrics Measure(PlayoutCall call, IReadOnlyList<PlayedBlock> blocks)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(blocks);
        if (blocks.Count != call.Pulls)
            throw new ArgumentException($"The call has {call.Pulls} pulls, not {blocks.Count} blocks.", nameof(blocks));
        int start = 0;
        while (start < blocks.Count && blocks[start].EndTimestamp is null)
            start++;
        if (start == blocks.Count)
            throw new ArgumentException("No block holds received samples.", nameof(blocks));

        double delay = 0;
        int received = 0;
        long concealed = 0, removed = 0, inserted = 0;
        int run = 0, interruptions = 0;
        for (int i = start; i < blocks.Count; i++)
        {
            PlayedBlock block = blocks[i];
            if (block.EndTimestamp is { } end)
            {
                received++;
                delay += ((i + 1) * PlayoutCall.BlockMs) - call.SentMs(end) - call.SmallestDelayMs;
            }

            concealed += block.Concealed;
            removed += block.Removed;
            inserted += block.Inserted;
            run = block.Concealed > 0 ? run + block.Concealed : 0;
            if (run >= InterruptionSamples && run - block.Concealed < InterruptionSamples)
                interruptions++;
        }

        double samples = (double)(blocks.Count - start) * PlayoutCall.BlockSamples;
        return new PlayoutMetrics
        {
            DelayMs = delay / received,
            ConcealedPercent = 100 * concealed / samples,
            RemovedPercent = 100 * removed / samples,
            InsertedPercent = 100 * inserted / samples,
            InterruptionsPerMinute = interruptions / ((blocks.Count - start) * PlayoutCall.BlockMs / 60000.0),
            DiscardedPercent = 100.0 * blocks.Sum(block => block.Discarded) / call.Packets.Count,
        };
    }
}
