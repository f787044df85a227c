namespace RtcEnhance.Audio;

/// <content>From waiting packets to decoded samples: gaps, redundancy, changes of codec.</content>
public sealed partial class AudioReceiver
{
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
        if (_clockRates[payloadType] != 0)
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
        lock (_lock)
            _clockRates[payloadType] = codec?.ClockRateHz ?? -1;
        return codec;
    }
}
