namespace RtcEnhance.Video;

/// <summary>Holding frames until their sound is heard: before they are enlarged, while they are small.</summary>
public sealed partial class VideoEnhancer
{
    /// <summary>Frames that the time from a frame's turn to the sink is averaged over.</summary>
    private const int LeadFrames = 8;

    private static readonly TimeSpan MaxLead = TimeSpan.FromMilliseconds(100);

    // Below: under the submit lock.
    private readonly HeldFrame[] _held;
    private int _heldHead;
    private int _heldCount;
    private bool _isClosed;
    private ITimer? _holdTimer;

    private LipSync? _lipSync;
    private long _leadTicks;

    /// <summary>
    /// Shows each frame when the sound of its instant is heard; a frame without a timestamp, or while no sync is known,
    /// as soon as it is ready. May be set at any time; null lets the frames that wait go.
    /// </summary>
    /// <value>Default null: every frame is shown as soon as it is ready.</value>
    public LipSync? LipSync
    {
        get => Volatile.Read(ref _lipSync);
        set
        {
            int dropped;
            lock (_submitLock)
            {
                Volatile.Write(ref _lipSync, value);
                if (value is not null && _worker is not null && !_isClosed)
                    _holdTimer ??= _time.CreateTimer(static state => ((VideoEnhancer)state!).OnHoldTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                dropped = ReleaseDue_NeedsLock(_time.GetTimestamp());
            }

            TellDropped(dropped);
        }
    }

    private void OnHoldTimer()
    {
        int dropped;
        lock (_submitLock)
            dropped = ReleaseDue_NeedsLock(_time.GetTimestamp());
        TellDropped(dropped);
    }

    private int Hold_NeedsLock(LipSync? sync, in PendingFrame pending, long now)
    {
        bool isTimed = false;
        long captureTicks = 0;
        if (sync is not null && pending.Frame.RtpTimestamp is { } rtpTimestamp)
            isTimed = sync.OnFrame(rtpTimestamp, LocalTicks(now) + Volatile.Read(ref _leadTicks), out captureTicks);

        int dropped = 0;
        if (_heldCount == _held.Length || (_heldCount > 0 && pending.Frame.PoolIsNearlyEmpty))
        {
            _counters.OnReleasedEarly();
            dropped += ReleaseFirst_NeedsLock(now);
        }

        _held[(_heldHead + _heldCount) % _held.Length] = new HeldFrame(pending, isTimed, captureTicks);
        _heldCount++;
        return dropped + ReleaseDue_NeedsLock(now);
    }

    /// <summary>Lets go, in order, of the frames whose time has come; tells how many a newer one replaced.</summary>
    private int ReleaseDue_NeedsLock(long now)
    {
        int dropped = 0;
        while (_heldCount > 0)
        {
            long waitTicks = GetWaitTicks_NeedsLock(_held[_heldHead], now);
            if (waitTicks > 0)
            {
                // A timer counts whole milliseconds.
                _holdTimer?.Change(TimeSpan.FromMilliseconds((waitTicks / TimeSpan.TicksPerMillisecond) + 1), Timeout.InfiniteTimeSpan);
                break;
            }

            dropped += ReleaseFirst_NeedsLock(now);
        }

        return dropped;
    }

    private long GetWaitTicks_NeedsLock(in HeldFrame held, long now)
    {
        if (_lipSync is not { } sync || !held.IsTimed)
            return 0;
        long wait = sync.GetDueTicks(held.CaptureTicks) - Volatile.Read(ref _leadTicks) - LocalTicks(now);
        return wait <= RtcEnhance.LipSync.MaxOffsetTicks ? wait : 0;
    }

    private int ReleaseFirst_NeedsLock(long now)
    {
        PendingFrame pending = _held[_heldHead].Pending;
        _held[_heldHead] = default;
        _heldHead = (_heldHead + 1) % _held.Length;
        _heldCount--;
        if (now > pending.SubmittedAt)
            _counters.OnHeld(pending.SubmittedAt, now);
        return _slot.Put(pending.After(now, GetDeadline(now, pending.Budget))) == PutResult.Stored ? 0 : 1;
    }

    private int DropHeld_NeedsLock()
    {
        int dropped = _heldCount;
        for (; _heldCount > 0; _heldCount--)
        {
            _held[_heldHead].Pending.Dispose();
            _held[_heldHead] = default;
            _heldHead = (_heldHead + 1) % _held.Length;
        }

        return dropped;
    }

    /// <summary>Runs the meter's listeners: the application's code, hence never under a lock.</summary>
    private void TellDropped(int frames)
    {
        for (; frames > 0; frames--)
            _counters.OnDropped();
    }

    private void OnShown(VideoFrame frame, long releasedAt, long now)
    {
        if (LipSync is not { } sync || frame.RtpTimestamp is not { } rtpTimestamp)
            return;
        long taken = Math.Min(_time.GetElapsedTime(releasedAt, now).Ticks, MaxLead.Ticks);
        Volatile.Write(ref _leadTicks, _leadTicks + ((taken - _leadTicks) / LeadFrames));
        sync.VideoClock.ReportPlayout(rtpTimestamp, now);
    }

    private long LocalTicks(long timestamp) => _time.GetElapsedTime(0, timestamp).Ticks;
}
