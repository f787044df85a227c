using System.Numerics;

namespace RtcEnhance.Video;

/// <summary>
/// How long the machine may leave an upscaler's next band waiting, from how long it did before: other programs have their
/// turns. The steps of a ladder share one. One thread at a time.
/// </summary>
internal sealed class PauseForecast
{
    /// <summary>Share of a frame's time that is left for a pause, at most.</summary>
    private const double MostShare = 2.0 / 3;

    // The longest pause is half forgotten after so many frames, or some 0.7 s.
    private const double Kept = 0.967;

    // Pauses in so many of the newest frames are no chance.
    private const int NewestFrames = 4;
    private const int FramesToExpect = 2;

    // After one pause in a frame, another one of this times its length.
    private const double Growth = 1.5;

    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LeastSecond = TimeSpan.FromMilliseconds(6);

    // Longer than a step of the ladder rests.
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(3);

    private TimeSpan _longest;
    private TimeSpan _most;
    private TimeSpan _timeLeft;
    private bool _isExpected;
    private long _lastAt;

    // A bit for each frame, the newest one lowest: set where there was a pause.
    private uint _frames;

    /// <summary>Time to leave.</summary>
    public TimeSpan Reserve { get; private set; }

    /// <summary>Of that, what the frame has not seen yet: zero once there was a pause in it.</summary>
    public TimeSpan StillExpected => (_frames & 1) == 0 ? Reserve : TimeSpan.Zero;

    /// <summary>Before a frame's bands.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="now">Its time.</param>
    /// <param name="timeLeft">Time for the frame.</param>
    public void BeginFrame(TimeProvider time, long now, TimeSpan timeLeft)
    {
        if (_frames != 0 && time.GetElapsedTime(_lastAt, now) > Memory)
            (_frames, _longest) = (0, TimeSpan.Zero);
        _isExpected = BitOperations.PopCount(_frames & ((1u << NewestFrames) - 1)) >= FramesToExpect;
        _most = timeLeft > TimeSpan.Zero ? timeLeft * MostShare : TimeSpan.Zero;
        _timeLeft = timeLeft;
        Reserve = _isExpected ? AtMost(_longest) : TimeSpan.Zero;
        _frames <<= 1;
        _longest *= Kept;
    }

    /// <summary>After a band.</summary>
    /// <param name="pause">What it took longer than it should.</param>
    /// <param name="at">When it ended.</param>
    public void Add(TimeSpan pause, long at)
    {
        if (pause <= LeastPause)
            return;
        _lastAt = at;
        _frames |= 1;
        if (pause > _longest)
            _longest = pause;

        // Where long ones are usual, the next comes as surely as this one: right after a pause is the time to end a frame.
        if (_isExpected && _longest >= LeastSecond)
        {
            Reserve = _timeLeft;
            return;
        }

        TimeSpan second = pause * Growth;
        if (second < LeastSecond)
            second = LeastSecond;
        Reserve = AtMost(second > _longest ? second : _longest);
    }

    private TimeSpan AtMost(TimeSpan pause) => pause < _most ? pause : _most;
}
