namespace RtcEnhance.Testing;

/// <summary>
/// A clock that stands still until a test advances it. Timestamps are ticks of 100 ns; timers fire, in the order in
/// which they are due, inside <see cref="Advance"/> and on its thread, and see the time at which they were due.
/// Thread-safe.
/// </summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly DateTimeOffset _epoch;
    private long _ticks;

    /// <summary>A clock at timestamp 0.</summary>
    /// <param name="utcStart">Wall-clock time at timestamp 0; midnight of 1 January 2025 where it is null.</param>
    public ManualTimeProvider(DateTimeOffset? utcStart = null)
        => _epoch = (utcStart ?? new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero)).ToUniversalTime();

    /// <summary>10,000,000: a tick is 100 ns, as in <see cref="TimeSpan"/>.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>UTC, whatever the machine's zone.</summary>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Time since timestamp 0.</summary>
    public TimeSpan Elapsed => new(GetTimestamp());

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _epoch + Elapsed;

    /// <summary>Moves the clock on and fires the timers that fall due on the way.</summary>
    /// <param name="span">Time to move on; zero fires what is due now.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="span"/> is negative.</exception>
    public void Advance(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        long end = GetTimestamp() + span.Ticks;
        while (MoveToDueTimer(end) is { } timer)
            timer.Fire();
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>
    /// The clock at the next due timer, or at the end where there is none. One step under the lock: a timer that another
    /// thread sets between the two would count from before the end and never be looked at.
    /// </summary>
    private ManualTimer? MoveToDueTimer(long end)
    {
        lock (_lock)
        {
            ManualTimer? next = null;
            foreach (ManualTimer timer in _timers)
            {
                if (timer.DueTicks <= end && (next is null || timer.DueTicks < next.DueTicks))
                    next = timer;
            }

            if (next is null)
            {
                _ticks = Math.Max(_ticks, end);
                return null;
            }

            _ticks = Math.Max(_ticks, next.DueTicks);
            if (next.PeriodTicks > 0)
                next.DueTicks += next.PeriodTicks;
            else
                _timers.Remove(next);
            return next;
        }
    }

    private void Schedule(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
            timer.PeriodTicks = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks;
            timer.DueTicks = _ticks + dueTime.Ticks;
            if (dueTime != Timeout.InfiniteTimeSpan)
                _timers.Add(timer);
        }
    }

    private void Remove(ManualTimer timer)
    {
        lock (_lock)
            _timers.Remove(timer);
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        private volatile bool _isDisposed;

        public long DueTicks { get; set; }

        public long PeriodTicks { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Timeout.InfiniteTimeSpan)
                ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
            if (period != Timeout.InfiniteTimeSpan)
                ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
            if (!_isDisposed)
                owner.Schedule(this, dueTime, period);
            return !_isDisposed;
        }

        public void Dispose()
        {
            _isDisposed = true;
            owner.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
