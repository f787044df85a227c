namespace RtcEnhance.Audio;

/// <content>The 10 ms step: decide, decode or conceal, extend.</content>
public sealed partial class AudioReceiver
{
    private static readonly TimeSpan BlockDuration = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Longer than the target a packet waits for its turn only where timestamps jumped or the pulls had stopped.
    /// </summary>
    private static readonly TimeSpan OverdueMargin = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Blocks of one loss over which a decoder's state is carried: codecs have faded to silence by then, and the work
    /// would go on for as long as a call is held.
    /// </summary>
    private const int MaxDecoderConcealment = 10;

    private readonly CodecChain?[] _codecs = new CodecChain?[256];
    private readonly SyncBuffer _sync = new(2 * 48 * 120 * 2);
    private readonly float[] _output;
    private readonly float[] _fadingOutput;
    private CodecChain? _codec;
    private CodecChain? _fadingCodec;
    private int _outputLeft;
    private int _playedGeneration;
    private long _lastSequence;
    private bool _hasPlayed;
    private bool _isConcealing;
    private long _concealedBlocks;
    private bool _needsMerge;
    private bool _isDisposed;

    private void PlayBlock()
    {
        // One for all stages of the block: what the decoder or one stage takes, the next does not have.
        Deadline deadline = Deadline.After(_time, BlockDuration);
        DriftCorrection correction;
        bool isBuffering;
        bool isNewStream;
        bool starts = false;
        int unmade = -1;
        lock (_lock)
        {
            if (_isBuffering && _buffer.TryPeek(out PacketBuffer.Entry head))
            {
                int clockRateHz = _clockRates[head.Packet.PayloadType];
                starts = --_blocksUntilPlayout <= 0 && clockRateHz != 0;
                if (starts)
                    StartPlayout_NeedsLock(Math.Max(clockRateHz, 1000));
                if (clockRateHz == 0)
                    unmade = head.Packet.PayloadType;
            }

            if (!_isBuffering)
                Correct_NeedsLock();
            isBuffering = _isBuffering;
            correction = _correction;
            isNewStream = _generation != _playedGeneration;
            _playedGeneration = _generation;
        }

        if (unmade >= 0)
            Make((byte)unmade);
        if (isNewStream)
            _codec?.ResetDecoder();
        if (isNewStream || starts)
        {
            _sync.Clear();
            _needsMerge = _hasPlayed;
        }

        BlockTally tally = default;
        if (!isBuffering)
            Fill(correction == DriftCorrection.DropBlock ? 2 : 1, ref tally);

        if (_codec is null || (isBuffering && !_hasPlayed))
        {
            _output.AsSpan().Clear();
            tally.Silence = OutputFormat.SamplesPerBlock;
        }
        else
        {
            PlayoutOperation operation = PlayoutPolicy.Decide(new PlayoutState
            {
                HasPlayed = _hasPlayed,
                IsBuffering = isBuffering,
                HasBlock = _sync.Length >= _codec.BlockLength,
                HasTwoBlocks = _sync.Length >= 2 * _codec.BlockLength,
                NeedsMerge = _needsMerge,
                Correction = correction,
            });
            Execute(_codec, operation, isBuffering, deadline, ref tally);
            bool isConcealed = operation is PlayoutOperation.Expand or PlayoutOperation.PreemptiveExpand or PlayoutOperation.Merge;
            _codec.Output.Process(_codec.Block, isConcealed, _output, deadline);
            if (_fadingCodec is { } fading)
                FadeOut(fading, deadline);
            _hasPlayed = true;
        }

        Commit(tally);
    }

    private void Correct_NeedsLock()
    {
        DriftCorrection correction = _delay.OnBlock();
        if (correction == DriftCorrection.Restart)
        {
            StartBuffering_NeedsLock();
            _blocksUntilPlayout = 1;
            _trimsToTarget = true;
        }
        else if (correction != DriftCorrection.None)
        {
            // Pending until it can be done.
            _correction = correction;
        }
    }

    private void Execute(CodecChain codec, PlayoutOperation operation, bool isBuffering, Deadline deadline, ref BlockTally tally)
    {
        var job = new ConcealmentJob { Output = codec.Block };
        int samples = OutputFormat.SamplesPerBlock;
        switch (operation)
        {
            case PlayoutOperation.Expand:
                Conceal(codec, ref job, deadline, ref tally);
                if (_concealedBlocks <= MaxDecoderConcealment)
                    codec.ConcealInDecoder();
                int partial = PlayPartial(codec, leadsIn: !tally.StartsConcealment);
                tally.Received = samples * partial / codec.BlockLength;
                tally.Concealed = samples - tally.Received;
                if (!isBuffering)
                    Advance(codec.TicksPerBlock - codec.ToTicks(partial / codec.Format.Channels));
                break;

            case PlayoutOperation.PreemptiveExpand:
                Conceal(codec, ref job, deadline, ref tally);
                tally.Concealed = samples;
                tally.Inserted = samples;
                break;

            case PlayoutOperation.Merge:
                _sync.Take(codec.Received);
                job.Received = codec.Received;
                codec.Concealment.Process(ref job, deadline);
                tally.Received = samples;
                _isConcealing = false;
                _needsMerge = false;
                break;

            case PlayoutOperation.Accelerate:
                _sync.Take(codec.Block);
                _sync.Take(codec.Received);
                LinearFade.Apply(codec.Block, codec.Received, codec.Format.Channels, codec.Block);
                codec.Concealment.Observe(job);
                tally.Received = samples;
                tally.Removed = samples;
                break;

            default:
                _sync.Take(codec.Block);
                codec.Concealment.Observe(job);
                tally.Received = samples;
                break;
        }
    }

    private void Conceal(CodecChain codec, ref ConcealmentJob job, Deadline deadline, ref BlockTally tally)
    {
        StageRoute route = codec.Concealment.Process(ref job, deadline);
        tally.IsClassical = route == StageRoute.Fallback;
        tally.StartsConcealment = !_isConcealing;
        _concealedBlocks = _isConcealing ? _concealedBlocks + 1 : 1;
        _isConcealing = true;
        _needsMerge = true;
    }

    /// <summary>
    /// Plays received samples that do not fill a block, at its start, and fades from them into the concealment; where
    /// one was running already, also out of it. Only packets whose length is not a multiple of 10 ms leave some.
    /// </summary>
    private int PlayPartial(CodecChain codec, bool leadsIn)
    {
        int count = _sync.Length;
        if (count == 0)
            return 0;
        Span<float> received = codec.Received.AsSpan(0, count);
        _sync.Take(received);
        int channels = codec.Format.Channels;
        int fade = Math.Min(count / 2, codec.BlockLength / 5) / channels * channels;
        int start = leadsIn ? fade : 0;
        Span<float> block = codec.Block.AsSpan(0, count);
        LinearFade.Apply(block[..start], received[..start], channels, block[..start]);
        received[start..^fade].CopyTo(block[start..]);
        LinearFade.Apply(received[^fade..], block[^fade..], channels, block[^fade..]);
        return count;
    }

    /// <summary>The first block of another codec: the one before it goes on for this block and fades out under it.</summary>
    private void FadeOut(CodecChain fading, Deadline deadline)
    {
        var job = new ConcealmentJob { Output = fading.Block };
        fading.Concealment.Process(ref job, deadline);
        fading.Output.Process(fading.Block, isConcealed: true, _fadingOutput, deadline);
        LinearFade.Apply(_fadingOutput, _output, OutputFormat.Channels, _output);
        _fadingCodec = null;
    }

    private void Advance(long ticks)
    {
        lock (_lock)
            _nextTimestamp += ticks;
    }

    private void MoveTo(CodecChain codec, long timestamp)
    {
        lock (_lock)
        {
            _nextTimestamp = timestamp;
            _lastPacketTicks = codec.LastPacketTicks;
            _playingPayloadType = codec.PayloadType;
        }
    }

    private void Commit(in BlockTally tally)
    {
        int samples = OutputFormat.SamplesPerBlock;
        double energy = 0;
        float peak = 0;
        foreach (ref float sample in _output.AsSpan())
        {
            // Resampled full scale overshoots; a primary's fault must not reach the device as one that is not a number.
            float magnitude = Math.Abs(sample);
            if (!(magnitude <= 1))
                sample = magnitude > 1 ? Math.Sign(sample) : 0;
            energy += sample * sample;
            peak = Math.Max(peak, Math.Abs(sample));
        }

        // Half a step of a 16-bit device: nothing is heard below it.
        bool isSilent = peak < 1f / 65536;
        if (tally.Concealed > 0)
            RtcEnhanceMeter.AddConcealedSamples(tally.Concealed);
        int discarded;
        lock (_lock)
        {
            _waitingTicks = _codec is { } codec ? codec.ToTicks(_sync.Length / codec.Format.Channels) : 0;
            if (tally.Inserted + tally.Removed > 0)
                _correction = DriftCorrection.None;
            _stats.TotalSamplesReceived += samples;
            _stats.ReceivedSamples += tally.Received;
            _stats.ConcealedSamples += tally.Concealed;
            _stats.SilentConcealedSamples += isSilent ? tally.Concealed : 0;
            _stats.ClassicallyConcealedSamples += tally.IsClassical ? tally.Concealed : 0;
            _stats.SilenceSamples += tally.Silence;
            _stats.ConcealmentEvents += tally.StartsConcealment ? 1 : 0;
            _stats.InsertedSamplesForDeceleration += tally.Inserted;
            _stats.RemovedSamplesForAcceleration += tally.Removed;
            _stats.FecPacketsReceived += tally.FecPackets;
            _stats.UndecodablePackets += tally.Undecodable;
            _stats.LatePackets += tally.Late;
            Discard_NeedsLock(tally.Late);
            discarded = TakeDiscarded_NeedsLock();
            _stats.JitterBufferDelay += tally.DelaySeconds;
            _stats.JitterBufferTargetDelay += tally.Emitted * _delay.TargetMs / 1000.0;
            _stats.JitterBufferEmittedCount += tally.Emitted;
            _stats.TotalAudioEnergy += energy / _output.Length * BlockDuration.TotalSeconds;
            _stats.TotalSamplesDuration += BlockDuration.TotalSeconds;
        }

        TellDiscarded(discarded);
    }

    /// <summary>What one block adds to the statistics.</summary>
    private struct BlockTally
    {
        public int Received;
        public int Concealed;
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
