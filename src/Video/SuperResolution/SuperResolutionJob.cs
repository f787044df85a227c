namespace RtcEnhance.Video;

/// <summary>
/// One picture to be enlarged. Source and target have the same layout, matrix and range; the target's size sets the
/// scale. Never stored.
/// </summary>
public ref struct SuperResolutionJob
{
    /// <summary>The decoded picture; read only.</summary>
    public required VideoFrame Source { get; init; }

    /// <summary>The enlarged picture; every sample of it is written.</summary>
    public required VideoFrame Target { get; init; }

    /// <summary>When the target must be finished.</summary>
    public Deadline Deadline { get; init; }

    /// <summary>
    /// Target rows that were finished by a cheaper filter because the deadline neared; the stage adds to it.
    /// </summary>
    public int RowsFinishedByFallback { get; set; }
}
