namespace RtcEnhance.Audio;

/// <content>From waiting packets to decoded samples: gaps, redundancy, pauses, changes of codec.</content>
public sealed partial class AudioReceiver
{
    /// <summary>
    /// At most so much of what comes late is left out because its time was concealed already: more would be heard as a
    /// missing sound.
    /// </summary>
    private const int MaxOverlapMs = 20;

    /// <summary>
    /// With this much more than the target in the buffer after an outage, or at a stream's start, it is not played but
    /// skipped: stretching would take too long.
    /// </summary>
    private const int SkipMs = 400;
    private const int SkipAtStartMs = 40;

    private readonly Func<IAudioDecoder>?[] _factories = new Func<IAudioDecoder>?[256];
    private readonly CodecChain?[] _codecs = new CodecChain?[256];
    private readonly bool[] _isMade = new bool[256];

    /// <summary>Where the decoded samples end, in the codec's RTP clock.</summary>
    private long _nextTimestamp;

    /// <summary>The same on the stream's time line.</summary>
    private long _nextMs;

    /// <summary>What was concealed since then.</summary>
    private long _concealedFrames;

    /// <summary>Whether a packet before the next one came but is not played: it could not be decoded, or was skipped.</summary>
    private bool _hasHole;

    /// <summary>Decodes until so many blocks wait, or the next packet is missing or not due.</summary>
    private void Fill(int blocks, ref BlockTally tally)
    {
        while (_codec is null || _sync.Frames < blocks * _codec.Format.SamplesPerBlock)
        {
            if (!TryGetHead(out PacketBuffer.Entry head, out HeadState state))
                return;
            if (head.MediaMs == PacketBuffer.Entry.UnknownMediaMs)
            {
                if (Make(head.Packet.PayloadType) is null && TryTake(head))
                {
                    tally.Undecodable++;
                    _hasHole = true;
                }

                continue;
            }

            // Beyond the first block only what follows without a question.
            bool isNext = state.GapFrames <= 0 && _codec?.PayloadType == head.Packet.PayloadType && !head.IsComfortNoise;
            if (blocks > 1 && !isNext)
                return;
            if (TryRecover(head, state, ref tally))
                continue;
            if (!PlayoutPolicy.IsDue(state))
            {
                if (_pause == Pause.None && state.IsContiguous && state.GapFrames > 0)
                    _pause = Pause.Unsaid;
                return;
            }

            bool isSwitch = !head.IsComfortNoise && _codec?.PayloadType != head.Packet.PayloadType;
            if (isSwitch && _sync.Frames > 0)
                return;
            if (!TryTake(head))
                continue;
            if (head.IsComfortNoise)
                BeginNoise(head);
            else
                Decode(head, state, ref tally);
        }
    }

    /// <summary>The packet whose turn is next, and how it stands; false where there is none.</summary>
    private bool TryGetHead(out PacketBuffer.Entry head, out HeadState state)
    {
        state = default;
        int blockFrames = _codec?.Format.SamplesPerBlock ?? 480;
        lock (_lock)
        {
            PacketBuffer buffer = _intake.Buffer;
            if (!buffer.TryPeek(out head))
            {
                if (_pause == Pause.None && _hasPlayed && _intake.IsSilenceKnown)
                    _pause = Pause.Unsaid;
                return false;
            }

            if (!IsPlayed_NeedsLock)
                return false;
            if (head.MediaMs == PacketBuffer.Entry.UnknownMediaMs)
                return true;
            Skip_NeedsLock(ref head);
            long gapMs = head.MediaMs - _nextMs;
            long delayMs = _intake.Delay.GetDelayMs(_block, head.MediaMs);
            state = new HeadState
            {
                IsPaused = _pause != Pause.None || _codec is null,
                IsContiguous = !_hasHole && _intake.HasAllBetween(_intake.LastTaken, head.Sequence),
                GapFrames = GapFrames(head, gapMs, blockFrames),
                ConcealedFrames = _concealedFrames,
                ShortfallMs = _intake.Delay.IsFixed ? 0 : PlayoutPolicy.GapToleranceMs,
                HasNext = buffer.Count > 1,
                BlockFrames = blockFrames,
                DelayMs = delayMs,
                SpareMs = delayMs - _intake.Delay.RecentLeastMs,
                TargetMs = _targetMs,
            };
            return true;
        }
    }

    /// <summary>Exactly, by the timestamps, where those tell the same as the time line; it does not follow their jumps.</summary>
    private long GapFrames(in PacketBuffer.Entry head, long gapMs, int blockFrames)
    {
        if (_codec is { } codec && head.Packet.PayloadType == codec.PayloadType)
        {
            long frames = codec.ToSamples(head.Timestamp - _nextTimestamp);
            if (Math.Abs((frames * 10 / blockFrames) - gapMs) <= 10)
                return frames;
        }

        return gapMs * blockFrames / 10;
    }

    /// <summary>Throws away what waits far longer than the target, where nothing is being played anyway.</summary>
    private void Skip_NeedsLock(ref PacketBuffer.Entry head)
    {
        if (_pause == Pause.None && !_isConcealing)
            return;
        PacketBuffer buffer = _intake.Buffer;
        if (_intake.Delay.GetDelayMs(_block, head.MediaMs) <= _targetMs + (_pause == Pause.Start ? SkipAtStartMs : SkipMs))
            return;
        int before = buffer.Count;
        while (buffer.Count > 1
            && buffer[1].MediaMs != PacketBuffer.Entry.UnknownMediaMs
            && _intake.Delay.GetDelayMs(_block, buffer[1].MediaMs) >= _targetMs)
        {
            buffer.RemoveFirst();
        }

        head = buffer[0];
        if (before == buffer.Count)
            return;
        _intake.Discard(before - buffer.Count);
        _needsMerge = _hasPlayed;
        _hasHole = true;
    }

    /// <summary>
    /// False where another stream began since the block did: its packets have their own counters, and their turn is next.
    /// </summary>
    private bool IsPlayed_NeedsLock => _intake.Generation == _playedGeneration;

    /// <summary>Takes this packet out of the buffer; false where it is not the first one any more.</summary>
    private bool TryTake(in PacketBuffer.Entry head)
    {
        lock (_lock)
        {
            if (!IsPlayed_NeedsLock || !_intake.Buffer.TryPeek(out PacketBuffer.Entry now) || now.Sequence != head.Sequence)
                return false;
            _intake.Buffer.RemoveFirst();
            _intake.LastTaken = head.Sequence;
            return true;
        }
    }

    /// <summary>Fills the last packet's length of a gap from redundancy inside the packet after it.</summary>
    private bool TryRecover(in PacketBuffer.Entry next, in HeadState state, ref BlockTally tally)
    {
        if (_codec is not { } codec || codec.PayloadType != next.Packet.PayloadType || next.IsComfortNoise)
            return false;
        long missing = state.GapFrames - state.ConcealedFrames;
        if (state.IsPaused || state.IsContiguous || missing <= 0 || missing > codec.ToSamples(codec.LastPacketTicks))
            return false;
        lock (_lock)
        {
            if (_intake.HasAllBetween(next.Sequence - 2, next.Sequence) || _intake.LastTaken == next.Sequence - 1)
                return false;
        }

        ReadOnlySpan<float> samples = codec.DecodeFec(next.Packet.Payload.Span);
        int due = (int)missing * codec.Format.Channels;
        if (samples.Length < due)
            return false;
        lock (_lock)
        {
            // The numbers of another stream may be far smaller: all of it would be too late.
            if (!IsPlayed_NeedsLock)
                return false;
            _intake.LastTaken = next.Sequence - 1;
        }

        tally.FecPackets++;
        Emit(codec, next, samples[^due..], ref tally);
        MoveTo(next.Timestamp, next.MediaMs);
        return true;
    }

    private void Decode(in PacketBuffer.Entry packet, in HeadState state, ref BlockTally tally)
    {
        if (_codec is not { } codec || codec.PayloadType != packet.Packet.PayloadType)
        {
            if (!TrySwitch(packet.Packet.PayloadType))
            {
                tally.Undecodable++;
                return;
            }

            codec = _codec!;
        }

        ReadOnlySpan<float> samples = codec.Decode(packet.Packet.Payload.Span);
        _hasHole = samples.IsEmpty;
        if (samples.IsEmpty)
        {
            tally.Undecodable++;
            return;
        }

        // What came while its time was being concealed is played nevertheless, but for a little at the start of it.
        int frames = samples.Length / codec.Format.Channels;
        int overlap = 0;
        if (_concealedFrames > 0 && state.GapFrames <= 0 && state.HasNext && _pause == Pause.None)
        {
            int rate = codec.Format.SampleRateHz;
            _concealedFrames = Math.Min(_concealedFrames, MaxOverlapMs * rate / 1000);
            long early = (state.SpareMs - _targetMs) * rate / 1000;
            overlap = (int)Math.Clamp(early, 0, Math.Min(frames, _concealedFrames));
        }

        codec.LastPacketTicks = codec.ToTicks(frames);
        long concealedBeyond = overlap == frames ? _concealedFrames - frames : 0;
        MoveTo(packet.Timestamp + codec.LastPacketTicks, packet.MediaMs + ((long)frames * 1000 / codec.Format.SampleRateHz));
        _concealedFrames = concealedBeyond;
        _pause = codec.IsDiscontinuous(packet.Packet.Payload.Span) ? Pause.Discontinuous : Pause.None;
        if (overlap == frames)
            tally.Late++;
        else
            Emit(codec, packet, samples[(overlap * codec.Format.Channels)..], ref tally);
    }

    private void MoveTo(long timestamp, long mediaMs)
    {
        _nextTimestamp = timestamp;
        _nextMs = mediaMs;
        _concealedFrames = 0;
    }

    private void Emit(CodecChain codec, in PacketBuffer.Entry packet, ReadOnlySpan<float> samples, ref BlockTally tally)
    {
        _sync.Append(samples);
        double waited = _time.GetElapsedTime(packet.Packet.ArrivalTimestamp, _time.GetTimestamp()).TotalSeconds;
        int emitted = OutputSamples(codec, samples.Length / codec.Format.Channels);
        tally.Emitted += emitted;
        tally.DelaySeconds += Math.Max(0, waited) * emitted;
    }

    private void BeginNoise(in PacketBuffer.Entry packet)
    {
        MoveTo(packet.Timestamp, packet.MediaMs);
        if (_codec is not { } codec)
            return;
        codec.Noise.Update(packet.Packet.Payload.Span);
        _pause = Pause.Noise;
    }

    /// <summary>Goes over to another payload type; false where its decoder cannot be made.</summary>
    private bool TrySwitch(byte payloadType)
    {
        if (Make(payloadType) is not { } codec)
            return false;
        _fadingCodec = _hasPlayed ? _codec : null;
        _isConcealing = false;
        _needsMerge = false;
        _isNoise = false;
        codec.Reset();
        _sync.Clear(codec.Format.Channels, codec.Stretcher.LargestLag);
        Volatile.Write(ref _codec, codec);
        lock (_lock)
            PlayoutClock.SetClockRate(codec.ClockRateHz);
        _options.Observer?.NotifyFormatChanged("audio", codec.ToString());
        return true;
    }

    private void DisposeRefused(IAudioDecoder? decoder)
    {
        try
        {
            decoder?.Dispose();
        }
        catch (Exception exception)
        {
            _options.Observer?.NotifyDecoderFaulted("decoder that was refused", exception);
        }
    }

    /// <summary>The chain of a payload type, made where it was not yet; null where its decoder cannot be made.</summary>
    private CodecChain? Make(byte payloadType)
    {
        if (_isMade[payloadType])
            return _codecs[payloadType];

        CodecChain? codec = null;
        IAudioDecoder? decoder = null;
        try
        {
            decoder = _factories[payloadType]!();
            codec = new CodecChain(payloadType, decoder, _options);
        }
        catch (Exception exception)
        {
            _options.Observer?.NotifyDecoderFaulted($"payload type {payloadType}", exception);
            DisposeRefused(decoder);
        }

        _codecs[payloadType] = codec;
        _isMade[payloadType] = true;
        lock (_lock)
            _intake.SetClockRate(payloadType, codec?.ClockRateHz ?? -1);
        return codec;
    }
}
