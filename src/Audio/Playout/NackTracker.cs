namespace RtcEnhance.Audio;

/// <summary>
/// The packets missing between what was decoded last and the newest received, each with its estimated timestamp, and so
/// those that a retransmission could still bring in time. Sequence numbers and timestamps are unwrapped; time is passed
/// in. After NetEq's nack_tracker (libwebrtc); own are the patience with reordered packets and the pace of repeated
/// requests. Bounded. One thread at a time; the receiver's lock guards it.
/// </summary>
internal sealed class NackTracker
{
    /// <summary>Sequence numbers behind the newest that are kept: 5 s of 10 ms packets. A longer jump is no loss.</summary>
    public const int Window = 512;

    /// <summary>Newer packets that make a missing one lost rather than overtaken.</summary>
    public const int ReorderPackets = 3;

    /// <summary>Time that does the same, for long packets.</summary>
    public const int ReorderMs = 20;

    /// <summary>Taken for a round trip that is not known.</summary>
    public const int DefaultRoundTripMs = 100;

    private const int MaxPacketMs = 120;
    private const long Never = long.MinValue;

    // Sequence number n lives at n modulo Window.
    private readonly MissingPacket[] _missing = new MissingPacket[Window];
    private int _clockRateHz;
    private long _newestSequence;
    private long _newestTimestamp;
    private long _packetTicks;
    private long _decodedSequence;
    private long _cursor;

    public NackTracker() => Reset();

    /// <summary>Takes note of a received packet, whatever its order; copies do no harm.</summary>
    /// <param name="sequence">Unwrapped sequence number.</param>
    /// <param name="timestamp">Unwrapped timestamp.</param>
    /// <param name="clockRateHz">Clock rate of its payload type; another one than before starts anew.</param>
    /// <param name="nowMs">Time of arrival.</param>
    public void OnPacket(long sequence, long timestamp, int clockRateHz, long nowMs)
    {
        if (clockRateHz != _clockRateHz)
        {
            Reset();
            _clockRateHz = clockRateHz;
        }

        long ahead = _newestSequence == Never ? Window + 1 : sequence - _newestSequence;
        if (ahead > Window)
        {
            Restart(sequence, timestamp);
            return;
        }

        if (ahead <= 0)
        {
            OnRecovered(sequence);
            return;
        }

        // The length of a packet from the step across the gap; where silence hides it, the length learnt last, which
        // puts the missing ones as early as they can be.
        long ticks = (timestamp - _newestTimestamp) / ahead;
        bool isLength = ticks > 0 && ticks * 1000 <= (long)MaxPacketMs * clockRateHz;
        if (isLength)
            _packetTicks = ticks;
        for (long i = 1; i < ahead; i++)
        {
            Slot(_newestSequence + i) = _packetTicks > 0
                ? new MissingPacket(_newestSequence + i, _newestTimestamp + (i * _packetTicks), nowMs, Never)
                : MissingPacket.None;
        }

        Slot(sequence) = MissingPacket.None;
        _newestSequence = sequence;
        _newestTimestamp = timestamp;
    }

    /// <summary>Takes note of a missing packet that came, or of which a copy did.</summary>
    /// <param name="sequence">Unwrapped sequence number.</param>
    public void OnRecovered(long sequence)
    {
        if (Slot(sequence).Sequence == sequence)
            Slot(sequence) = MissingPacket.None;
    }

    /// <summary>Takes note of how far decoding has come; called with every block.</summary>
    /// <param name="sequence">Unwrapped sequence number decoded last.</param>
    /// <param name="nextTimestamp">Unwrapped timestamp of the first sample that is not decoded, concealed or skipped.</param>
    public void OnDecoded(long sequence, long nextTimestamp)
    {
        _decodedSequence = sequence;
        _cursor = nextTimestamp;
    }

    /// <summary>
    /// The missing packets whose time to play is longer than a round trip, oldest first, and takes note that they are
    /// asked for: each comes up again after a round trip at the earliest. Empty before the first decoded packet.
    /// </summary>
    /// <param name="roundTripMs">Round trip; 0 or less where it is not known.</param>
    /// <param name="nowMs">The time, on the scale of <see cref="OnPacket"/>.</param>
    /// <param name="destination">Takes the sequence numbers; what does not fit comes up next time.</param>
    /// <returns>Sequence numbers written.</returns>
    public int GetNackList(int roundTripMs, long nowMs, Span<ushort> destination)
    {
        if (_decodedSequence == Never || _newestSequence == Never)
            return 0;
        long roundTrip = roundTripMs > 0 ? roundTripMs : DefaultRoundTripMs;
        int count = 0;
        for (long sequence = Math.Max(_decodedSequence, _newestSequence - Window) + 1; sequence < _newestSequence && count < destination.Length; sequence++)
        {
            ref MissingPacket packet = ref Slot(sequence);
            if (packet.Sequence != sequence)
                continue;
            bool isLost = _newestSequence - sequence >= ReorderPackets || nowMs - packet.SeenMs >= ReorderMs;
            bool isDue = packet.RequestedMs == Never || nowMs - packet.RequestedMs >= roundTrip;
            if (!isLost || !isDue || (packet.Timestamp - _cursor) * 1000 / _clockRateHz <= roundTrip)
                continue;
            packet = packet with { RequestedMs = nowMs };
            destination[count++] = (ushort)sequence;
        }

        return count;
    }

    /// <summary>Forgets the stream.</summary>
    public void Reset()
    {
        Array.Fill(_missing, MissingPacket.None);
        _newestSequence = Never;
        _decodedSequence = Never;
        _packetTicks = 0;
    }

    private void Restart(long sequence, long timestamp)
    {
        Array.Fill(_missing, MissingPacket.None);
        _newestSequence = sequence;
        _newestTimestamp = timestamp;
    }

    private ref MissingPacket Slot(long sequence) => ref _missing[(int)(sequence & (Window - 1))];

    private readonly record struct MissingPacket(long Sequence, long Timestamp, long SeenMs, long RequestedMs)
    {
        public static readonly MissingPacket None = new(Never, 0, 0, Never);
    }
}
