using System.Runtime.CompilerServices;

namespace RtcEnhance.Video;

/// <summary>
/// A stream as the planner sees it. Steps are numbered from the best, 0; the number after the last one stands for a
/// picture that keeps its size. One thread at a time.
/// </summary>
internal struct PlannedStream
{
    /// <summary>Most steps that a stream has.</summary>
    public const int MaxSteps = 8;

    /// <summary>Steps that enlarge, 1 to <see cref="MaxSteps"/>.</summary>
    public int Steps;

    /// <summary>More is more important.</summary>
    public int Priority;

    /// <summary>Breaks a tie of priorities: the larger picture first.</summary>
    public int RankPixels;

    /// <summary>Breaks a tie of sizes: the older stream first.</summary>
    public int Index;

    /// <summary>The step that the stream is allowed now.</summary>
    public int Current;

    /// <summary>The best step that it may be given.</summary>
    public int Ceiling;

    /// <summary>The planner's answer: the best step that it is allowed.</summary>
    public int Target;

    /// <summary>What each step would take of the machine, in cores.</summary>
    public StepShares Shares;

    /// <summary>What it is planned to take, in cores.</summary>
    public readonly double TargetShare => Target == Steps ? 0 : Shares[Target];

    /// <summary>A share for each step.</summary>
    [InlineArray(MaxSteps)]
    public struct StepShares
    {
        private double _first;
    }
}
