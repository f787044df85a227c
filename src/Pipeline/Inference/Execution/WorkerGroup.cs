using System.Runtime.ExceptionServices;

namespace RtcEnhance.Inference;

/// <summary>
/// Runs the parts of a task side by side, on the caller's thread and on threads of its own, without allocating. Whoever is
/// free takes the next part: where the machine has no core for the other threads, the caller does not wait for them. One
/// thread at a time.
/// </summary>
internal sealed class WorkerGroup : IDisposable
{
    private readonly Action<int> _part;
    private readonly int _count;
    private readonly SemaphoreSlim _start = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private readonly Thread[] _threads;
    private int _taken;
    private int _finished;
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
        if (_threads.Length > 0)
            _start.Release(_threads.Length);
        RunParts();
        _done.Wait();
        if (_fault is { } fault)
            ExceptionDispatchInfo.Throw(fault);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        if (_threads.Length > 0)
            _start.Release(_threads.Length);
        foreach (Thread thread in _threads)
            thread.Join();
        _start.Dispose();
        _done.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            _start.Wait();
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

            if (Interlocked.Increment(ref _finished) == _count)
                _done.Release();
        }
    }
}
