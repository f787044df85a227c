using RtcEnhance.Video;

namespace RtcEnhance.ConferenceView;

/// <summary>What became of one stream in one part of a conference. Thread-safe: immutable.</summary>
public sealed record StreamFigures
{
    /// <summary>Width of the decoded pictures.</summary>
    public required int Width { get; init; }

    /// <summary>Height of the decoded pictures.</summary>
    public required int Height { get; init; }

    /// <summary>The stream's priority; the active speaker's is 1.</summary>
    public required int Priority { get; init; }

    /// <summary>Frames submitted.</summary>
    public required long Frames { get; init; }

    /// <summary>Frames shown, by what made most of their rows, indexed by <see cref="UpscaleMethod"/>.</summary>
    public required IReadOnlyList<long> MadeBy { get; init; }

    /// <summary>Frames by why the best step made them or did not, indexed by <see cref="ReasonCode"/>.</summary>
    public required IReadOnlyList<long> Reasons { get; init; }

    /// <summary>Mean time that enlarging a frame took, in milliseconds.</summary>
    public required double MeanMs { get; init; }

    /// <summary>95th percentile of the time from submission to the finished picture, in milliseconds.</summary>
    public required double P95DelayMs { get; init; }

    /// <summary>Frames finished after their deadline.</summary>
    public required long Late { get; init; }

    /// <summary>The frames that took longest, the slowest first.</summary>
    public required IReadOnlyList<ShownFrame> Slowest { get; init; }

    /// <summary>Frames that were not shown.</summary>
    public required long Dropped { get; init; }

    /// <summary>Time that enlarging took over the time gone by, in cores.</summary>
    public required double CpuShare { get; init; }

    /// <summary>Frames made by a method.</summary>
    /// <param name="method">The method.</param>
    /// <returns>The count.</returns>
    public long Made(UpscaleMethod method) => MadeBy[(int)method];
}
