namespace RtcEnhance.Video;

/// <summary>
/// What <see cref="VideoEnhancer"/> did since it was made: cumulative, never reset. The first block has the names and
/// meanings of W3C webrtc-stats inbound-rtp, as far as they can be told after the decoder; the second is this
/// library's own. Frames received = rendered + dropped + waiting + at most two still inside. Thread-safe.
/// </summary>
public readonly record struct InboundVideoStats
{
    /// <summary>Frames submitted. Here a received frame is a decoded one.</summary>
    public long FramesReceived { get; init; }

    /// <summary>Frames submitted: the host decodes before it submits.</summary>
    public long FramesDecoded { get; init; }

    /// <summary>Key frames submitted; null while no frame said whether it is one.</summary>
    public long? KeyFramesDecoded { get; init; }

    /// <summary>Frames handed to the sink.</summary>
    public long FramesRendered { get; init; }

    /// <summary>Frames replaced by a newer one before their turn, finished too late to be shown, or submitted after disposal.</summary>
    public long FramesDropped { get; init; }

    /// <summary>Width of the last frame submitted, before enlargement; null before the first.</summary>
    public int? FrameWidth { get; init; }

    /// <summary>Height of the last frame submitted, before enlargement; null before the first.</summary>
    public int? FrameHeight { get; init; }

    /// <summary>Frames submitted in the last second.</summary>
    public double FramesPerSecond { get; init; }

    /// <summary>Sum of the quantisers of the submitted frames, in the codec's own scale; null while no frame had one.</summary>
    public long? QpSum { get; init; }

    /// <summary>Sum of the gaps between rendered frames.</summary>
    public TimeSpan TotalInterFrameDelay { get; init; }

    /// <summary>Sum of the squared gaps between rendered frames, in seconds squared.</summary>
    public double TotalSquaredInterFrameDelay { get; init; }

    /// <summary>
    /// Gaps between rendered frames of at least max(3 x average, average + 150 ms); the average runs over the last 30
    /// gaps, and 5 are needed.
    /// </summary>
    public long FreezeCount { get; init; }

    /// <summary>Sum of the gaps counted in <see cref="FreezeCount"/>.</summary>
    public TimeSpan TotalFreezesDuration { get; init; }

    /// <summary>Gaps between rendered frames of more than 5 s; such a gap is no freeze.</summary>
    public long PauseCount { get; init; }

    /// <summary>Sum of the gaps counted in <see cref="PauseCount"/>.</summary>
    public TimeSpan TotalPausesDuration { get; init; }

    /// <summary>
    /// Sender's wall-clock time of the picture that is on the screen now, extrapolated, since its NTP epoch; null without
    /// <see cref="VideoEnhancer.LipSync"/> or a sender report.
    /// </summary>
    public TimeSpan? EstimatedPlayoutTimestamp { get; init; }

    /// <summary>Own: frames that waited for their sound.</summary>
    public long FramesHeld { get; init; }

    /// <summary>Own: frames that wait now.</summary>
    public int FramesWaiting { get; init; }

    /// <summary>Own: frames shown before their time because too many waited.</summary>
    public long FramesReleasedEarly { get; init; }

    /// <summary>Own: sum of the time that frames waited for their sound.</summary>
    public TimeSpan TotalHoldDelay { get; init; }

    /// <summary>Own: rendered frames that a network, or the application's own stage, enlarged.</summary>
    public long FramesEnhancedByPrimary { get; init; }

    /// <summary>Own: rendered frames that a classical filter enlarged.</summary>
    public long FramesEnhancedByFallback { get; init; }

    /// <summary>Own: rendered frames that were handed on as they came.</summary>
    public long FramesPassedThrough { get; init; }

    /// <summary>Own: frames finished after their deadline, whether rendered or dropped.</summary>
    public long DeadlineMisses { get; init; }

    /// <summary>Own: rows of enlarged frames that a cheaper filter finished because the deadline neared.</summary>
    public long RowsFinishedByFallback { get; init; }

    /// <summary>Own: frames passed through because the sink holds every output picture.</summary>
    public long PoolExhaustions { get; init; }

    /// <summary>Own: exceptions that the sink threw.</summary>
    public long SinkFaults { get; init; }

    /// <summary>Own: sum over rendered frames of the time from submission, or from the end of holding, to the sink.</summary>
    public TimeSpan TotalEnhancementDelay { get; init; }

    /// <summary>Own: width of the last frame rendered; null before the first.</summary>
    public int? RenderedWidth { get; init; }

    /// <summary>Own: height of the last frame rendered; null before the first.</summary>
    public int? RenderedHeight { get; init; }

    /// <summary>
    /// Own: why the first step, the application's own stage or else <see cref="VideoEnhancerOptions.Method"/>, ran or did
    /// not run for the last frame; the others' reasons are in <see cref="VideoEnhancer.GetStageStats(UpscaleMethod)"/>.
    /// </summary>
    public ReasonCode LastReason { get; init; }

    /// <summary>Own: what made most rows of the last frame rendered; null before it and for the application's own stage.</summary>
    public UpscaleMethod? LastMethod { get; init; }

    internal MethodCounts Made { get; init; }

    /// <summary>Own: rendered frames most rows of which this method made; those of the application's own stage are in none.</summary>
    /// <param name="method">The method; PassThrough for frames that kept their size.</param>
    /// <returns>The count; 0 for a value that is no method.</returns>
    public long FramesMadeBy(UpscaleMethod method) => (uint)method < MethodCounts.Length ? Made[(int)method] : 0;
}
