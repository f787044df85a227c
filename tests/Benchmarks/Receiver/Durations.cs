using System.Diagnostics;

namespace RtcEnhance.Benchmarks.Receiver;

/// <summary>Measured durations, all of them kept. One thread at a time.</summary>
internal sealed class Durations(int capacity)
{
    private readonly long[] _ticks = new long[capacity];
    private bool _isSorted;

    public int Count { get; private set; }

    public double MaxMicroseconds => Microseconds(1);

    /// <summary>Keeps one; allocates nothing.</summary>
    public void Add(long stopwatchTicks)
    {
        _ticks[Count++] = stopwatchTicks;
        _isSorted = false;
    }

    /// <summary>The duration that a share of them does not exceed (nearest rank).</summary>
    public double Microseconds(double fraction)
    {
        if (!_isSorted)
            Array.Sort(_ticks, 0, Count);
        _isSorted = true;
        int rank = Math.Clamp((int)Math.Ceiling(fraction * Count), 1, Count);
        return _ticks[rank - 1] * 1e6 / Stopwatch.Frequency;
    }
}
