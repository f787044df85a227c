namespace RtcEnhance.Audio;

/// <summary>
/// A thread's alarm clock: ends a wait after a time or on a signal, whichever is first. On the system's clock the thread
/// itself waits, so that a starved thread pool makes nobody late; on any other clock a timer of that clock ends the wait.
/// One thread waits; any may signal.
/// </summary>
internal sealed class WakeUp : IDisposable
{
    private readonly object _gate = new();
    private readonly TimeProvider _time;
    private readonly ITimer? _timer;
    private bool _isSignalled;

    public WakeUp(TimeProvider time)
    {
        _time = time;
        if (time != TimeProvider.System)
            _timer = time.CreateTimer(static self => ((WakeUp)self!).Signal(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends the wait that runs, or else the next one at once.</summary>
    public void Signal()
    {
        lock (_gate)
        {
            _isSignalled = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits; may return early.</summary>
    /// <param name="timestamp">Until when, on the clock; <see cref="long.MaxValue"/>: until the next signal.</param>
    public void WaitUntil(long timestamp)
    {
        int milliseconds = Timeout.Infinite;
        if (timestamp != long.MaxValue)
        {
            if (_timer is null)
            {
                // Rounded up: a wait that ends just before its time would be followed by a second one.
                milliseconds = (int)Math.Ceiling(Math.Clamp(TimeLeft(timestamp).TotalMilliseconds, 0, int.MaxValue));
            }
            else if (!TryArm(_timer, timestamp))
            {
                return;
            }
        }

        lock (_gate)
        {
            if (!_isSignalled)
                Monitor.Wait(_gate, milliseconds);
            _isSignalled = false;
        }
    }

    public void Dispose() => _timer?.Dispose();

    private TimeSpan TimeLeft(long timestamp) => _time.GetElapsedTime(_time.GetTimestamp(), timestamp);

    /// <summary>Sets the timer, again where the clock was moved on meanwhile; false where the time has come.</summary>
    private bool TryArm(ITimer timer, long timestamp)
    {
        while (true)
        {
            TimeSpan left = TimeLeft(timestamp);
            if (left <= TimeSpan.Zero)
                return false;
            timer.Change(left, Timeout.InfiniteTimeSpan);
            if (left - TimeLeft(timestamp) < TimeSpan.FromMilliseconds(1))
                return true;
        }
    }
}
