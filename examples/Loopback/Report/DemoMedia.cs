using RtcEnhance.Audio;

namespace RtcEnhance.Loopback.Report;

/// <summary>
/// What the page lets people hear and see; no part of it is in <c>report.json</c>. Thread-safe while nobody writes to
/// its buffers.
/// </summary>
public sealed class DemoMedia
{
    /// <summary>The clip that was sent.</summary>
    public required AudioTrack Original { get; init; }

    /// <summary>The decoded track with zeros where packets were lost.</summary>
    public required AudioTrack ZeroFill { get; init; }

    /// <summary>The track as it was played.</summary>
    public required AudioTrack Enhanced { get; init; }

    /// <summary>The track decoded without any loss; null where it was not made.</summary>
    public AudioTrack? LossFree { get; init; }

    /// <summary>The stretches no packet carried, in order.</summary>
    public required IReadOnlyList<LossInterval> Losses { get; init; }

    /// <summary>What the audio receiver decided for each 10 ms of the call.</summary>
    public required IReadOnlyList<PlayoutStep> Playout { get; init; }

    /// <summary>Frames to compare, three to six for a page of a sensible size.</summary>
    public required IReadOnlyList<FramePair> Frames { get; init; }
}
