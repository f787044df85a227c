namespace RtcEnhance.Audio;

/// <summary>Whether a packet belongs to the stream that is being played.</summary>
internal enum SourceDecision
{
    /// <summary>It does.</summary>
    Continue,

    /// <summary>It may start a new stream; the next packet tells.</summary>
    Hold,

    /// <summary>It starts a new stream: everything learnt so far is void.</summary>
    Restart,
}

/// <summary>
/// Tells a stream's packets from stray ones. A new SSRC, or a jump of sequence number or timestamp, starts a new stream
/// once two packets in sequence confirm it (RFC 3550 A.1). One thread at a time; the receiver's lock guards it.
/// </summary>
internal sealed class SourceTracker
{
    /// <summary>A minute of 20 ms packets (MAX_DROPOUT of RFC 3550 A.1).</summary>
    private const int MaxSequenceJump = 3000;

    private const int MaxJumpSeconds = 10;

    private bool _hasSource;
    private bool _hasCandidate;
    private uint _ssrc;
    private ushort _highestSequence;
    private uint _highestTimestamp;
    private uint _candidateSsrc;
    private ushort _candidateSequence;

    public SourceDecision Admit(in RtpPacket packet, int clockRateHz)
    {
        if (!_hasSource)
            return Start(packet);

        int sequenceJump = RtpArithmetic.Distance(packet.SequenceNumber, _highestSequence);
        long timestampJump = RtpArithmetic.Distance(packet.Timestamp, _highestTimestamp);
        if (packet.Ssrc == _ssrc
            && Math.Abs(sequenceJump) <= MaxSequenceJump
            && Math.Abs(timestampJump) <= (long)MaxJumpSeconds * clockRateHz)
        {
            _hasCandidate = false;
            if (sequenceJump > 0)
            {
                _highestSequence = packet.SequenceNumber;
                _highestTimestamp = packet.Timestamp;
            }

            return SourceDecision.Continue;
        }

        if (_hasCandidate && packet.Ssrc == _candidateSsrc && packet.SequenceNumber == (ushort)(_candidateSequence + 1))
            return Start(packet);

        _hasCandidate = true;
        _candidateSsrc = packet.Ssrc;
        _candidateSequence = packet.SequenceNumber;
        return SourceDecision.Hold;
    }

    /// <summary>Whether a packet that is not played, as of another payload type, counts among the stream's.</summary>
    public bool Owns(in RtpPacket packet) => _hasSource && packet.Ssrc == _ssrc
        && Math.Abs(RtpArithmetic.Distance(packet.SequenceNumber, _highestSequence)) <= MaxSequenceJump;

    private SourceDecision Start(in RtpPacket packet)
    {
        _hasSource = true;
        _hasCandidate = false;
        _ssrc = packet.Ssrc;
        _highestSequence = packet.SequenceNumber;
        _highestTimestamp = packet.Timestamp;
        return SourceDecision.Restart;
    }
}
