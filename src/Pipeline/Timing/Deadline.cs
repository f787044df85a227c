namespace RtcEnhance;

/// <summary>An absolute tick of a <see cref="TimeProvider"/> to finish by. Thread-safe.</summary>
public readonly struct Deadline
{
    private readonly TimeProvider? _time;

    /// <summary>A deadline at an absolute tick.</summary>
    /// <param name="time">The clock that <paramref name="timestamp"/> belongs to.</param>
    /// <param name="timestamp">A value of <see cref="TimeProvider.GetTimestamp"/>.</param>
    public Deadline(TimeProvider time, long timestamp)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        Timestamp = timestamp;
    }

    /// <summary>No deadline: never reached.</summary>
    public static Deadline None => default;

    /// <summary>The tick to finish by; meaningless for <see cref="None"/>.</summary>
    public long Timestamp { get; }

    /// <summary>True where there is no deadline.</summary>
    public bool IsNone => _time is null;

    /// <summary>A deadline this much later than now.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="span">Time from now.</param>
    /// <returns>The deadline.</returns>
    public static Deadline After(TimeProvider time, TimeSpan span)
    {
        ArgumentNullException.ThrowIfNull(time);
        return new Deadline(time, time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency));
    }

    /// <summary>Time left: negative when late, <see cref="TimeSpan.MaxValue"/> for <see cref="None"/>.</summary>
    /// <returns>The time left.</returns>
    public TimeSpan Remaining()
        => _time is null ? TimeSpan.MaxValue : _time.GetElapsedTime(_time.GetTimestamp(), Timestamp);

    /// <summary>True once the tick has passed.</summary>
    public bool HasPassed => _time is not null && _time.GetTimestamp() >= Timestamp;
}
