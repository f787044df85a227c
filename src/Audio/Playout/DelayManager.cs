namespace RtcEnhance.Audio;

/// <summary>
/// Tells how long the stream has to wait for its late packets. Time is counted in pulled blocks: a packet's lag is the
/// playout time at which it arrived less its own media time, so that drift between the two clocks, and a device that
/// pulls unevenly, are measured together with the network's jitter. The least lag of about two seconds is the base; the
/// target is a quantile of how far above it the latest packet of each half second was. Reordered packets count like
/// others, by their own lag. Integers only. One thread at a time; the receiver's lock guards it.
/// </summary>
internal sealed class DelayManager
{
    /// <summary>Half a second.</summary>
    private const int IntervalBlocks = 50;

    /// <summary>Whole intervals, beside the one that runs, over which the base is taken.</summary>
    private const int BaseIntervals = 4;

    /// <summary>The last moment: fifths of a second in steps of 50 ms.</summary>
    private const int RecentSteps = 4;
    private const int RecentStepBlocks = 5;

    /// <summary>Less would be lost in the grain of the blocks.</summary>
    private const int LeastTargetMs = 20;

    /// <summary>A packet this late belongs to an outage and not to jitter: no delay is chosen to wait for it.</summary>
    private const int OutageMs = 1000;

    private readonly DelayHistogram _settled = new();
    private readonly DelayHistogram _withRecent = new();

    // The newest intervals, by number modulo length: those the base is taken from, before and after an interval that settles.
    private readonly Interval[] _intervals = new Interval[(2 * BaseIntervals) + 1];
    private readonly long[] _recentLeast = new long[RecentSteps];
    private readonly long _share;
    private long _interval;
    private bool _hasTarget;
    private int _wantedMs;
    private long _base;

    /// <param name="options">Quantile, start and limits.</param>
    /// <param name="capMs">What the packet buffer can hold, until the stream's packets are known.</param>
    public DelayManager(PlayoutDelayOptions options, int capMs)
    {
        _share = (long)(options.Quantile * (1 << 30));
        CapMs = capMs;
        MinimumMs = (int)options.MinimumDelay.TotalMilliseconds;
        MaximumMs = (int)options.MaximumDelay.TotalMilliseconds;
        _wantedMs = (int)options.StartDelay.TotalMilliseconds;
        _settled.Add(_wantedMs);
        Array.Fill(_intervals, Interval.Empty);
        Array.Fill(_recentLeast, long.MaxValue);
    }

    /// <summary>Floor of the target.</summary>
    public int MinimumMs { get; set; }

    /// <summary>A second floor, the application's wish beside that of lip synchronisation.</summary>
    public int? BaseMinimumMs { get; set; }

    /// <summary>Ceiling of the target; stronger than the floors.</summary>
    public int MaximumMs { get; set; }

    /// <summary>What the packet buffer can hold; stronger than all.</summary>
    public int CapMs { get; set; }

    /// <summary>Whether the limits leave nothing to choose.</summary>
    public bool IsFixed => FloorMs >= MaximumMs;

    private int FloorMs => Math.Max(MinimumMs, BaseMinimumMs ?? 0);

    /// <summary>What the network alone asks for.</summary>
    public int WantedMs => _wantedMs;

    /// <summary>What the delay is to be.</summary>
    public int TargetMs => Math.Min(Math.Min(Math.Max(Math.Max(_wantedMs, LeastTargetMs), FloorMs), MaximumMs), CapMs);

    /// <summary>
    /// How much later than the base even the fastest packets of the last moment are. Where the whole network becomes
    /// slower this tells at once what the base tells after two seconds: that a long delay is not one too long.
    /// </summary>
    public long RecentLeastMs
    {
        get
        {
            long least = long.MaxValue;
            foreach (long step in _recentLeast)
                least = Math.Min(least, step);
            return least == long.MaxValue ? OutageMs : least - _base;
        }
    }

    /// <summary>The delay with which media of this time is played in this block.</summary>
    public long GetDelayMs(long block, long mediaMs) => (block * 10) - mediaMs - _base;

    /// <summary>A packet arrived before this block was pulled.</summary>
    public void OnArrival(long block, long mediaMs)
    {
        long lag = (block * 10) - mediaMs;
        ref Interval current = ref _intervals[_interval % _intervals.Length];
        current = new Interval(Math.Min(current.Least, lag), Math.Max(current.Most, lag));
        _base = LeastSince(_interval - BaseIntervals, _interval);
        ref long recent = ref _recentLeast[block / RecentStepBlocks % RecentSteps];
        recent = Math.Min(recent, lag);
    }

    /// <summary>Called once per block.</summary>
    public void OnBlock(long block)
    {
        if (block % RecentStepBlocks == 0)
            _recentLeast[block / RecentStepBlocks % RecentSteps] = long.MaxValue;
        if (block % IntervalBlocks != 0)
            return;
        Settle(_interval - BaseIntervals);
        UpdateTarget();
        _interval++;
        _intervals[_interval % _intervals.Length] = Interval.Empty;
        long least = LeastSince(_interval - BaseIntervals, _interval);

        // Nothing came for so long that there is no base: the last one serves until the next packet.
        if (least != long.MaxValue)
            _base = least;
    }

    /// <summary>Another stream: its time line has nothing to do with the one before, but the network is the same.</summary>
    public void Restart()
    {
        for (long i = Math.Max(0, _interval - BaseIntervals); i <= _interval; i++)
            Settle(i);
        Array.Fill(_intervals, Interval.Empty);
        Array.Fill(_recentLeast, long.MaxValue);
    }

    /// <summary>
    /// An interval is final once as much time has passed after it as the base spans: where all packets after it, or all
    /// before it, are later for good, that is no jitter.
    /// </summary>
    private void Settle(long interval)
    {
        if (interval < 0 || _intervals[interval % _intervals.Length] is not { IsEmpty: false } settled)
            return;
        long before = LeastSince(interval - BaseIntervals, interval);
        long after = LeastSince(interval, Math.Min(interval + BaseIntervals, _interval));
        Add(_settled, settled.Most - Math.Max(before, after));
    }

    private void UpdateTarget()
    {
        _settled.CopyTo(_withRecent);
        for (long i = Math.Max(0, _interval - BaseIntervals + 1); i <= _interval; i++)
        {
            if (_intervals[i % _intervals.Length] is not { IsEmpty: false } recent)
                continue;
            Add(_withRecent, recent.Most - Math.Max(LeastSince(i - BaseIntervals, i), LeastSince(i, _interval)));
        }

        if (_hasTarget)
            _wantedMs = _withRecent.Quantile(_share);
    }

    private void Add(DelayHistogram histogram, long delayMs)
    {
        if (delayMs >= OutageMs)
            return;
        histogram.Add(delayMs);
        _hasTarget = true;
    }

    private long LeastSince(long first, long last)
    {
        long least = long.MaxValue;
        for (long i = Math.Max(0, first); i <= last; i++)
            least = Math.Min(least, _intervals[i % _intervals.Length].Least);
        return least;
    }

    private readonly record struct Interval(long Least, long Most)
    {
        public static Interval Empty => new(long.MaxValue, long.MinValue);

        public bool IsEmpty => Most == long.MinValue;
    }
}
