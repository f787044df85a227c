namespace RtcEnhance.Audio;

/// <summary>All that the choice of an operation depends on.</summary>
internal readonly record struct PlayoutState
{
    public required bool HasPlayed { get; init; }

    /// <summary>Whether a whole block of decoded samples waits.</summary>
    public required bool HasBlock { get; init; }

    /// <summary>Whether what is missing is the sender's silence and no loss.</summary>
    public required bool IsPaused { get; init; }

    /// <summary>Whether the waiting samples do not continue what was played last.</summary>
    public required bool NeedsMerge { get; init; }

    public required int BlocksSinceStretch { get; init; }

    /// <summary>The delay of the sample that is played next.</summary>
    public required long DelayMs { get; init; }

    /// <summary>The same, against the fastest packets of the last moment: how much can be taken away.</summary>
    public required long SpareMs { get; init; }

    /// <summary>What waits without a gap, decoded or not.</summary>
    public required long AheadMs { get; init; }

    public required int TargetMs { get; init; }

    /// <summary>
    /// How much may be taken away: never what waits for the next packets, as when packets overtake one another, or when
    /// all have just become later and the recent ones do not show it yet.
    /// </summary>
    public long ExcessMs => Math.Min(SpareMs, AheadMs) - TargetMs;
}

/// <summary>All that the turn of the next packet depends on.</summary>
internal readonly record struct HeadState
{
    /// <summary>Whether the delay may be chosen anew: at the start of a stream or of a talk spurt.</summary>
    public required bool IsPaused { get; init; }

    /// <summary>Whether every packet before it has come.</summary>
    public required bool IsContiguous { get; init; }

    /// <summary>Missing time before it in frames; zero or less where there is none.</summary>
    public required long GapFrames { get; init; }

    /// <summary>How much of it, or of an empty buffer's time, was concealed.</summary>
    public required long ConcealedFrames { get; init; }

    /// <summary>By how much concealing less may bring the delay below its target.</summary>
    public required int ShortfallMs { get; init; }

    /// <summary>Whether another packet waits behind it.</summary>
    public required bool HasNext { get; init; }

    public required int BlockFrames { get; init; }

    /// <summary>The delay if it were played now.</summary>
    public required long DelayMs { get; init; }

    /// <summary>The same, against the fastest packets of the last moment.</summary>
    public required long SpareMs { get; init; }

    public required int TargetMs { get; init; }
}

/// <summary>Pure functions from the state of the playout to what is done next. Thread-safe.</summary>
internal static class PlayoutPolicy
{
    /// <summary>Stretching closer together than 50 ms is heard as a change of voice (NetEq's interval).</summary>
    public const int StretchInterval = 5;

    /// <summary>The delay may fall this much short of its target: a block, the grain it is held in.</summary>
    public const int ToleranceMs = 10;

    /// <summary>
    /// And exceed it by this much: together more than the longest splice, so that one stretch never calls for its
    /// opposite. Every needless millisecond taken away is one to be concealed soon after.
    /// </summary>
    public const int AccelerateMs = 20;

    /// <summary>
    /// Where packets are missing a delay that is not fixed may be shortened by this much, so that less is concealed:
    /// putting it back afterwards stretches what was received.
    /// </summary>
    public const int GapToleranceMs = 15;

    /// <summary>From this distance on accelerating is more urgent than unheard.</summary>
    public const int FastMs = 120;

    /// <summary>What one stretch puts in at most.</summary>
    private const int LongestSpliceMs = 15;

    /// <summary>Less than this is no stream that runs dry but one that stopped.</summary>
    private const int StoppedSpareMs = -100;

    /// <summary>Postponing ends here: an underrun may not cost more than this beside the packet's own lateness.</summary>
    private const int MaxPostponedBlocks = 10;

    public static PlayoutOperation Decide(in PlayoutState state)
    {
        if (!state.HasBlock)
        {
            if (!state.HasPlayed)
                return PlayoutOperation.Silence;
            return state.IsPaused ? PlayoutOperation.ComfortNoise : PlayoutOperation.Expand;
        }

        if (state.NeedsMerge)
            return PlayoutOperation.Merge;
        long excess = state.ExcessMs;
        if (excess >= FastMs)
            return PlayoutOperation.Accelerate;
        if (state.BlocksSinceStretch < StretchInterval)
            return PlayoutOperation.Normal;
        if (excess > AccelerateMs)
            return PlayoutOperation.Accelerate;

        // The second holds up a stream that runs dry, as of a sender whose clock is slow. Where it is very slow even the last
        // moment's fastest packet is faster than the next one will be, by a tenth of what the base lags behind it. Never so much that
        // what one splice puts in would have to be taken away again.
        long drySpareMs = Math.Min(ToleranceMs + (Math.Max(0, state.DelayMs - state.SpareMs) / 10), state.TargetMs + ToleranceMs - LongestSpliceMs);
        bool isShort = state.DelayMs < state.TargetMs - ToleranceMs || (state.SpareMs >= StoppedSpareMs && state.SpareMs < drySpareMs);
        return isShort ? PlayoutOperation.PreemptiveExpand : PlayoutOperation.Normal;
    }

    /// <summary>Whether it is the next packet's turn.</summary>
    public static bool IsDue(in HeadState head)
    {
        if (head.IsPaused)
            return head.DelayMs >= head.TargetMs;

        // After an underrun the next packet would soon miss its turn again: wait for half of the target.
        if (head.GapFrames <= 0)
        {
            return head.ConcealedFrames == 0
                || head.DelayMs >= head.TargetMs / 2
                || head.ConcealedFrames >= (long)MaxPostponedBlocks * head.BlockFrames;
        }

        // The sender left time out without a word: it paused, or its packets are shorter than its clock says.
        if (head.IsContiguous)
            return head.GapFrames < head.BlockFrames || head.DelayMs >= head.TargetMs;

        // The missing time is concealed; less of it where the delay allows that.
        return head.ConcealedFrames > 0 && (head.ConcealedFrames >= head.GapFrames || head.DelayMs >= head.TargetMs - head.ShortfallMs);
    }
}
