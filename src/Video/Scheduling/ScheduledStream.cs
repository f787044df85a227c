namespace RtcEnhance.Video;

/// <summary>
/// One stream's place in an <see cref="UpscaleScheduler"/>: it reports its frames and reads which steps it may use. The
/// stream's thread reports; any thread may set the priority and read the limit; the rest belongs to whoever plans.
/// </summary>
internal sealed class ScheduledStream : IDisposable
{
    private const double ShortestIntervalSeconds = 0.001;
    private const double LongestIntervalSeconds = 1;
    private const double UnknownIntervalSeconds = 1.0 / 30;

    /// <summary>A stream's place among others does not change for a smaller change of size than this.</summary>
    private const double RankHysteresis = 0.2;

    /// <summary>Frames in a row, made by a worse step than the limit, that say that the limit's step is out of use.</summary>
    private const int FramesToDecline = 15;

    private readonly UpscaleScheduler _scheduler;
    private readonly UpscaleStep[] _steps;
    private readonly StepCost[] _costs;

    // The last step has no finisher, and its code may have to be compiled first: a new stream starts one step above.
    // That is not planned yet: to the planner it has its last step.
    private readonly int _firstLimit;
    private bool _isPlanned;
    private double _intervalSeconds = UnknownIntervalSeconds;
    private double _plannedShare;
    private long _lastFrameAt;
    private int _pixels;
    private int _rankPixels;
    private int _priority;
    private int _limit;
    private int _declinedLimit;
    private int _declinedFrames;
    private volatile bool _isEager = true;

    public ScheduledStream(UpscaleScheduler scheduler, ReadOnlySpan<UpscaleStep> steps)
    {
        _scheduler = scheduler;
        _steps = steps.ToArray();
        _costs = new StepCost[steps.Length];
        for (int i = 0; i < _costs.Length; i++)
            _costs[i] = new StepCost(isLast: i == steps.Length - 1);
        _firstLimit = Math.Max(0, steps.Length - 2);
        _limit = _firstLimit;
    }

    /// <summary>More is more important; a stream that becomes more important does not wait for its better step.</summary>
    public int Priority
    {
        get => Volatile.Read(ref _priority);
        set
        {
            if (value > Interlocked.Exchange(ref _priority, value))
                _isEager = true;
            _scheduler.RequestPlan();
        }
    }

    /// <summary>The best step that the stream may use now; <see cref="Steps"/> where its pictures keep their size.</summary>
    public int Limit => Volatile.Read(ref _limit);

    /// <summary>Steps that enlarge.</summary>
    public int Steps => _steps.Length;

    /// <summary>Since when there has been room for a better step; null while there is none.</summary>
    public long? RoomSince { get; set; }

    /// <summary>When it last got a better step.</summary>
    public long RaisedAt { get; private set; } = long.MinValue / 2;

    /// <summary>True for a stream that is new, back, or more important than it was: it need not wait.</summary>
    public bool IsEager
    {
        get => _isEager;
        set => _isEager = value;
    }

    /// <summary>Reports a finished frame. Takes no lock and allocates nothing.</summary>
    /// <param name="step">The step that made it; <see cref="Steps"/> or more where it kept its size.</param>
    /// <param name="targetPixels">Pixels of the enlarged picture.</param>
    /// <param name="cost">Time that the step takes for a whole frame.</param>
    /// <param name="taken">Time that this frame took.</param>
    /// <param name="interval">The stream's frame interval; zero where it is not known.</param>
    public void OnFrame(int step, int targetPixels, TimeSpan cost, TimeSpan taken, TimeSpan interval)
    {
        long now = _scheduler.Now;
        int limit = Limit;
        step = Math.Min(step, Steps);
        bool isUrgent = targetPixels != _pixels || now - _lastFrameAt > UpscaleScheduler.StoppedAfter.Ticks;
        Volatile.Write(ref _intervalSeconds, interval > TimeSpan.Zero ? Math.Clamp(interval.TotalSeconds, ShortestIntervalSeconds, LongestIntervalSeconds) : UnknownIntervalSeconds);
        Volatile.Write(ref _pixels, targetPixels);
        Volatile.Write(ref _lastFrameAt, now);
        if (step < Steps)
        {
            isUrgent |= _costs[step].Add(cost.TotalSeconds / targetPixels, now);
            isUrgent |= ShareOf(_costs[step].SecondsPerPixel) - Volatile.Read(ref _plannedShare) > _scheduler.Slack;
        }

        // Not the last one: it costs little, and what keeps it out is over soon.
        _declinedFrames = step <= limit || limit >= Steps - 1 ? 0 : limit == _declinedLimit ? _declinedFrames + 1 : 1;
        _declinedLimit = limit;
        if (_declinedFrames == FramesToDecline)
        {
            _declinedFrames = 0;
            _costs[limit].Decline(now);
            isUrgent = true;
        }

        _scheduler.OnFrame(now, taken, keptItsSize: step == Steps && limit == Steps, isUrgent);
    }

    /// <summary>Frees the stream's share.</summary>
    public void Dispose() => _scheduler.Remove(this);

    /// <summary>True where a frame came within the last two seconds.</summary>
    public bool IsActive(long now)
        => Volatile.Read(ref _pixels) > 0 && now - Volatile.Read(ref _lastFrameAt) <= UpscaleScheduler.StoppedAfter.Ticks;

    /// <summary>True while the step that the stream got is not measured yet.</summary>
    public bool IsTrying(long now) => Limit < Steps - 1 && now - RaisedAt < UpscaleScheduler.LongestTrial.Ticks && !IsKnown(Limit, now);

    /// <summary>Whether this stream's cost of a step has been measured lately.</summary>
    public bool IsKnown(int step, long now) => _costs[step].IsKnown(now);

    /// <summary>Adds what has been measured of this stream to what is known of all.</summary>
    public void Teach(StepPrices prices, long now)
    {
        for (int step = 0; step < Steps; step++)
        {
            if (_costs[step].IsKnown(now))
                prices.Add(_steps[step], _costs[step].SecondsPerPixel, _pixels / Volatile.Read(ref _intervalSeconds));
        }
    }

    /// <summary>The stream as the planner sees it.</summary>
    public PlannedStream Describe(int index, StepPrices prices, long now)
    {
        int pixels = Volatile.Read(ref _pixels);
        if (Math.Abs(pixels - _rankPixels) > RankHysteresis * _rankPixels)
            _rankPixels = pixels;
        var planned = new PlannedStream { Steps = Steps, Priority = Priority, RankPixels = _rankPixels, Index = index, Current = PlannedLimit };
        for (int step = 0; step < Steps; step++)
        {
            double known = _costs[step].SecondsPerPixel;
            planned.Shares[step] = ShareOf(IsKnown(step, now) ? known : Math.Min(known, prices.Estimate(_steps[step])));
        }

        return planned;
    }

    /// <summary>Carries out a plan.</summary>
    public void Apply(int limit, double plannedShare, long now)
    {
        if (limit < PlannedLimit)
        {
            RaisedAt = now;
            RoomSince = null;
        }

        _isPlanned = true;
        Volatile.Write(ref _plannedShare, plannedShare);
        Volatile.Write(ref _limit, limit);
    }

    /// <summary>Takes the share of a stream that stopped: when it is back it starts as a new one.</summary>
    public void Suspend()
    {
        _isPlanned = false;
        Volatile.Write(ref _limit, _firstLimit);
        Volatile.Write(ref _plannedShare, 0);
        RoomSince = null;
        _isEager = true;
    }

    private int PlannedLimit => _isPlanned ? Limit : Steps - 1;

    private double ShareOf(double secondsPerPixel) => secondsPerPixel * Volatile.Read(ref _pixels) / Volatile.Read(ref _intervalSeconds);
}
