using System.Runtime.ExceptionServices;

namespace RtcEnhance.Inference;

/// <summary>
/// Runs the parts of a task side by side, on the caller's thread and on threads of its own, without allocating. Whoever is
/// free takes the next part: where the machine has no core for the other threads, the caller does not wait for them. One
/// thread at a time.
/// </summary>
internal sealed class WorkerGroup : IDisposable
{
    // Some 50 us: tasks that follow one another within a picture find the threads awake. Nobody yields while he waits, as
    // SemaphoreSlim does: where other programs want the core, each time costs a whole slice of them.
    private const int Spins = 1000;
    private const int SpinLength = 4;

    private readonly Action<int> _part;
    private readonly int _count;
    private readonly object _gate = new();
    private readonly Thread[] _threads;
    private int _task;
    private int _taken;
    private int _finished;
    private int _sleepers;
    private volatile bool _callerSleeps;
    private volatile Exception? _fault;
    private volatile bool _isDisposed;

    /// <summary>A group.</summary>
    /// <param name="count">Parts, at least 1.</param>
    /// <param name="part">Runs one part, counted from 0.</param>
    public WorkerGroup(int count, Action<int> part)
    {
        _part = part;
        _count = count;
        _taken = count;
        _threads = new Thread[count - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Work) { Name = $"RtcEnhance inference {i + 1}", IsBackground = true };
            _threads[i].Start();
        }
    }

    /// <summary>Runs all parts and waits for them; a part's exception is thrown here.</summary>
    public void Run()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _fault = null;
        _finished = 0;

        // From here on a thread that wakes up late from the last task takes parts of this one.
        Volatile.Write(ref _taken, 0);
        Interlocked.Increment(ref _task);
        Wake();
        RunParts();
        WaitForOthers();
        if (_fault is { } fault)
            ExceptionDispatchInfo.Throw(fault);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        Interlocked.Increment(ref _task);
        Wake();
        foreach (Thread thread in _threads)
            thread.Join();
    }

    // Who goes to sleep says so before he looks at what he waits for a last time; who ends the wait looks after he did so.
    private void Wake()
    {
        if (Volatile.Read(ref _sleepers) == 0)
            return;
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    private void Work()
    {
        int seen = 0;
        while (true)
        {
            for (int i = 0; i < Spins && Volatile.Read(ref _task) == seen; i++)
                Thread.SpinWait(SpinLength);
            if (Volatile.Read(ref _task) == seen)
            {
                lock (_gate)
                {
                    Interlocked.Increment(ref _sleepers);
                    while (Volatile.Read(ref _task) == seen)
                        Monitor.Wait(_gate);
                    Interlocked.Decrement(ref _sleepers);
                }
            }

            seen = Volatile.Read(ref _task);
            if (_isDisposed)
                return;
            RunParts();
        }
    }

    private void RunParts()
    {
        int part;
        while ((part = Interlocked.Increment(ref _taken) - 1) < _count)
        {
            try
            {
                _part(part);
            }
            catch (Exception fault)
            {
                _fault = fault;
            }

            if (Interlocked.Increment(ref _finished) == _count && _callerSleeps)
            {
                lock (_gate)
                    Monitor.PulseAll(_gate);
            }
        }
    }

    private void WaitForOthers()
    {
        for (int i = 0; i < Spins && Volatile.Read(ref _finished) < _count; i++)
            Thread.SpinWait(SpinLength);
        if (Volatile.Read(ref _finished) == _count)
            return;
        lock (_gate)
        {
            _callerSleeps = true;
            Interlocked.MemoryBarrier();
            while (Volatile.Read(ref _finished) < _count)
                Monitor.Wait(_gate);
            _callerSleeps = false;
        }
    }
}
