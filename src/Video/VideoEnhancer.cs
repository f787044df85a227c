namespace RtcEnhance.Video;

/// <summary>
/// Enlarges decoded frames within each frame's deadline and hands them, in order, to a sink. Between the submitter and
/// the enhancer there is one place, where the newest frame wins: a picture is never queued behind another. A frame's
/// deadline is the super-resolution budget, or half the frame interval where that is shorter, after its submission;
/// size and layout may change on every frame. With a <see cref="LipSync"/> frames that are ready before their sound wait
/// for it first, a bounded number of them. A network enlarges where it fits; where it is missing, slow or broken a
/// smaller one does, then a classical filter, see <see cref="UpscaleMethod"/>; frames that are too large, and those for
/// which no picture is free, keep their size. Thread-safe.
/// </summary>
public sealed partial class VideoEnhancer : IVideoFrameSink, IDisposable
{
    private const string StageName = "super-resolution";

    private readonly IVideoFrameSink _sink;
    private readonly TimeProvider _time;
    private readonly PipelineObserver? _observer;
    private readonly EnhancementOptions _enhancement;
    private readonly double _scale;
    private readonly int _maxInputPixels;
    private readonly VideoFramePool _pool;
    private readonly UpscaleLadder _ladder;
    private readonly ScheduledStream? _scheduled;
    private readonly InboundVideoCounters _counters;
    private readonly LatestSlot<PendingFrame> _slot = new();
    private readonly Thread? _worker;

    // Held over a step, so that the upscalers are not disposed under it.
    private readonly Lock _stepLock = new();

    // Submitters take turns, so that the order of arrival times is the order in the slot.
    private readonly Lock _submitLock = new();
    private readonly FrameIntervalEstimator _interval;
    private int _priority;

    /// <summary>An enhancer that waits for frames.</summary>
    /// <param name="sink">Takes the finished frames.</param>
    /// <param name="options">Checked and copied; the defaults where it is null.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public VideoEnhancer(IVideoFrameSink sink, VideoEnhancerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(sink);
        options ??= new VideoEnhancerOptions();
        options.Validate();
        _sink = sink;
        _time = options.Time;
        _observer = options.Observer;
        _enhancement = options.Enhancement;
        _scale = options.Scale;
        _maxInputPixels = options.MaxInputPixels;
        _pool = new VideoFramePool(options.MaxOutstanding);
        _ladder = new UpscaleLadder(options);
        _counters = new InboundVideoCounters(_time, _ladder.LastReason);
        _interval = new FrameIntervalEstimator(_time);
        _held = new HeldFrame[options.MaxHeldFrames];
        if (!_ladder.NeverEnlarges)
            _scheduled = options.Scheduler?.Add(_ladder.Steps);
        if (!options.OwnThread)
        {
            UpscalerWarmUp.RunFilters();
            return;
        }

        UpscalerWarmUp.Start();
        _worker = new Thread(Run) { Name = "RtcEnhance video enhancer", IsBackground = true };
        _worker.Start();
    }

    /// <summary>
    /// How important the stream is to its <see cref="VideoEnhancerOptions.Scheduler"/>: a higher value goes first, as the
    /// active speaker's does. May be set at any time, on any thread.
    /// </summary>
    /// <value>Default 0.</value>
    public int Priority
    {
        get => Volatile.Read(ref _priority);
        set
        {
            Volatile.Write(ref _priority, value);
            if (_scheduled is not null)
                _scheduled.Priority = value;
        }
    }

    /// <summary>The number of the best step that may be used from the next frame on, where there is no scheduler.</summary>
    internal int Limit
    {
        get => _ladder.Limit;
        set => _ladder.Limit = value;
    }

    internal VideoFramePool Pool => _pool;

    internal bool WorkerIsAlive => _worker?.IsAlive == true;

    /// <summary>Hands over a decoded frame, from any thread, and returns at once.</summary>
    /// <param name="frame">The frame; the enhancer owns it from here on, whatever the answer.</param>
    /// <returns>False after <see cref="Dispose"/>: the frame was dropped and counted.</returns>
    /// <exception cref="ObjectDisposedException"><paramref name="frame"/> was given back to its pool.</exception>
    public bool Submit(VideoFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        PutResult result = PutResult.Stored;
        int dropped = 0;
        lock (_submitLock)
        {
            long now = _time.GetTimestamp();
            _counters.OnSubmitted(frame, now);
            TimeSpan interval = _interval.OnFrame(frame.RtpTimestamp, now);
            TimeSpan budget = _enhancement.GetSuperResolutionBudget(interval);
            var pending = new PendingFrame(frame, now, interval, budget, GetDeadline(now, budget));
            LipSync? sync = LipSync;
            if (_isClosed || (sync is null && _heldCount == 0))
                result = _slot.Put(pending);
            else
                dropped = Hold_NeedsLock(sync, pending, now);
        }

        TellDropped(result == PutResult.Stored ? dropped : 1);
        return result != PutResult.Closed;
    }

    /// <summary>Takes a decoder's picture as <see cref="Submit"/> does, so that a <see cref="VideoReceiver"/> feeds it.</summary>
    void IVideoFrameSink.OnFrame(VideoFrame frame) => Submit(frame);

    /// <summary>
    /// Enlarges and delivers the frame that waits, on the caller's thread; one thread at a time. For an enhancer without
    /// a thread of its own; with a <see cref="LipSync"/> to be called as time passes, too.
    /// </summary>
    /// <returns>False where no frame waits, but perhaps for its sound.</returns>
    /// <exception cref="InvalidOperationException">The enhancer has a thread of its own.</exception>
    public bool RunStep()
    {
        if (_worker is not null)
            throw new InvalidOperationException($"The enhancer runs on its own thread; make it with {nameof(VideoEnhancerOptions.OwnThread)} = false to step it.");
        lock (_stepLock)
        {
            if (LipSync is not null)
                OnHoldTimer();
            if (!_slot.TryTake(out PendingFrame pending))
                return false;
            Process(pending);
            return true;
        }
    }

    /// <summary>What became of the frames so far. Allocates nothing.</summary>
    /// <returns>A snapshot.</returns>
    public InboundVideoStats GetStats() => _counters.Snapshot() with
    {
        FramesWaiting = Volatile.Read(ref _heldCount),
        EstimatedPlayoutTimestamp = LipSync?.VideoClock.EstimatedPlayoutTimestamp,
    };

    /// <summary>
    /// The super-resolution stage's times, misses and reasons so far: of whole frames, and of the first step of all, the
    /// application's own stage or else <see cref="VideoEnhancerOptions.Method"/>. Allocates nothing.
    /// </summary>
    /// <returns>A snapshot.</returns>
    public StageStats GetStageStats() => _ladder.GetStats();

    /// <summary>One step's: its calls are the frames that came down to it. Allocates nothing.</summary>
    /// <param name="step">The step.</param>
    /// <returns>A snapshot; null where there is no such step below <see cref="VideoEnhancerOptions.Method"/>.</returns>
    public StageStats? GetStageStats(UpscaleMethod step) => _ladder.GetStats(step);

    /// <summary>
    /// Drops the frames that wait, waits for one that is being worked on, ends the thread, and disposes the upscalers;
    /// called by the sink from within its callback, it does not wait. A second call does nothing.
    /// </summary>
    public void Dispose()
    {
        int dropped;
        lock (_submitLock)
        {
            _isClosed = true;
            _holdTimer?.Dispose();
            dropped = DropHeld_NeedsLock();
        }

        _scheduled?.Dispose();
        TellDropped(dropped + (_slot.Close() ? 1 : 0));
        if (_worker is null)
        {
            lock (_stepLock)
                _ladder.Dispose();
        }
        else if (_worker != Thread.CurrentThread)
        {
            _worker.Join();
        }
    }

    private Deadline GetDeadline(long now, TimeSpan budget)
        => new(_time, now + (long)(budget.TotalSeconds * _time.TimestampFrequency));
}
