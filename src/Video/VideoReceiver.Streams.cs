namespace RtcEnhance.Video;

public sealed partial class VideoReceiver
{
    private FrameAssembler? _assembler;
    private uint _ssrc;
    private long _expectedOfFormerStreams;
    private int _flushedPackets;
    private bool _hasHeld;
    private RtpPacket _held;
    private VideoCodec _heldCodec;

    // A stray or forged packet must not throw the stream away. The first packet of a new stream is held, not dropped:
    // a stream begins with its key frame.
    private bool TryFindStream_NeedsLock(in RtpPacket packet, VideoCodec codec, out bool isNew)
    {
        isNew = false;
        if (_assembler is null)
        {
            StartStream_NeedsLock(packet.Ssrc, codec);
            return true;
        }

        if (packet.Ssrc == _ssrc && codec == _assembler.Codec)
        {
            GiveUpHeld_NeedsLock();
            return true;
        }

        // Either order: the first two may have overtaken each other.
        if (_hasHeld && packet.Ssrc == _held.Ssrc && codec == _heldCodec
            && Math.Abs(RtpArithmetic.Distance(packet.SequenceNumber, _held.SequenceNumber)) == 1)
        {
            _expectedOfFormerStreams += _assembler.ExpectedPackets;
            _flushedPackets = _assembler.WaitingPackets;
            _assembler.Reset();
            StartStream_NeedsLock(packet.Ssrc, codec);
            Insert_NeedsLock(_held);
            _hasHeld = false;
            _held = default;
            isNew = true;
            return true;
        }

        GiveUpHeld_NeedsLock();
        _hasHeld = true;
        _held = packet;
        _heldCodec = codec;
        return false;
    }

    private void StartStream_NeedsLock(uint ssrc, VideoCodec codec)
    {
        _assembler = _assemblers[(int)codec]!;
        _ssrc = ssrc;
        _jitter.Reset();
        FollowSource_NeedsLock(ssrc);
    }

    /// <summary>Reports of another source say nothing about this one.</summary>
    private void FollowSource_NeedsLock(uint ssrc)
    {
        if (_reportedSsrc is { } known && known != ssrc)
            PlayoutClock.Reset();
        _reportedSsrc = ssrc;
    }

    private void GiveUpHeld_NeedsLock()
    {
        if (!_hasHeld)
            return;
        _hasHeld = false;
        _held = default;
        _counters.TooLate++;
    }

    private InsertResult Insert_NeedsLock(in RtpPacket packet)
    {
        InsertResult result = _assembler!.Insert(packet);
        switch (result)
        {
            case InsertResult.Accepted or InsertResult.Flushed:
                _counters.UniquePackets++;
                _jitter.Add(packet.Timestamp, packet.ArrivalTimestamp);
                if (result == InsertResult.Flushed)
                    _flushedPackets = _assembler.FlushedPackets;
                break;
            case InsertResult.Duplicate:
                _counters.Duplicates++;
                break;
            case InsertResult.TooLate:
                _counters.UniquePackets++; // late is not lost, RFC 3550 section 6.4.1
                _counters.TooLate++;
                break;
            default:
                _counters.Malformed++;
                break;
        }

        return result;
    }
}
