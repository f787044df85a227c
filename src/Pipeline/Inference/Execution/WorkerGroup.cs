using System.Runtime.ExceptionServices;

namespace RtcEnhance.Inference;

/// <summary>
/// Runs the parts of a task side by side, one on the caller's thread and the others on threads of its own, without
/// allocating. One thread at a time.
/// </summary>
internal sealed class WorkerGroup : IDisposable
{
    private readonly Action<int> _part;
    private readonly SemaphoreSlim[] _start;
    private readonly SemaphoreSlim _done = new(0);
    private readonly Thread[] _threads;
    private volatile Exception? _fault;
    private volatile bool _isDisposed;

    /// <summary>A group.</summary>
    /// <param name="count">Parts, at least 1.</param>
    /// <param name="part">Runs one part, counted from 0.</param>
    public WorkerGroup(int count, Action<int> part)
    {
        _part = part;
        _start = new SemaphoreSlim[count - 1];
        _threads = new Thread[count - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i;
            _start[i] = new SemaphoreSlim(0);
            _threads[i] = new Thread(() => Work(worker)) { Name = $"RtcEnhance inference {i + 1}", IsBackground = true };
            _threads[i].Start();
        }
    }

    /// <summary>Runs all parts and waits for them; a part's exception is thrown here.</summary>
    public void Run()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _fault = null;
        foreach (SemaphoreSlim start in _start)
            start.Release();
        try
        {
            _part(0);
        }
        finally
        {
            for (int i = 0; i < _threads.Length; i++)
                _done.Wait();
        }

        if (_fault is { } fault)
            ExceptionDispatchInfo.Throw(fault);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        foreach (SemaphoreSlim start in _start)
            start.Release();
        foreach (Thread thread in _threads)
            thread.Join();
        foreach (SemaphoreSlim start in _start)
            start.Dispose();
        _done.Dispose();
    }

    private void Work(int worker)
    {
        while (true)
        {
            _start[worker].Wait();
            if (_isDisposed)
                return;
            try
            {
                _part(worker + 1);
            }
            catch (Exception fault)
            {
                _fault = fault;
            }

            _done.Release();
        }
    }
}
