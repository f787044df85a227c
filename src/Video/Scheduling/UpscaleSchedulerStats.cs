namespace RtcEnhance.Video;

/// <summary>What an <see cref="UpscaleScheduler"/> has planned. Counts are cumulative, never reset. Thread-safe.</summary>
public readonly record struct UpscaleSchedulerStats
{
    /// <summary>The budget, in cores.</summary>
    public double CpuBudget { get; init; }

    /// <summary>What the streams are planned to take now, in cores: never more than the budget.</summary>
    public double PlannedShare { get; init; }

    /// <summary>Streams that had a frame in the last two seconds.</summary>
    public int ActiveStreams { get; init; }

    /// <summary>Active streams whose pictures keep their size, because not even the cheapest step fits the budget.</summary>
    public int StreamsPassedThrough { get; init; }

    /// <summary>Frames that kept their size for that reason.</summary>
    public long FramesPassedThrough { get; init; }

    /// <summary>Times a stream got a better step.</summary>
    public long Raises { get; init; }

    /// <summary>Times a stream got a worse one.</summary>
    public long Lowerings { get; init; }

    /// <summary>Time that the streams' enlarging took; over the time gone by, it is what the budget limits.</summary>
    public TimeSpan TotalTime { get; init; }
}
