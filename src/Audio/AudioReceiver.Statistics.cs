namespace RtcEnhance.Audio;

/// <content>What every block adds to the statistics, and who is told of it.</content>
public sealed partial class AudioReceiver
{
    /// <summary>A concealment of 150 ms is an interruption (NetEq's measure).</summary>
    private const int InterruptionBlocks = 15;

    private int _interruptedBlocks;
    private long _playedTimestamp;
    private long _standingBlocks;
    private bool _isLogFaulty;

    private void Commit(in BlockTally tally, int before)
    {
        int samples = OutputFormat.SamplesPerBlock;
        (double energy, float peak) = Limit(_output);

        // Half a step of a 16-bit device: nothing is heard below it.
        bool isSilent = peak < 1f / 65536;
        if (tally.Concealed > 0)
            RtcEnhanceMeter.AddConcealedSamples(tally.Concealed);
        _interruptedBlocks = tally.Concealed > 0 ? Math.Min(_interruptedBlocks, InterruptionBlocks) + 1 : 0;
        int interruptedBlocks = _interruptedBlocks == InterruptionBlocks ? InterruptionBlocks : _interruptedBlocks > InterruptionBlocks ? 1 : 0;
        int discarded;
        PlayoutStep step;
        bool isCurrent;
        lock (_lock)
        {
            isCurrent = _codec is not null && _pause != Pause.Start && IsPlayed_NeedsLock;
            ref InboundAudioStats stats = ref _intake.Stats;
            stats.TotalSamplesReceived += samples;
            stats.ReceivedSamples += samples - tally.Concealed - tally.Stretched - tally.ComfortNoise - tally.Silence;
            stats.ConcealedSamples += tally.Concealed;
            stats.StretchedSamples += tally.Stretched;
            stats.ComfortNoiseSamples += tally.ComfortNoise;
            stats.SilenceSamples += tally.Silence;
            stats.SilentConcealedSamples += isSilent ? tally.Concealed : 0;
            stats.ClassicallyConcealedSamples += tally.IsClassical ? tally.Concealed : 0;
            stats.ConcealmentEvents += tally.StartsConcealment ? 1 : 0;
            stats.InterruptionCount += _interruptedBlocks == InterruptionBlocks ? 1 : 0;
            stats.TotalInterruptionDuration += interruptedBlocks * BlockDuration.TotalSeconds;
            stats.InsertedSamplesForDeceleration += tally.Inserted;
            stats.RemovedSamplesForAcceleration += tally.Removed;
            stats.FecPacketsReceived += tally.FecPackets;
            stats.AudioLevel = peak;
            stats.UndecodablePackets += tally.Undecodable;
            stats.LatePackets += tally.Late;
            _intake.Discard(tally.Late);
            discarded = _intake.TakeUntoldDiscards();
            stats.JitterBufferDelay += tally.DelaySeconds;
            stats.JitterBufferTargetDelay += tally.Emitted * _targetMs / 1000.0;
            stats.JitterBufferMinimumDelay += tally.Emitted * _intake.Delay.WantedMs / 1000.0;
            stats.JitterBufferEmittedCount += tally.Emitted;
            stats.TotalAudioEnergy += energy / _output.Length * BlockDuration.TotalSeconds;
            stats.TotalSamplesDuration += BlockDuration.TotalSeconds;
            long pendingFrames = _codec is null ? 0 : _sync.Frames;
            long pendingMs = _codec is null ? 0 : pendingFrames * 1000 / _codec.Format.SampleRateHz;
            long delayMs = _hasPlayed ? Math.Max(0, _intake.Delay.GetDelayMs(_block + 1, _nextMs - pendingMs)) : 0;
            stats.CurrentDelay = TimeSpan.FromMilliseconds(delayMs);
            long playedTimestamp = _codec is null ? 0 : _nextTimestamp - _codec.ToTicks((int)pendingFrames);
            if (isCurrent)
            {
                // While nothing is decoded the place in the stream stands still, and time goes on.
                _standingBlocks = playedTimestamp == _playedTimestamp ? _standingBlocks + 1 : 0;
                _playedTimestamp = playedTimestamp;
                _intake.OnDecoded(_nextTimestamp);
            }

            _intake.OnPlayed(playedTimestamp + (_standingBlocks * (_codec?.TicksPerBlock ?? 0)), isCurrent ? _codec!.ClockRateHz : 0);
            step = new PlayoutStep
            {
                Operation = tally.Operation,
                RtpTimestamp = (uint)playedTimestamp,
                StretchedSamples = tally.StretchedFrames,
                WaitingPackets = _intake.Buffer.Count,
                DelayMs = (int)Math.Min(delayMs, int.MaxValue),
                TargetMs = _targetMs,
            };
        }

        TellDiscarded(discarded);
        if (isCurrent && tally.Operation is PlayoutOperation.Normal or PlayoutOperation.Accelerate or PlayoutOperation.PreemptiveExpand)
            ReportPlayout(step.RtpTimestamp - (uint)_codec!.TicksPerBlock, before);
        if (_options.PlayoutLog is { } log)
            Tell(log, step);
    }

    /// <summary>
    /// Keeps the output within full scale, which resampling may exceed, and a primary's fault, a sample that is not a
    /// number, from the device.
    /// </summary>
    private static (double Energy, float Peak) Limit(Span<float> output)
    {
        double energy = 0;
        float peak = 0;
        foreach (ref float sample in output)
        {
            float magnitude = Math.Abs(sample);
            if (!(magnitude <= 1))
                sample = magnitude > 1 ? Math.Sign(sample) : 0;
            energy += sample * sample;
            peak = Math.Max(peak, Math.Abs(sample));
        }

        return (energy, peak);
    }

    private void ReportPlayout(uint rtpTimestamp, int before)
    {
        long later = (long)before / OutputFormat.Channels * _time.TimestampFrequency / OutputFormat.SampleRateHz;
        PlayoutClock.ReportPlayout(rtpTimestamp, _time.GetTimestamp() + later);
    }

    // Told once: a log that throws does so on every block.
    private void Tell(IPlayoutLog log, in PlayoutStep step)
    {
        try
        {
            log.OnBlock(step);
        }
        catch (Exception exception)
        {
            if (!_isLogFaulty)
                _options.Observer?.NotifyCallbackFaulted("IPlayoutLog.OnBlock", exception);
            _isLogFaulty = true;
        }
    }

    /// <summary>What one block adds to the statistics, in samples of the output.</summary>
    private struct BlockTally
    {
        public PlayoutOperation Operation;
        public int StretchedFrames;
        public int Concealed;
        public int Stretched;
        public int ComfortNoise;
        public int Silence;
        public int Inserted;
        public int Removed;
        public int FecPackets;
        public int Undecodable;
        public int Late;
        public long Emitted;
        public double DelaySeconds;
        public bool IsClassical;
        public bool StartsConcealment;
    }
}
