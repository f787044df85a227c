namespace RtcEnhance.Video;

/// <summary>
/// What one step costs one stream, in seconds per target pixel: a high expectile of the recent frames (up fast, down
/// slowly), each the median of three, so that one stall moves nothing. While the step is not used the figure is trusted
/// for a while, which doubles whenever a new trial of the step was over soon. The last step is judged later, by the best
/// of its first frames, and tried again sooner, as there is only the small picture below it. One writer, the stream's
/// thread; whoever plans reads it on another.
/// </summary>
internal sealed class StepCost
{
    private const int TrialFrames = 3;

    // First runs are slow runs: what they cost is forgotten as fast as it was learned.
    private const int WarmUpFrames = 16;
    private const double Up = 0.25;
    private const double Down = 1.0 / 128;

    private static readonly TimeSpan FirstTrust = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestTrust = TimeSpan.FromMinutes(1);

    /// <summary>A step that was kept as long proves that its trial went well.</summary>
    private static readonly TimeSpan Proven = TimeSpan.FromSeconds(10);

    private readonly int _trialFrames;
    private readonly long _longestTrustTicks;
    private double _secondsPerPixel = double.PositiveInfinity;
    private double _last;
    private double _lastButOne;
    private double _leastInTrial;
    private int _frames;
    private long _startedAt;
    private long _measuredAt;
    private long _trustTicks = FirstTrust.Ticks;

    /// <summary>A cost that is not known.</summary>
    /// <param name="isLast">True for a stream's last step.</param>
    public StepCost(bool isLast = false)
    {
        _trialFrames = isLast ? WarmUpFrames : TrialFrames;
        _longestTrustTicks = (isLast ? FirstTrust : LongestTrust).Ticks;
    }

    /// <summary>The last figure, however old; infinite before the first.</summary>
    public double SecondsPerPixel => Volatile.Read(ref _secondsPerPixel);

    /// <summary>Whether the figure is to be trusted.</summary>
    /// <param name="now">Time in ticks of 100 ns.</param>
    public bool IsKnown(long now)
        => Volatile.Read(ref _frames) >= _trialFrames && now - Volatile.Read(ref _measuredAt) < Volatile.Read(ref _trustTicks);

    /// <summary>Takes note of a frame that the step made.</summary>
    /// <returns>True where it completes a trial.</returns>
    public bool Add(double secondsPerPixel, long now)
    {
        if (now - _measuredAt >= _trustTicks || _frames == 0)
            Begin(now);
        double middle = Median(secondsPerPixel, _last, _lastButOne);
        (_lastButOne, _last) = (_last, secondsPerPixel);
        int frames = _frames + 1;
        if (frames <= _trialFrames)
        {
            _leastInTrial = frames <= TrialFrames ? middle : Math.Min(middle, _leastInTrial);
            if (frames == _trialFrames)
                Volatile.Write(ref _secondsPerPixel, _leastInTrial);
        }
        else
        {
            double known = _secondsPerPixel;
            double weight = middle > known || frames <= WarmUpFrames ? Up : Down;
            Volatile.Write(ref _secondsPerPixel, double.IsFinite(known) ? known + (weight * (middle - known)) : middle);
        }

        Volatile.Write(ref _measuredAt, now);
        Volatile.Write(ref _frames, frames);
        return frames == _trialFrames;
    }

    /// <summary>Takes note that the stream was allowed the step and did not take it: a trial that failed.</summary>
    public void Decline(long now)
    {
        Begin(now);
        Volatile.Write(ref _secondsPerPixel, double.PositiveInfinity);
        Volatile.Write(ref _measuredAt, now);
        Volatile.Write(ref _frames, _trialFrames);
    }

    private void Begin(long now)
    {
        if (_frames > 0)
        {
            long longer = Math.Min(2 * _trustTicks, _longestTrustTicks);
            Volatile.Write(ref _trustTicks, _measuredAt - _startedAt < Proven.Ticks ? longer : FirstTrust.Ticks);
        }

        _startedAt = now;
        Volatile.Write(ref _frames, 0);
    }

    private static double Median(double a, double b, double c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
