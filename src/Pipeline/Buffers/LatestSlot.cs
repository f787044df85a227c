namespace RtcEnhance;

/// <summary>
/// A one-place mailbox where the newest item wins: an item that nobody took before the next came is disposed. After
/// <see cref="Close"/> every item is disposed at once. Thread-safe; one taker.
/// </summary>
/// <typeparam name="T">The item; a struct is not boxed.</typeparam>
internal sealed class LatestSlot<T>
    where T : IDisposable
{
    // A monitor and not an event: nothing to dispose, so a late Put can never meet a disposed handle.
    private readonly object _gate = new();
    private T? _item;
    private bool _full;
    private bool _closed;

    /// <summary>True while an item waits.</summary>
    public bool IsFull => Volatile.Read(ref _full);

    /// <summary>Puts an item in and takes ownership of it, whatever the answer.</summary>
    /// <param name="item">The item.</param>
    /// <returns>What became of it and of the one before.</returns>
    public PutResult Put(T item)
    {
        T? loser;
        PutResult result;
        lock (_gate)
        {
            if (_closed)
            {
                loser = item;
                result = PutResult.Closed;
            }
            else
            {
                loser = _item;
                result = _full ? PutResult.Replaced : PutResult.Stored;
                _item = item;
                _full = true;
                Monitor.Pulse(_gate);
            }
        }

        if (result != PutResult.Stored)
            loser!.Dispose();
        return result;
    }

    /// <summary>Takes the item without waiting.</summary>
    /// <param name="item">The item; the caller owns it.</param>
    /// <returns>False where the slot is empty.</returns>
    public bool TryTake(out T? item)
    {
        lock (_gate)
            return TryTake_NeedsLock(out item);
    }

    /// <summary>Waits for an item.</summary>
    /// <param name="item">The item; the caller owns it.</param>
    /// <returns>False once the slot is closed.</returns>
    public bool Take(out T? item)
    {
        lock (_gate)
        {
            while (!_full && !_closed)
                Monitor.Wait(_gate);
            return TryTake_NeedsLock(out item);
        }
    }

    /// <summary>Wakes the taker and disposes the item that waits. A second call does nothing.</summary>
    /// <returns>True where an item was disposed.</returns>
    public bool Close()
    {
        bool had;
        T? item;
        lock (_gate)
        {
            _closed = true;
            had = TryTake_NeedsLock(out item);
            Monitor.PulseAll(_gate);
        }

        if (had)
            item!.Dispose();
        return had;
    }

    private bool TryTake_NeedsLock(out T? item)
    {
        item = _item;
        bool had = _full;
        _item = default;
        _full = false;
        return had;
    }
}

/// <summary>What <see cref="LatestSlot{T}.Put"/> did.</summary>
internal enum PutResult
{
    /// <summary>The slot was empty and holds the item.</summary>
    Stored,

    /// <summary>The slot holds the item; the one before was disposed.</summary>
    Replaced,

    /// <summary>The slot is closed; the item was disposed.</summary>
    Closed,
}
