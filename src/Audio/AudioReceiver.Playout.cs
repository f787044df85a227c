namespace RtcEnhance.Audio;

/// <content>The 10 ms step: decide, decode or conceal, extend.</content>
public sealed partial class AudioReceiver
{
    private static readonly TimeSpan BlockDuration = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Longer than the target a packet waits for its turn only where timestamps jumped or the pulls had stopped.
    /// </summary>
    private static readonly TimeSpan OverdueMargin = TimeSpan.FromMilliseconds(100);

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
    private bool _needsMerge;
    private bool _isDisposed;

    private void PlayBlock()
    {
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
            Execute(_codec, operation, isBuffering, ref tally);
            bool isConcealed = operation is PlayoutOperation.Expand or PlayoutOperation.Insert or PlayoutOperation.Merge;
            _codec.Output.Process(_codec.Block, isConcealed, _output);
            if (_fadingCodec is { } fading)
                FadeOut(fading);
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
        }
        else if (correction != DriftCorrection.None)
        {
            // Pending until it can be done.
            _correction = correction;
        }
    }

    private void Execute(CodecChain codec, PlayoutOperation operation, bool isBuffering, ref BlockTally tally)
    {
        var job = new ConcealmentJob { Output = codec.Block };
        int samples = OutputFormat.SamplesPerBlock;
        switch (operation)
        {
            case PlayoutOperation.Expand:
                Conceal(codec, ref job, ref tally);
                codec.ConcealInDecoder();
                int partial = PlayPartial(codec, leadsIn: !tally.StartsConcealment);
                tally.Received = samples * partial / codec.BlockLength;
                tally.Concealed = samples - tally.Received;
                if (!isBuffering)
                    Advance(codec.TicksPerBlock - codec.ToTicks(partial / codec.Format.Channels));
                break;

            case PlayoutOperation.Insert:
                Conceal(codec, ref job, ref tally);
                tally.Concealed = samples;
                tally.Inserted = samples;
                break;

            case PlayoutOperation.Merge:
                _sync.Take(codec.Received);
                job.Received = codec.Received;
                codec.Concealment.Process(ref job, Deadline.After(_time, BlockDuration));
                tally.Received = samples;
                _isConcealing = false;
                _needsMerge = false;
                break;

            case PlayoutOperation.Drop:
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

    private void Conceal(CodecChain codec, ref ConcealmentJob job, ref BlockTally tally)
    {
        StageRoute route = codec.Concealment.Process(ref job, Deadline.After(_time, BlockDuration));
        tally.IsClassical = route == StageRoute.Fallback;
        tally.StartsConcealment = !_isConcealing;
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
    private void FadeOut(CodecChain fading)
    {
        var job = new ConcealmentJob { Output = fading.Block };
        fading.Concealment.Process(ref job, Deadline.After(_time, BlockDuration));
        fading.Output.Process(fading.Block, isConcealed: true, _fadingOutput);
        LinearFade.Apply(_fadingOutput, _output, OutputFormat.Channels, _output);
        _fadingCodec = null;
    }

    /// <summary>Decodes until so many blocks wait or a packet is missing.</summary>
    private void Fill(int blocks, ref BlockTally tally)
    {
        while (_codec is null || _sync.Length < blocks * _codec.BlockLength)
        {
            PacketBuffer.Entry head;
            long lateTicks;
            lock (_lock)
            {
                if (_isBuffering || !_buffer.TryPeek(out head))
                    return;
                lateTicks = _nextTimestamp - head.Timestamp;
                if (lateTicks >= 0 && head.Packet.PayloadType == _codec?.PayloadType)
                    _buffer.RemoveFirst();
            }

            if (_codec is not { } codec || codec.PayloadType != head.Packet.PayloadType)
            {
                if (!TrySwitch(head, lateTicks, ref tally))
                    return;
            }
            else if (lateTicks >= 0)
            {
                Decode(codec, head, lateTicks, ref tally);
            }
            else if (!TryBridge(codec, head, -lateTicks, ref tally))
            {
                return;
            }
        }
    }

    private void Decode(CodecChain codec, in PacketBuffer.Entry packet, long lateTicks, ref BlockTally tally)
    {
        _lastSequence = packet.Sequence;
        ReadOnlySpan<float> samples = codec.Decode(packet.Packet.Payload.Span);
        if (samples.IsEmpty)
        {
            tally.Undecodable++;
            return;
        }

        // A packet that came while its place was being concealed: what is left of it is played.
        int channels = codec.Format.Channels;
        int played = (int)Math.Min(samples.Length, codec.ToSamples(lateTicks) * channels);
        if (played == samples.Length)
        {
            tally.Late++;
            return;
        }

        codec.LastPacketTicks = codec.ToTicks(samples.Length / channels);
        MoveTo(codec, packet.Timestamp + codec.LastPacketTicks);
        Emit(codec, packet, samples[played..], ref tally);
    }

    /// <summary>Gets over a gap before <paramref name="next"/>, where it need not be concealed (any further).</summary>
    private bool TryBridge(CodecChain codec, in PacketBuffer.Entry next, long gap, ref BlockTally tally)
    {
        // In sequence there is no packet to recover: the sender paused.
        if (gap <= codec.LastPacketTicks && next.Sequence != _lastSequence + 1)
        {
            ReadOnlySpan<float> samples = codec.DecodeFec(next.Packet.Payload.Span);
            int due = (int)codec.ToSamples(gap) * codec.Format.Channels;
            if (samples.Length >= due)
            {
                tally.FecPackets++;
                MoveTo(codec, next.Timestamp);
                Emit(codec, next, samples[^due..], ref tally);
                return true;
            }
        }

        if (_sync.Length > 0 || !IsOverdue(next))
            return false;
        _needsMerge = true;
        MoveTo(codec, next.Timestamp);
        return true;
    }

    private void Emit(CodecChain codec, in PacketBuffer.Entry packet, ReadOnlySpan<float> samples, ref BlockTally tally)
    {
        _sync.Append(samples);
        double waited = _time.GetElapsedTime(packet.Packet.ArrivalTimestamp, _time.GetTimestamp()).TotalSeconds;
        int emitted = samples.Length / codec.Format.Channels * OutputFormat.SampleRateHz / codec.Format.SampleRateHz;
        tally.Emitted += emitted;
        tally.DelaySeconds += Math.Max(0, waited) * emitted;
    }

    /// <summary>Goes over to the payload type of <paramref name="next"/>, once it is its turn and the old type's samples are played.</summary>
    private bool TrySwitch(in PacketBuffer.Entry next, long lateTicks, ref BlockTally tally)
    {
        if (_sync.Length > 0 || (lateTicks < 0 && next.Sequence != _lastSequence + 1 && !IsOverdue(next)))
            return false;
        if (Make(next.Packet.PayloadType) is not { } codec)
        {
            tally.Undecodable++;
            lock (_lock)
            {
                if (_buffer.TryPeek(out PacketBuffer.Entry head) && head.Sequence == next.Sequence)
                    _buffer.RemoveFirst();
            }

            return true;
        }

        _fadingCodec = _hasPlayed ? _codec : null;
        _isConcealing = false;
        _needsMerge = false;
        codec.Reset();
        Volatile.Write(ref _codec, codec);
        MoveTo(codec, next.Timestamp);
        _options.Observer?.NotifyFormatChanged("audio", codec.ToString());
        return true;
    }

    private bool IsOverdue(in PacketBuffer.Entry packet) =>
        _time.GetElapsedTime(packet.Packet.ArrivalTimestamp, _time.GetTimestamp()) > _options.Enhancement.TargetPlayoutDelay + OverdueMargin;

    /// <summary>The chain of a payload type, made where it was not yet; null where its decoder cannot be made.</summary>
    private CodecChain? Make(byte payloadType)
    {
        if (_clockRates[payloadType] != 0)
            return _codecs[payloadType];

        CodecChain? codec = null;
        try
        {
            codec = new CodecChain(payloadType, _factories[payloadType]!(), _options);
        }
        catch (Exception exception)
        {
            _options.Observer?.NotifyDecoderFaulted($"payload type {payloadType}", exception);
        }

        _codecs[payloadType] = codec;
        lock (_lock)
            _clockRates[payloadType] = codec?.ClockRateHz ?? -1;
        return codec;
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
            _stats.PacketsDiscarded += tally.Late;
            _stats.JitterBufferDelay += tally.DelaySeconds;
            _stats.JitterBufferTargetDelay += tally.Emitted * _delay.TargetMs / 1000.0;
            _stats.JitterBufferEmittedCount += tally.Emitted;
            _stats.TotalAudioEnergy += energy / _output.Length * BlockDuration.TotalSeconds;
            _stats.TotalSamplesDuration += BlockDuration.TotalSeconds;
        }
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
