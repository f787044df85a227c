namespace RtcEnhance.Video;

/// <summary>
/// Shares processor time over the pictures of many streams: one for all <see cref="VideoEnhancer"/>s of a conference.
/// Every stream gets the cheapest step that enlarges; then the most important ones, by
/// <see cref="VideoEnhancer.Priority"/> and then by size, get the best step that the budget still allows. What a step
/// costs is learned from the frames. A better step is given once there was room for it for a while, a worse one at once;
/// a stream that has no frame for two seconds gives its share back. Thread-safe.
/// </summary>
public sealed class UpscaleScheduler
{
    /// <summary>A stream without a frame for so long has stopped.</summary>
    internal static readonly TimeSpan StoppedAfter = TimeSpan.FromSeconds(2);

    /// <summary>A stream that has not measured its new step by then does not keep others from trying theirs.</summary>
    internal static readonly TimeSpan LongestTrial = TimeSpan.FromSeconds(1);

    private const int FirstCapacity = 16;

    private readonly TimeProvider _time;
    private readonly double _budget;
    private readonly double _raiseBudget;
    private readonly long _intervalTicks;
    private readonly long _raiseDelayTicks;

    // Below: under the lock, which the frame path only tries to take.
    private readonly Lock _lock = new();
    private readonly List<ScheduledStream> _streams = [];
    private readonly StepPrices _prices = new();
    private PlannedStream[] _planned = new PlannedStream[FirstCapacity];
    private UpscaleSchedulerStats _stats;

    private volatile bool _isPlanRequested;
    private long _plannedAt;
    private double _slack;
    private long _spentTicks;
    private long _framesPassedThrough;

    /// <summary>A scheduler without streams.</summary>
    /// <param name="options">Checked and copied; the defaults where it is null.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public UpscaleScheduler(UpscaleSchedulerOptions? options = null)
    {
        options ??= new UpscaleSchedulerOptions();
        options.Validate();
        _time = options.Time;
        _budget = options.CpuBudget;
        _raiseBudget = options.CpuBudget * (1 - options.Hysteresis);
        _intervalTicks = options.PlanInterval.Ticks;
        _raiseDelayTicks = options.RaiseDelay.Ticks;
        _slack = _budget;
    }

    /// <summary>Time in ticks of 100 ns.</summary>
    internal long Now => _time.GetElapsedTime(0, _time.GetTimestamp()).Ticks;

    /// <summary>What is left of the budget, in cores.</summary>
    internal double Slack => Volatile.Read(ref _slack);

    /// <summary>What is planned now and what became of earlier plans.</summary>
    /// <returns>A snapshot.</returns>
    public UpscaleSchedulerStats GetStats()
    {
        lock (_lock)
        {
            return _stats with
            {
                CpuBudget = _budget,
                FramesPassedThrough = Interlocked.Read(ref _framesPassedThrough),
                TotalTime = new TimeSpan(Interlocked.Read(ref _spentTicks)),
            };
        }
    }

    /// <summary>A new stream; its owner disposes it.</summary>
    /// <param name="steps">The steps that it can take, the best first.</param>
    internal ScheduledStream Add(ReadOnlySpan<UpscaleStep> steps)
    {
        var stream = new ScheduledStream(this, steps);
        lock (_lock)
        {
            _streams.Add(stream);
            if (_streams.Count > _planned.Length)
                Array.Resize(ref _planned, 2 * _planned.Length);
        }

        return stream;
    }

    internal void Remove(ScheduledStream stream)
    {
        lock (_lock)
            _streams.Remove(stream);
        RequestPlan();
    }

    /// <summary>The next frame of any stream makes a new plan.</summary>
    internal void RequestPlan() => _isPlanRequested = true;

    internal void OnFrame(long now, TimeSpan taken, bool keptItsSize, bool isUrgent)
    {
        Interlocked.Add(ref _spentTicks, taken.Ticks);
        if (keptItsSize)
            Interlocked.Increment(ref _framesPassedThrough);
        if (isUrgent)
            _isPlanRequested = true;
        if (!_isPlanRequested && now - Volatile.Read(ref _plannedAt) < _intervalTicks)
            return;

        // Whoever holds the lock may have been put aside by the machine: a frame does not wait for it.
        if (!_lock.TryEnter())
            return;
        try
        {
            _isPlanRequested = false;
            Volatile.Write(ref _plannedAt, now);
            Plan_NeedsLock(now);
        }
        finally
        {
            _lock.Exit();
        }
    }

    private void Plan_NeedsLock(long now)
    {
        Span<PlannedStream> streams = Describe_NeedsLock(now);
        UpscalePlanner.Sort(streams);

        // What the streams would get at once, and what they may get now.
        UpscalePlanner.Plan(streams, _budget, _raiseBudget);
        SetCeilings_NeedsLock(streams, now);
        double total = UpscalePlanner.Plan(streams, _budget, _raiseBudget);
        int passedThrough = 0;
        foreach (ref PlannedStream planned in streams)
        {
            _stats = planned.Target < planned.Current ? _stats with { Raises = _stats.Raises + 1 }
                : planned.Target > planned.Current ? _stats with { Lowerings = _stats.Lowerings + 1 }
                : _stats;
            passedThrough += planned.Target == planned.Steps ? 1 : 0;
            _streams[planned.Index].Apply(planned.Target, planned.TargetShare, now);
        }

        Volatile.Write(ref _slack, _budget - total);
        _stats = _stats with { PlannedShare = total, ActiveStreams = streams.Length, StreamsPassedThrough = passedThrough };
    }

    private Span<PlannedStream> Describe_NeedsLock(long now)
    {
        _prices.Clear();
        foreach (ScheduledStream stream in _streams)
        {
            if (stream.IsActive(now))
                stream.Teach(_prices, now);
            else
                stream.Suspend();
        }

        int count = 0;
        for (int i = 0; i < _streams.Count; i++)
        {
            if (_streams[i].IsActive(now))
                _planned[count++] = _streams[i].Describe(i, _prices, now);
        }

        return _planned.AsSpan(0, count);
    }

    /// <summary>
    /// A stream is raised when there has been room for long enough, or if it is eager; to a step that it has not measured
    /// only while no other stream tries one.
    /// </summary>
    private void SetCeilings_NeedsLock(Span<PlannedStream> streams, long now)
    {
        bool isTrying = false;
        foreach (ref PlannedStream planned in streams)
            isTrying |= _streams[planned.Index].IsTrying(now);
        foreach (ref PlannedStream planned in streams)
        {
            ScheduledStream stream = _streams[planned.Index];
            planned.Ceiling = planned.Current;
            if (planned.Target >= planned.Current)
            {
                stream.RoomSince = null;
                stream.IsEager = false;
                continue;
            }

            stream.RoomSince ??= now;
            if (!stream.IsEager && now - stream.RoomSince < _raiseDelayTicks)
                continue;
            int step = planned.Target;
            while (isTrying && step < planned.Current && !stream.IsKnown(step, now))
                step++;
            planned.Ceiling = step;
            isTrying |= step < planned.Current && !stream.IsKnown(step, now);
        }
    }
}
