namespace RtcEnhance.Audio;

/// <content>The 10 ms step: decide, decode or conceal, extend.</content>
public sealed partial class AudioReceiver
{
    private static readonly TimeSpan BlockDuration = TimeSpan.FromMilliseconds(10);

    private readonly Dictionary<byte, CodecChain> _codecs = [];
    private readonly SyncBuffer _sync = new(2 * 48 * 120 * 2);
    private readonly float[] _output;
    private CodecChain? _codec;
    private int _outputLeft;
    private int _playedGeneration;
    private bool _hasPlayed;
    private bool _isConcealing;
    private bool _isDisposed;
    private long _lastPacketTicks;

    private void PlayBlock()
    {
        DriftCorrection correction = DriftCorrection.None;
        bool isBuffering;
        bool isNewStream;
        byte payloadType;
        lock (_lock)
        {
            if (_isBuffering && _buffer.Count > 0 && --_blocksUntilPlayout <= 0)
            {
                _isBuffering = false;
                _nextTimestamp = _buffer.FirstTimestamp;
            }

            isBuffering = _isBuffering;
            isNewStream = _generation != _playedGeneration;
            _playedGeneration = _generation;
            if (!isBuffering)
                correction = _delay.OnBlock();
            payloadType = _buffer.TryPeek(out PacketBuffer.Entry head) ? head.Packet.PayloadType : _lastPayloadType;
        }

        if (isNewStream)
        {
            _sync.Clear();
            _codec?.Decoder.Reset();
        }

        BlockTally tally = default;
        if (!isBuffering)
        {
            CodecChain codec = Select(payloadType);
            Fill(codec, codec.BlockLength, ref tally);
            codec = _codec!;
            if (correction == DriftCorrection.DropBlock)
                Fill(codec, 2 * codec.BlockLength, ref tally);
        }

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
                LastWasConcealed = _isConcealing,
                Correction = correction,
            });
            Execute(_codec, operation, isBuffering, ref tally);
            _codec.Output.Process(_codec.Block, _isConcealing, _output);
            _hasPlayed = true;
        }

        Commit(tally);
    }

    private void Execute(CodecChain codec, PlayoutOperation operation, bool isBuffering, ref BlockTally tally)
    {
        var job = new ConcealmentJob { Output = codec.Block };
        int samples = OutputFormat.SamplesPerBlock;
        switch (operation)
        {
            case PlayoutOperation.Expand:
                Conceal(codec, ref job, ref tally);
                int partial = isBuffering ? 0 : PlayPartial(codec);
                tally.Received = samples * partial / codec.BlockLength;
                tally.Concealed = samples - tally.Received;
                if (!isBuffering)
                    Advance(codec, codec.TicksPerBlock - codec.ToTicks(partial / codec.Decoder.Format.Channels));
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
                break;

            case PlayoutOperation.Drop when _sync.Length >= 2 * codec.BlockLength:
                _sync.Take(codec.Block);
                _sync.Take(codec.Received);
                LinearFade.Apply(codec.Block, codec.Received, codec.Decoder.Format.Channels, codec.Block);
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
        codec.Decoder.Conceal(codec.Received);
        tally.IsClassical = route == StageRoute.Fallback;
        tally.StartsConcealment = !_isConcealing;
        _isConcealing = true;
    }

    /// <summary>
    /// Plays received samples that do not fill a block, at its start, and fades from them into the concealment. Only
    /// packets whose length is not a multiple of 10 ms leave some.
    /// </summary>
    private int PlayPartial(CodecChain codec)
    {
        int count = _sync.Length;
        if (count == 0)
            return 0;
        Span<float> received = codec.Received.AsSpan(0, count);
        _sync.Take(received);
        int channels = codec.Decoder.Format.Channels;
        int fade = Math.Min(count, codec.BlockLength / 5 / channels * channels);
        received[..^fade].CopyTo(codec.Block);
        Span<float> joint = codec.Block.AsSpan(count - fade, fade);
        LinearFade.Apply(received[^fade..], joint, channels, joint);
        return count;
    }

    /// <summary>Decodes until <paramref name="length"/> interleaved samples wait or a packet is missing.</summary>
    private void Fill(CodecChain codec, int length, ref BlockTally tally)
    {
        while (_sync.Length < length)
        {
            PacketBuffer.Entry head;
            long gap;
            lock (_lock)
            {
                if (!_buffer.TryPeek(out head))
                    return;
                if (head.Packet.PayloadType != codec.PayloadType)
                {
                    codec = Select(head.Packet.PayloadType);
                    _nextTimestamp = head.Timestamp;
                }

                gap = head.Timestamp - _nextTimestamp;
                if (gap <= 0)
                    _buffer.RemoveFirst();
            }

            ReadOnlySpan<byte> payload = head.Packet.Payload.Span;
            if (gap > 0)
            {
                if (gap > codec.LastPacketTicks || !TryDecodeFec(codec, payload, gap))
                    return;
                tally.FecPackets++;
                SetNext(head.Timestamp);
                continue;
            }

            int count = codec.Decoder.Decode(payload, codec.Decoded);
            if (count == 0)
            {
                tally.Undecodable++;
                continue;
            }

            int played = (int)Math.Min(count, codec.ToSamples(-gap));
            if (played == count)
            {
                tally.Late++;
                continue;
            }

            int channels = codec.Decoder.Format.Channels;
            _sync.Append(codec.Decoded.AsSpan(played * channels, (count - played) * channels));
            codec.LastPacketTicks = codec.ToTicks(count);
            SetNext(head.Timestamp + codec.LastPacketTicks);
            double waited = _time.GetElapsedTime(head.Packet.ArrivalTimestamp, _time.GetTimestamp()).TotalSeconds;
            int emitted = (count - played) * OutputFormat.SampleRateHz / codec.Decoder.Format.SampleRateHz;
            tally.Emitted += emitted;
            tally.DelaySeconds += Math.Max(0, waited) * emitted;
        }
    }

    /// <summary>Rebuilds the packet just before <paramref name="payload"/>; the part of it that was concealed is skipped.</summary>
    private bool TryDecodeFec(CodecChain codec, ReadOnlySpan<byte> payload, long gap)
    {
        int channels = codec.Decoder.Format.Channels;
        int missing = codec.ToSamples(codec.LastPacketTicks);
        int count = codec.Decoder.DecodeFec(payload, codec.Decoded.AsSpan(0, missing * channels));
        int due = codec.ToSamples(gap);
        if (count < due)
            return false;
        _sync.Append(codec.Decoded.AsSpan((count - due) * channels, due * channels));
        return true;
    }

    private CodecChain Select(byte payloadType)
    {
        if (_codec is { } current && current.PayloadType == payloadType)
            return current;

        if (!_codecs.TryGetValue(payloadType, out CodecChain? codec))
        {
            codec = new CodecChain(payloadType, _options.Decoders[payloadType](), _options);
            _codecs.Add(payloadType, codec);
            lock (_lock)
                _clockRates[payloadType] = codec.Decoder.RtpClockRateHz;
        }

        codec.Reset();
        _sync.Clear();
        Volatile.Write(ref _codec, codec);
        return codec;
    }

    private void Advance(CodecChain codec, long ticks)
    {
        lock (_lock)
        {
            _nextTimestamp += ticks;
            _lastPacketTicks = codec.LastPacketTicks;
        }
    }

    private void SetNext(long timestamp)
    {
        lock (_lock)
        {
            _nextTimestamp = timestamp;
            _lastPacketTicks = _codec!.LastPacketTicks;
        }
    }

    private void Commit(in BlockTally tally)
    {
        int samples = OutputFormat.SamplesPerBlock;
        double energy = 0;
        float peak = 0;
        foreach (ref float sample in _output.AsSpan())
        {
            // Filters overshoot what is near full scale; a device's conversion to integers might wrap.
            sample = Math.Clamp(sample, -1f, 1f);
            energy += sample * sample;
            peak = Math.Max(peak, Math.Abs(sample));
        }

        // Half a step of a 16-bit device: nothing is heard below it.
        bool isSilent = peak < 1f / 65536;
        if (tally.Concealed > 0)
            RtcEnhanceMeter.AddConcealedSamples(tally.Concealed);
        lock (_lock)
        {
            _stats = _stats with
            {
                TotalSamplesReceived = _stats.TotalSamplesReceived + samples,
                ReceivedSamples = _stats.ReceivedSamples + tally.Received,
                ConcealedSamples = _stats.ConcealedSamples + tally.Concealed,
                SilentConcealedSamples = _stats.SilentConcealedSamples + (isSilent ? tally.Concealed : 0),
                ClassicallyConcealedSamples = _stats.ClassicallyConcealedSamples + (tally.IsClassical ? tally.Concealed : 0),
                SilenceSamples = _stats.SilenceSamples + tally.Silence,
                ConcealmentEvents = _stats.ConcealmentEvents + (tally.StartsConcealment ? 1 : 0),
                InsertedSamplesForDeceleration = _stats.InsertedSamplesForDeceleration + tally.Inserted,
                RemovedSamplesForAcceleration = _stats.RemovedSamplesForAcceleration + tally.Removed,
                FecPacketsReceived = _stats.FecPacketsReceived + tally.FecPackets,
                UndecodablePackets = _stats.UndecodablePackets + tally.Undecodable,
                LatePackets = _stats.LatePackets + tally.Late,
                PacketsDiscarded = _stats.PacketsDiscarded + tally.Late,
                JitterBufferDelay = _stats.JitterBufferDelay + tally.DelaySeconds,
                JitterBufferTargetDelay = _stats.JitterBufferTargetDelay + (tally.Emitted * _delay.TargetMs / 1000.0),
                JitterBufferEmittedCount = _stats.JitterBufferEmittedCount + tally.Emitted,
                TotalAudioEnergy = _stats.TotalAudioEnergy + (energy / _output.Length * BlockDuration.TotalSeconds),
                TotalSamplesDuration = _stats.TotalSamplesDuration + BlockDuration.TotalSeconds,
            };
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
