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

    public required int TargetMs { get; init; }
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

    /// <summary>
    /// Distance from the target that is left alone: less than one block, so that the delay is held as exactly as blocks
    /// allow, and both ways, so that one stretch never calls for its opposite.
    /// </summary>
    public const int ToleranceMs = 10;

    /// <summary>From this distance on accelerating is more urgent than unheard.</summary>
    public const int FastMs = 120;

    /// <summary>Less than this is no stream that runs dry but one that stopped.</summary>
    private const int DrySpareMs = -100;

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
        long excess = state.SpareMs - state.TargetMs;
        if (excess >= FastMs)
            return PlayoutOperation.Accelerate;
        if (state.BlocksSinceStretch < StretchInterval)
            return PlayoutOperation.Normal;
        if (excess > ToleranceMs)
            return PlayoutOperation.Accelerate;

        // The second holds up a stream that runs dry, as of a sender whose clock is slow.
        bool isShort = state.DelayMs < state.TargetMs - ToleranceMs || state.SpareMs is >= DrySpareMs and < ToleranceMs;
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

        // Exactly the missing time is concealed; less of it where the delay is too long anyway.
        return head.ConcealedFrames > 0 && (head.ConcealedFrames >= head.GapFrames || head.DelayMs >= head.TargetMs);
    }
}
