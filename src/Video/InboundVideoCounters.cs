namespace RtcEnhance.Video;

/// <summary>Who made a rendered frame.</summary>
internal enum FrameOrigin
{
    /// <summary>The decoder: the frame was handed on as it came.</summary>
    PassedThrough,

    /// <summary>A network, or the application's own stage.</summary>
    Primary,

    /// <summary>A classical filter.</summary>
    Fallback,
}

/// <summary>Counts what <see cref="InboundVideoStats"/> shows. Thread-safe.</summary>
internal sealed class InboundVideoCounters
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly FreezeDetector _freezes;
    private readonly FrameRateMeter _frameRate;
    private InboundVideoStats _stats;

    public InboundVideoCounters(TimeProvider time, ReasonCode reason)
    {
        _time = time;
        _freezes = new FreezeDetector(time);
        _frameRate = new FrameRateMeter(time);
        _stats = new InboundVideoStats { LastReason = reason };
    }

    public void OnSubmitted(VideoFrame frame, long now)
    {
        lock (_lock)
        {
            _frameRate.OnFrame(now);
            _stats = _stats with
            {
                FramesReceived = _stats.FramesReceived + 1,
                KeyFramesDecoded = frame.IsKeyFrame is { } isKey ? (_stats.KeyFramesDecoded ?? 0) + (isKey ? 1 : 0) : _stats.KeyFramesDecoded,
                QpSum = frame.Qp is { } qp ? (_stats.QpSum ?? 0) + qp : _stats.QpSum,
                FrameWidth = frame.Width,
                FrameHeight = frame.Height,
            };
        }
    }

    public void OnDropped()
    {
        lock (_lock)
            _stats = _stats with { FramesDropped = _stats.FramesDropped + 1 };
        RtcEnhanceMeter.AddDroppedFrames(1);
    }

    public void OnProcessed(ReasonCode reason, bool isLate, int rowsFinishedByFallback, bool poolWasExhausted)
    {
        lock (_lock)
        {
            _stats = _stats with
            {
                LastReason = reason,
                DeadlineMisses = _stats.DeadlineMisses + (isLate ? 1 : 0),
                RowsFinishedByFallback = _stats.RowsFinishedByFallback + rowsFinishedByFallback,
                PoolExhaustions = _stats.PoolExhaustions + (poolWasExhausted ? 1 : 0),
            };
        }
    }

    public void OnRendered(VideoFrame frame, in UpscaleOutcome outcome, long submittedAt, long now)
    {
        FrameOrigin origin = outcome.Origin;
        bool froze;
        lock (_lock)
        {
            MethodCounts made = _stats.Made;
            if (outcome.Method is { } method)
                made[(int)method]++;
            long freezes = _freezes.FreezeCount;
            _freezes.OnRendered(now);
            froze = _freezes.FreezeCount > freezes;
            _stats = _stats with
            {
                FramesRendered = _stats.FramesRendered + 1,
                FramesEnhancedByPrimary = _stats.FramesEnhancedByPrimary + (origin == FrameOrigin.Primary ? 1 : 0),
                FramesEnhancedByFallback = _stats.FramesEnhancedByFallback + (origin == FrameOrigin.Fallback ? 1 : 0),
                FramesPassedThrough = _stats.FramesPassedThrough + (origin == FrameOrigin.PassedThrough ? 1 : 0),
                Made = made,
                LastMethod = outcome.Method,
                TotalEnhancementDelay = _stats.TotalEnhancementDelay + _time.GetElapsedTime(submittedAt, now),
                RenderedWidth = frame.Width,
                RenderedHeight = frame.Height,
            };
        }

        if (froze)
            RtcEnhanceMeter.AddFreeze();
    }

    public void OnHeld(long submittedAt, long now)
    {
        lock (_lock)
            _stats = _stats with { FramesHeld = _stats.FramesHeld + 1, TotalHoldDelay = _stats.TotalHoldDelay + _time.GetElapsedTime(submittedAt, now) };
    }

    public void OnReleasedEarly()
    {
        lock (_lock)
            _stats = _stats with { FramesReleasedEarly = _stats.FramesReleasedEarly + 1 };
    }

    public void OnSinkFault()
    {
        lock (_lock)
            _stats = _stats with { SinkFaults = _stats.SinkFaults + 1 };
    }

    public InboundVideoStats Snapshot()
    {
        lock (_lock)
        {
            return _stats with
            {
                FramesDecoded = _stats.FramesReceived,
                FramesPerSecond = _frameRate.FramesPerSecond(_time.GetTimestamp()),
                TotalInterFrameDelay = _freezes.TotalInterFrameDelay,
                TotalSquaredInterFrameDelay = _freezes.TotalSquaredInterFrameDelay,
                FreezeCount = _freezes.FreezeCount,
                TotalFreezesDuration = _freezes.TotalFreezesDuration,
                PauseCount = _freezes.PauseCount,
                TotalPausesDuration = _freezes.TotalPausesDuration,
            };
        }
    }
}
