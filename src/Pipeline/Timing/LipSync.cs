namespace RtcEnhance;

/// <summary>
/// Says that an audio and a video stream belong together, and holds lips and voice within 45 ms. Pictures that are ready
/// before their sound wait for it: set it as <c>VideoEnhancer.LipSync</c>. Where the pictures are the later ones, the
/// audio's <see cref="IPlayoutDelay.MinimumDelay"/> is raised once a second; it is this class's while it lives. Both need
/// sender reports of one sender. Where the streams lie more than 2 s apart they are left alone. Thread-safe.
/// </summary>
/// <remarks>
/// A change of the audio's delay is followed at an eighth of real time, so that motion stays smooth; one of more than
/// 300 ms at once. The audio's share follows libwebrtc's StreamSynchronization: filtered, at most 80 ms a second, here
/// towards an absolute delay, so that an audio stream slow to follow cannot make it overshoot.
/// </remarks>
public sealed class LipSync : IDisposable
{
    /// <summary>Streams further apart than this do not belong together, or a report is wrong.</summary>
    internal const long MaxOffsetTicks = 2 * TimeSpan.TicksPerSecond;

    /// <summary>The sound is never made to wait longer: beyond it a conversation suffers more than its picture.</summary>
    internal const int MaxAudioDelayMs = 1000;

    private const long Ms = TimeSpan.TicksPerMillisecond;
    private const long JumpTicks = 300 * Ms;
    private const long FollowTicks = 500 * Ms;
    private const int SlewDivisor = 8;
    private const long MaxAudioChangeTicks = 80 * Ms;

    /// <summary>A smaller change of the audio's delay is not worth stretching for.</summary>
    private const long MinAudioChangeTicks = 15 * Ms;

    /// <summary>Frames that the readiness of the pictures is averaged over: about half a second.</summary>
    private const int ReadinessFrames = 16;

    /// <summary>Without pictures for this long the sound waits for nothing.</summary>
    private const long PauseTicks = 5 * TimeSpan.TicksPerSecond;

    /// <summary>Both streams' reports tell of a step of the sender's clock within this time, or it was none.</summary>
    private const long StepPatienceTicks = 10 * TimeSpan.TicksPerSecond;

    private const long StepToleranceTicks = 100 * Ms;

    private static readonly TimeSpan UpdateInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();

    // Held over the calls to the audio; only the timer and Dispose ever wait for it.
    private readonly Lock _updateLock = new();
    private readonly IPlayoutDelay _audio;
    private readonly PlayoutClock _audioClock;
    private readonly TimeSpan _ownMinimum;
    private readonly ITimer _timer;
    private long _deviceDelayTicks;

    // Of the audio: capture to ear, followed. Of the video: capture to ready for the screen, mean and mean deviation.
    private bool _knowsAudio;
    private long _audioDelayTicks;
    private long _followedAt;
    private bool _knowsVideo;
    private long _readyTicks;
    private long _readyDeviationTicks;
    private long _lastFrameAt = long.MinValue;

    // The steps of the wall clock that are taken at face value; later ones are taken back out.
    private long _audioStepTicks;
    private long _videoStepTicks;

    /// <summary>By how much the two streams' measures of the same step differ, which the jitter of their reports made.</summary>
    private long _stepResidualTicks;
    private long? _steppedAt;

    private long? _wantedTicks;
    private bool _isDisposed;

    /// <summary>Ties two streams together until it is disposed.</summary>
    /// <param name="audio">The audio stream.</param>
    /// <param name="video">The clock of the video stream of the same sender.</param>
    public LipSync(IPlayoutDelay audio, PlayoutClock video)
    {
        ArgumentNullException.ThrowIfNull(audio);
        ArgumentNullException.ThrowIfNull(video);
        _audio = audio;
        _audioClock = audio.PlayoutClock;
        VideoClock = video;
        _ownMinimum = audio.MinimumDelay;
        _timer = video.Time.CreateTimer(static state => ((LipSync)state!).Update(), this, UpdateInterval, UpdateInterval);
    }

    /// <summary>
    /// How much longer a sample takes from the pull to the ear than a picture from the sink to the eye; the host knows
    /// its devices.
    /// </summary>
    /// <value>-1 to 1 s; default 0.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public TimeSpan DeviceDelay
    {
        get => new(Volatile.Read(ref _deviceDelayTicks));
        set
        {
            if (value.Duration() > TimeSpan.FromSeconds(1))
                Throw.OutOfRange(nameof(value), value, "The devices' delays differ by -1 to 1 s.");
            Volatile.Write(ref _deviceDelayTicks, value.Ticks);
        }
    }

    /// <summary>The clock of the video stream, which is told of every picture shown.</summary>
    internal PlayoutClock VideoClock { get; }

    /// <summary>Gives the audio its own minimum delay back.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_updateLock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            _audio.MinimumDelay = _ownMinimum;
        }
    }

    /// <summary>Takes note of a picture, in the order of capture.</summary>
    /// <param name="rtpTimestamp">Its timestamp.</param>
    /// <param name="readyTicks">The local time at which it could be on the screen.</param>
    /// <param name="captureTicks">Identifies its instant to <see cref="GetDueTicks"/>.</param>
    /// <returns>False where it is not to wait: no sync is known, or none that can be.</returns>
    internal bool OnFrame(uint rtpTimestamp, long readyTicks, out long captureTicks)
    {
        lock (_lock)
        {
            bool isVideoKnown = VideoClock.TryGetWallTime(rtpTimestamp, out captureTicks, out long videoSteps);
            bool isAudioKnown = _audioClock.TryGetPlayoutDelay(out long audioDelay, out long audioSteps);
            if (!isVideoKnown || (!isAudioKnown && !_knowsAudio))
                return false;

            if (isAudioKnown)
            {
                AcceptSteps_NeedsLock(audioSteps, videoSteps, readyTicks);
                Follow_NeedsLock(WithoutSteps_NeedsLock(audioDelay, audioSteps), readyTicks);
            }

            captureTicks -= videoSteps - _videoStepTicks;
            AddReadiness_NeedsLock(readyTicks - captureTicks);
            if (Math.Abs(readyTicks - GetDue_NeedsLock(captureTicks)) > MaxOffsetTicks)
                return false;
            _lastFrameAt = readyTicks;
            return true;
        }
    }

    /// <summary>The local time at which the sound of the same instant is heard.</summary>
    internal long GetDueTicks(long captureTicks)
    {
        lock (_lock)
            return GetDue_NeedsLock(captureTicks);
    }

    private long GetDue_NeedsLock(long captureTicks)
        => captureTicks + _audioDelayTicks + Volatile.Read(ref _deviceDelayTicks);

    /// <summary>
    /// A step of the sender's wall clock reaches the two streams with different reports. Until the second has it, both are
    /// read on the old scale, and where they agree in the end nothing has happened. A single stream's is none of the wall
    /// clock but a jump of its timestamps.
    /// </summary>
    private void AcceptSteps_NeedsLock(long audioSteps, long videoSteps, long now)
    {
        if (_knowsAudio)
        {
            long residual = videoSteps - _videoStepTicks - (audioSteps - _audioStepTicks);
            if (Math.Abs(residual) <= StepToleranceTicks)
            {
                _stepResidualTicks = residual;
                _steppedAt = null;
                return;
            }

            _steppedAt ??= now;
            if (now - _steppedAt < StepPatienceTicks)
                return;
        }

        _audioStepTicks = audioSteps;
        _videoStepTicks = videoSteps;
        _stepResidualTicks = 0;
        _steppedAt = null;
        _knowsAudio = false;
        _knowsVideo = false;
    }

    private long WithoutSteps_NeedsLock(long audioDelay, long audioSteps) => audioDelay + audioSteps - _audioStepTicks + _stepResidualTicks;

    private void Follow_NeedsLock(long delayTicks, long now)
    {
        long error = delayTicks - _audioDelayTicks;
        if (!_knowsAudio || Math.Abs(error) > JumpTicks)
        {
            _audioDelayTicks = delayTicks;
        }
        else
        {
            long elapsed = Math.Clamp(now - _followedAt, 0, FollowTicks);
            long most = elapsed / SlewDivisor;
            _audioDelayTicks += Math.Clamp(error * elapsed / FollowTicks, -most, most);
        }

        _knowsAudio = true;
        _followedAt = now;
    }

    private void AddReadiness_NeedsLock(long ticks)
    {
        long error = ticks - _readyTicks;
        if (!_knowsVideo || Math.Abs(error) > MaxOffsetTicks)
        {
            _knowsVideo = true;
            _readyTicks = ticks;
            _readyDeviationTicks = 0;
            return;
        }

        _readyTicks += error / ReadinessFrames;
        _readyDeviationTicks += (Math.Abs(error) - _readyDeviationTicks) / ReadinessFrames;
    }

    private void Update()
    {
        lock (_updateLock)
        {
            if (_isDisposed)
                return;
            long minimum = _audio.MinimumDelay.Ticks;
            long current = _audio.CurrentDelay.Ticks;
            long wanted = GetWantedAudioDelay(current);
            if (wanted > _ownMinimum.Ticks && Math.Abs(wanted - minimum) < MinAudioChangeTicks)
                return;

            // Below the present delay a minimum has no effect: the way up starts there.
            long from = Math.Max(minimum, Math.Min(current, wanted));
            long next = wanted > minimum
                ? Math.Min(wanted, from + MaxAudioChangeTicks)
                : Math.Max(wanted, minimum - MaxAudioChangeTicks);
            next = Math.Clamp(next, _ownMinimum.Ticks, Math.Max(_ownMinimum.Ticks, MaxAudioDelayMs * Ms));
            if (next != minimum)
                _audio.MinimumDelay = new TimeSpan(next);
        }
    }

    /// <summary>The delay with which the sound would be heard when most of its pictures are ready; filtered.</summary>
    private long GetWantedAudioDelay(long currentDelayTicks)
    {
        lock (_lock)
        {
            long now = VideoClock.LocalTicks(VideoClock.Time.GetTimestamp());
            if (_lastFrameAt == long.MinValue || now - _lastFrameAt > PauseTicks || !_knowsAudio)
            {
                _wantedTicks = null;
                return _ownMinimum.Ticks;
            }

            long audio = _audioClock.TryGetPlayoutDelay(out long delay, out long steps) ? WithoutSteps_NeedsLock(delay, steps) : _audioDelayTicks;
            long late = _readyTicks + _readyDeviationTicks - audio - Volatile.Read(ref _deviceDelayTicks);
            long wanted = currentDelayTicks + late;
            _wantedTicks = _wantedTicks is { } before ? before + ((wanted - before) / 2) : wanted;
            return Math.Max(_ownMinimum.Ticks, _wantedTicks.Value);
        }
    }
}
