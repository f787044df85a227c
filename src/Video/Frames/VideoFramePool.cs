namespace RtcEnhance.Video;

/// <summary>
/// Rents pictures, grows to a cap and then refuses: it never blocks. Freed memory is reused for any size that fits.
/// Thread-safe.
/// </summary>
public sealed class VideoFramePool
{
    /// <summary>Largest width or height of a picture.</summary>
    public const int MaxDimension = 16384;

    private readonly Lock _lock = new();
    private readonly VideoFrame?[] _free;
    private int _freeCount;
    private int _rented;
    private long _refused;

    /// <summary>A pool.</summary>
    /// <param name="capacity">Most pictures rented at once, 1 to 1024.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is outside its range.</exception>
    public VideoFramePool(int capacity = 16)
    {
        if (capacity is < 1 or > 1024)
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "A pool holds 1 to 1024 pictures.");
        _free = new VideoFrame?[capacity];
    }

    /// <summary>Most pictures rented at once.</summary>
    public int Capacity => _free.Length;

    /// <summary>Pictures rented now.</summary>
    public int Rented => Volatile.Read(ref _rented);

    /// <summary>How often the pool was at its cap.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Rents a picture; its samples are undefined and its facts unknown.</summary>
    /// <param name="width">1 to <see cref="MaxDimension"/>.</param>
    /// <param name="height">1 to <see cref="MaxDimension"/>.</param>
    /// <param name="layout">Memory layout.</param>
    /// <returns>A picture that the caller owns, or null at the cap.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is outside its range.</exception>
    public VideoFrame? Rent(int width, int height, FrameLayout layout = FrameLayout.I420)
    {
        if (width is < 1 or > MaxDimension)
            throw new ArgumentOutOfRangeException(nameof(width), width, $"A picture is 1 to {MaxDimension} pixels wide.");
        if (height is < 1 or > MaxDimension)
            throw new ArgumentOutOfRangeException(nameof(height), height, $"A picture is 1 to {MaxDimension} pixels high.");

        int bytes = VideoFrame.RequiredBytes(width, height, layout);
        VideoFrame? frame = null;
        lock (_lock)
        {
            if (_rented == _free.Length)
            {
                _refused++;
                return null;
            }

            _rented++;
            for (int i = _freeCount - 1; i >= 0 && frame is null; i--)
            {
                if (_free[i]!.Capacity >= bytes)
                    frame = TakeFree_NeedsLock(i);
            }

            // Rented and free pictures together never exceed the cap: a picture that is too small makes room.
            if (frame is null && _freeCount > 0 && _freeCount + _rented > _free.Length)
                TakeFree_NeedsLock(_freeCount - 1);
        }

        frame ??= Allocate(bytes);
        frame.Begin(width, height, layout);
        return frame;
    }

    internal void Return(VideoFrame frame)
    {
        lock (_lock)
        {
            _rented--;
            _free[_freeCount++] = frame;
        }
    }

    private VideoFrame Allocate(int bytes)
    {
        try
        {
            return new VideoFrame(this, bytes);
        }
        catch
        {
            // Out of memory: the place in the pool is free again.
            lock (_lock)
                _rented--;
            throw;
        }
    }

    private VideoFrame TakeFree_NeedsLock(int index)
    {
        VideoFrame frame = _free[index]!;
        _free[index] = _free[--_freeCount];
        _free[_freeCount] = null;
        return frame;
    }
}
