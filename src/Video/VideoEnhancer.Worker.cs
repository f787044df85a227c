namespace RtcEnhance.Video;

/// <summary>The per-frame step: take, enlarge, deliver.</summary>
public sealed partial class VideoEnhancer
{
    private bool _droppedLast;
    private bool _toldTooLarge;

    private void Run()
    {
        UpscalerWarmUp.RunLastStep();
        while (_slot.Take(out PendingFrame pending))
            Process(pending);
        _ladder.Dispose();
    }

    private void Process(in PendingFrame pending)
    {
        VideoFrame output;
        UpscaleOutcome outcome;
        try
        {
            output = Enlarge(pending, out outcome);
        }
        catch (Exception exception)
        {
            // A host that disposed a frame which it had submitted: its error must not take its process down.
            pending.Dispose();
            _counters.OnDropped();
            _observer?.NotifyStageFaulted(StageName, exception);
            return;
        }

        if (IsStale(pending))
        {
            _droppedLast = true;
            output.Dispose();
            _counters.OnDropped();
        }
        else
        {
            _droppedLast = false;
            Deliver(output, outcome, pending.SubmittedAt);
            if (outcome.Origin != FrameOrigin.PassedThrough)
                Rehearse(pending);
        }

        if (outcome.Origin != FrameOrigin.PassedThrough)
            pending.Dispose();
    }

    // The time until the next frame is nobody's: a step that is out of use, or was not in use yet, is tried there, where it
    // makes no frame late.
    private void Rehearse(in PendingFrame pending)
    {
        VideoFrame source = pending.Frame;
        if (!_ladder.HasTrials || _slot.IsFull || _isClosed || !pending.IsOwned || _pool.Rented == _pool.Capacity)
            return;
        using VideoFrame? target = RentTarget(source);
        if (target is null)
            return;
        var job = new SuperResolutionJob { Source = source, Target = target, Deadline = GetDeadline(_time.GetTimestamp(), pending.Budget) };
        _ladder.Rehearse(ref job);
    }

    // The frame that comes back is the source itself or a new one beside it.
    private VideoFrame Enlarge(in PendingFrame pending, out UpscaleOutcome outcome)
    {
        VideoFrame source = pending.Frame;
        outcome = UpscaleOutcome.PassedThrough;
        bool isTooLarge = IsTooLarge(source.Width, source.Height);
        TellTooLarge(isTooLarge);
        if (isTooLarge || _ladder.NeverEnlarges)
        {
            _counters.OnProcessed(isTooLarge ? ReasonCode.InputTooLarge : _ladder.LastReason, pending.Deadline.HasPassed, 0, false);
            return source;
        }

        VideoFrame? target = RentTarget(source);
        if (target is null)
        {
            _counters.OnProcessed(ReasonCode.Overload, pending.Deadline.HasPassed, 0, poolWasExhausted: true);
            return source;
        }

        target.CopyFactsFrom(source);
        var job = new SuperResolutionJob { Source = source, Target = target, Deadline = pending.Deadline };
        if (_scheduled is not null)
            _ladder.Limit = _scheduled.Limit;
        long begun = _time.GetTimestamp();
        try
        {
            outcome = _ladder.Process(ref job, pending.Budget);
        }
        catch (Exception)
        {
            target.Dispose();
            throw;
        }

        _scheduled?.OnFrame(outcome.Step, target.Width * target.Height, outcome.Cost, _time.GetElapsedTime(begun), pending.Interval);
        _counters.OnProcessed(_ladder.LastReason, pending.Deadline.HasPassed, job.RowsFinishedByFallback, false);
        if (outcome.Origin == FrameOrigin.PassedThrough)
        {
            target.Dispose();
            return pending.IsOwned ? source : throw new ObjectDisposedException(nameof(VideoFrame), "The picture was given back to its pool after it was submitted.");
        }

        target.UpscaledBy = outcome.Method;
        return target;
    }

    private VideoFrame? RentTarget(VideoFrame source)
        => _pool.Rent((int)Math.Round(source.Width * _scale), (int)Math.Round(source.Height * _scale), source.Layout);

    private bool IsTooLarge(int width, int height)
        => (long)width * height > _maxInputPixels
            || Math.Max(width, height) * _scale > VideoFramePool.MaxDimension;

    private void TellTooLarge(bool isTooLarge)
    {
        if (isTooLarge == _toldTooLarge)
            return;
        _toldTooLarge = isTooLarge;
        if (isTooLarge)
            _observer?.NotifyFallbackEngaged(StageName, ReasonCode.InputTooLarge);
        else
            _observer?.NotifyFallbackReleased(StageName);
    }

    // Worth less than the newer frame that already waits: more than a frame interval late. Never two in a row, or a
    // machine that is always late would show nothing.
    private bool IsStale(in PendingFrame pending)
        => !_droppedLast
            && _slot.IsFull
            && -pending.Deadline.Remaining() > (pending.Interval > TimeSpan.Zero ? pending.Interval : pending.Budget);

    private void Deliver(VideoFrame frame, in UpscaleOutcome outcome, long submittedAt)
    {
        int generation = frame.Generation;
        long now = _time.GetTimestamp();
        _counters.OnRendered(frame, outcome, submittedAt, now);
        OnShown(frame, submittedAt, now);
        try
        {
            _sink.OnFrame(frame);
        }
        catch (Exception exception)
        {
            // Taken back, unless the sink had disposed it: by now it may be someone else's.
            if (frame.Generation == generation)
                frame.Dispose();
            _counters.OnSinkFault();
            _observer?.NotifyCallbackFaulted("IVideoFrameSink.OnFrame", exception);
        }
    }
}
