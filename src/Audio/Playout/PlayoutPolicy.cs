namespace RtcEnhance.Audio;

/// <summary>All that the choice of an operation depends on.</summary>
internal readonly record struct PlayoutState
{
    public required bool HasPlayed { get; init; }

    public required bool IsBuffering { get; init; }

    public required bool HasBlock { get; init; }

    /// <summary>Whether two blocks wait: leaving one out takes both.</summary>
    public required bool HasTwoBlocks { get; init; }

    /// <summary>Whether the waiting samples do not continue what was played last.</summary>
    public required bool NeedsMerge { get; init; }

    public required DriftCorrection Correction { get; init; }
}

/// <summary>A pure function from the state of the playout to one operation. Thread-safe.</summary>
internal static class PlayoutPolicy
{
    public static PlayoutOperation Decide(in PlayoutState state)
    {
        if (!state.HasPlayed && state.IsBuffering)
            return PlayoutOperation.Silence;
        if (!state.HasBlock)
            return PlayoutOperation.Expand;

        // A correction costs one block; next to a loss it would be a second fault at the same place.
        if (state.NeedsMerge)
            return PlayoutOperation.Merge;
        return state.Correction switch
        {
            DriftCorrection.DropBlock when state.HasTwoBlocks => PlayoutOperation.Accelerate,
            DriftCorrection.InsertBlock => PlayoutOperation.PreemptiveExpand,
            _ => PlayoutOperation.Normal,
        };
    }
}
