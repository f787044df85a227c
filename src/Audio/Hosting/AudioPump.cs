namespace RtcEnhance.Audio;

/// <summary>
/// Pulls a source at its own pace and hands the blocks to an application that has no sound card: a voice agent, a
/// recorder. Block n is due exactly n blocks after the start, so that the pump never drifts from its clock; one that is
/// late is caught up with. How regular the single blocks are is the matter of the system's timer, and of how busy the
/// machine is; <see cref="AudioPumpStats.MaxLateness"/> tells. Thread-safe.
/// </summary>
public sealed class AudioPump : IDisposable
{
    private readonly IAudioSource _source;
    private readonly AudioBlockHandler _handler;
    private readonly TimeProvider _time;
    private readonly PipelineObserver? _observer;
    private readonly TimeSpan _maxCatchUp;
    private readonly bool _ownThread;
    private readonly int _blockSamples;
    private readonly int _rateHz;
    private readonly float[] _block;
    private readonly WakeUp _wakeUp;

    // Held over a step, the handler's call included: whoever gets it knows that no handler is running.
    private readonly Lock _stepLock = new();
    private Thread? _thread;
    private long _startedAt;
    private long _nextBlock;
    private volatile bool _isRunning;
    private volatile bool _isDisposed;
    private long _delivered;
    private long _skipped;
    private long _sourceFaults;
    private long _handlerFaults;
    private long _maxLatenessTicks;

    /// <summary>A pump that stands still.</summary>
    /// <param name="source">A receiver, a mixer or any other source; stays the caller's.</param>
    /// <param name="handler">Takes the blocks.</param>
    /// <param name="options">Checked and copied; the defaults, blocks of 20 ms, where it is null.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public AudioPump(IAudioSource source, AudioBlockHandler handler, AudioPumpOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(handler);
        options ??= new AudioPumpOptions();
        AudioFormat format = source.OutputFormat;
        options.Validate(format);
        _source = source;
        _handler = handler;
        _time = options.Time;
        _observer = options.Observer;
        _maxCatchUp = options.MaxCatchUp;
        _ownThread = options.OwnThread;
        _rateHz = format.SampleRateHz;
        _blockSamples = options.BlockSamples != 0 ? options.BlockSamples : _rateHz / 50;
        _block = new float[_blockSamples * format.Channels];
        _wakeUp = new WakeUp(_time);
    }

    internal bool ThreadIsAlive => _thread?.IsAlive == true;

    /// <summary>
    /// Starts the delivery: the first block is due now. Does nothing where it is running; after <see cref="Stop"/> it
    /// counts from a new start, and nothing is made up for.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The pump was disposed.</exception>
    public void Start()
    {
        lock (_stepLock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_isRunning)
                return;
            _startedAt = _time.GetTimestamp();
            _nextBlock = 0;
            _isRunning = true;
            if (!_ownThread)
                return;
            if (_thread is null)
            {
                _thread = new Thread(Run) { Name = "RtcEnhance audio pump", IsBackground = true, Priority = ThreadPriority.Highest };
                _thread.Start();
            }

            _wakeUp.Signal();
        }
    }

    /// <summary>
    /// Ends the delivery and waits for a handler that is at work; called by the handler itself, it does not wait. When it
    /// returns, the source is not pulled any more.
    /// </summary>
    public void Stop()
    {
        _isRunning = false;
        WaitForStep();
    }

    /// <summary>Delivers the next block if it is due, on the caller's thread. For a pump without a thread of its own.</summary>
    /// <returns>False where none is due.</returns>
    /// <exception cref="InvalidOperationException">The pump has a thread of its own.</exception>
    public bool RunStep()
    {
        if (_ownThread)
            throw new InvalidOperationException($"The pump runs on its own thread; make it with {nameof(AudioPumpOptions.OwnThread)} = false to step it.");
        return TryStep(out _);
    }

    /// <summary>What the pump has done so far; from any thread.</summary>
    /// <returns>The statistics.</returns>
    public AudioPumpStats GetStats() => new()
    {
        DeliveredBlocks = Volatile.Read(ref _delivered),
        SkippedBlocks = Volatile.Read(ref _skipped),
        SourceFaults = Volatile.Read(ref _sourceFaults),
        HandlerFaults = Volatile.Read(ref _handlerFaults),
        MaxLateness = new TimeSpan(Volatile.Read(ref _maxLatenessTicks)),
    };

    /// <summary>
    /// Stops as <see cref="Stop"/> does, for good, and ends the thread; a second call does nothing. The source is not disposed.
    /// </summary>
    public void Dispose()
    {
        _isDisposed = true;
        _isRunning = false;
        _wakeUp.Signal();
        WaitForStep();
        _wakeUp.Dispose();
        if (_thread is { } thread && thread != Thread.CurrentThread)
            thread.Join();
    }

    private void WaitForStep()
    {
        if (_stepLock.IsHeldByCurrentThread)
            return;
        _stepLock.Enter();
        _stepLock.Exit();
    }

    private void Run()
    {
        while (!_isDisposed)
        {
            if (!TryStep(out long next))
                _wakeUp.WaitUntil(next);
        }
    }

    /// <summary>Delivers the block that is due; where none is, says when the next one will be.</summary>
    private bool TryStep(out long due)
    {
        lock (_stepLock)
        {
            due = long.MaxValue;
            if (!_isRunning || _isDisposed)
                return false;
            long now = _time.GetTimestamp();
            due = DueAt(_nextBlock);
            if (now < due)
                return false;

            TimeSpan lateness = _time.GetElapsedTime(due, now);
            if (lateness.Ticks > _maxLatenessTicks)
                Volatile.Write(ref _maxLatenessTicks, lateness.Ticks);
            if (lateness > _maxCatchUp)
                SkipTo(now);
            _nextBlock++;
            Deliver();
            return true;
        }
    }

    /// <summary>Leaves out the blocks whose time is over.</summary>
    private void SkipTo(long now)
    {
        (long seconds, long rest) = Math.DivRem(now - _startedAt, _time.TimestampFrequency);
        long current = ((seconds * _rateHz) + (rest * _rateHz / _time.TimestampFrequency)) / _blockSamples;

        // Both ways of counting round down.
        while (DueAt(current + 1) <= now)
            current++;
        Volatile.Write(ref _skipped, _skipped + current - _nextBlock);
        _nextBlock = current;
    }

    /// <summary>Exact, however long the pump has been running: whole seconds apart from the rest.</summary>
    private long DueAt(long block)
    {
        (long seconds, long rest) = Math.DivRem(block * _blockSamples, _rateHz);
        return _startedAt + (seconds * _time.TimestampFrequency) + (rest * _time.TimestampFrequency / _rateHz);
    }

    private void Deliver()
    {
        try
        {
            _source.GetAudio(_block);
        }
        catch (Exception exception)
        {
            _block.AsSpan().Clear();
            Volatile.Write(ref _sourceFaults, _sourceFaults + 1);
            _observer?.NotifyCallbackFaulted("IAudioSource.GetAudio", exception);
        }

        // Stopped by another thread meanwhile: it is waiting for this step, and the block is not wanted any more.
        if (!_isRunning)
            return;
        Volatile.Write(ref _delivered, _delivered + 1);
        try
        {
            _handler(_block);
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _handlerFaults, _handlerFaults + 1);
            _observer?.NotifyCallbackFaulted("AudioPump handler", exception);
        }
    }
}
