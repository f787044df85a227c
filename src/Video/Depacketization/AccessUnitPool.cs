namespace RtcEnhance.Video;

/// <summary>Keeps the buffers of frames for the next frames. Thread-safe.</summary>
internal sealed class AccessUnitPool
{
    private readonly Lock _lock = new();
    private readonly AccessUnit[] _free;
    private int _freeCount;

    /// <summary>A pool that keeps at most this many buffers; it creates them at once, empty.</summary>
    public AccessUnitPool(int capacity)
    {
        _free = new AccessUnit[capacity];
        for (int i = 0; i < capacity; i++)
            _free[i] = new AccessUnit();
        _freeCount = capacity;
    }

    /// <summary>A cleared unit.</summary>
    public AccessUnit Rent()
    {
        AccessUnit? unit = null;
        lock (_lock)
        {
            if (_freeCount > 0)
                unit = _free[--_freeCount];
        }

        unit ??= new AccessUnit();
        unit.Clear();
        return unit;
    }

    /// <summary>Takes a unit back.</summary>
    public void Return(AccessUnit unit)
    {
        unit.Clear();
        lock (_lock)
        {
            if (_freeCount < _free.Length)
                _free[_freeCount++] = unit;
        }
    }
}
