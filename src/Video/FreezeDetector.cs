namespace RtcEnhance.Video;

/// <summary>
/// Inter-frame delays, freezes and pauses of rendered frames. Freezes by the rule of libwebrtc and W3C webrtc-stats
/// (freezeCount): the gap is at least max(3 x average, average + 150 ms) over the last 30 gaps, its own included, once
/// there are 5. Pauses by W3C webrtc-stats (pauseCount): a gap of more than 5 s, which then is no freeze. One thread at
/// a time.
/// </summary>
internal sealed class FreezeDetector
{
    /// <summary>Gaps that the average runs over.</summary>
    public const int WindowFrames = 30;

    /// <summary>Gaps needed before a freeze can be told.</summary>
    public const int MinimumFrames = 5;

    private static readonly TimeSpan MinimumIncrease = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan PauseThreshold = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly long[] _gaps = new long[WindowFrames];
    private int _gapCount;
    private int _next;
    private long _gapSum;
    private long _lastRendered;
    private bool _hasRendered;

    public FreezeDetector(TimeProvider time) => _time = time;

    public TimeSpan TotalInterFrameDelay { get; private set; }

    /// <summary>In seconds squared.</summary>
    public double TotalSquaredInterFrameDelay { get; private set; }

    public long FreezeCount { get; private set; }

    public TimeSpan TotalFreezesDuration { get; private set; }

    public long PauseCount { get; private set; }

    public TimeSpan TotalPausesDuration { get; private set; }

    /// <summary>Counts a rendered frame.</summary>
    /// <param name="timestamp"><see cref="TimeProvider.GetTimestamp"/> at which it was rendered.</param>
    public void OnRendered(long timestamp)
    {
        if (_hasRendered)
            OnGap(_time.GetElapsedTime(_lastRendered, timestamp));
        _hasRendered = true;
        _lastRendered = timestamp;
    }

    private void OnGap(TimeSpan gap)
    {
        TotalInterFrameDelay += gap;
        TotalSquaredInterFrameDelay += gap.TotalSeconds * gap.TotalSeconds;

        if (gap > PauseThreshold)
        {
            PauseCount++;
            TotalPausesDuration += gap;
            return;
        }

        _gapSum += gap.Ticks - _gaps[_next];
        _gaps[_next] = gap.Ticks;
        _next = (_next + 1) % WindowFrames;
        _gapCount = Math.Min(_gapCount + 1, WindowFrames);
        if (_gapCount < MinimumFrames)
            return;

        long average = _gapSum / _gapCount;
        if (gap.Ticks >= Math.Max(3 * average, average + MinimumIncrease.Ticks))
        {
            FreezeCount++;
            TotalFreezesDuration += gap;
        }
    }
}
