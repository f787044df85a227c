namespace RtcEnhance.Loopback.Report;

/// <summary>
/// The video receiver's counters under their W3C webrtc-stats names and units, and what the viewer got. Thread-safe.
/// </summary>
public sealed record VideoFigures
{
    /// <summary>Width of the decoded frames in pixels.</summary>
    public required int DecodedWidth { get; init; }

    /// <summary>Height of the decoded frames in pixels.</summary>
    public required int DecodedHeight { get; init; }

    /// <summary>Width of the shown frames in pixels.</summary>
    public required int FrameWidth { get; init; }

    /// <summary>Height of the shown frames in pixels.</summary>
    public required int FrameHeight { get; init; }

    /// <summary>Frames a second that were sent.</summary>
    public required double FramesPerSecond { get; init; }

    /// <summary>Whole frames received.</summary>
    public required long FramesReceived { get; init; }

    /// <summary>Frames decoded.</summary>
    public required long FramesDecoded { get; init; }

    /// <summary>Key frames decoded.</summary>
    public required long KeyFramesDecoded { get; init; }

    /// <summary>Frames dropped before they were shown.</summary>
    public required long FramesDropped { get; init; }

    /// <summary>Frames shown.</summary>
    public required long FramesRendered { get; init; }

    /// <summary>Key frames asked for (picture loss indications).</summary>
    public required long PliCount { get; init; }

    /// <summary>Times the picture stood still for longer than W3C webrtc-stats allows.</summary>
    public required long FreezeCount { get; init; }

    /// <summary>Seconds the picture stood still.</summary>
    public required double TotalFreezesDuration { get; init; }

    /// <summary>Shown frames by the upscaler that made them.</summary>
    public required IReadOnlyList<NamedCount> UpscaledBy { get; init; }

    /// <summary>Milliseconds from a frame being sent to its being shown.</summary>
    public required Distribution Delay { get; init; }

    /// <summary>What a plain bicubic upscaler makes of the same decoded frames.</summary>
    public required VideoQuality Baseline { get; init; }

    /// <summary>The frames as they were shown.</summary>
    public required VideoQuality Enhanced { get; init; }
}
