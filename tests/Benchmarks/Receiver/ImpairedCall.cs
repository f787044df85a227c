using RtcEnhance.Testing;

namespace RtcEnhance.Benchmarks.Receiver;

/// <summary>
/// A sender of 20 ms packets behind an impaired network: hands out what has arrived by a time. It keeps nothing of the
/// past, so that a call may last hours. One thread at a time.
/// </summary>
public sealed class ImpairedCall
{
    /// <summary>Packets of a talk spurt, and of the pause behind it that comfort noise announces.</summary>
    private const int TalkPackets = 300;
    private const int PausePackets = 200;

    private const byte ComfortNoise = 13;

    private static readonly TimeSpan PacketInterval = TimeSpan.FromMilliseconds(20);
    private static readonly byte[] NoiseLevel = [60];

    private readonly CallCodec _codec;
    private readonly ImpairmentModel _network;
    private readonly double _senderClock;
    private readonly uint _ssrc;
    private readonly TimeSpan _start;
    private readonly bool _hasPauses;
    private readonly PriorityQueue<RtpPacket, (long Arrival, long Order)> _inFlight = new();
    private long _sent;
    private long _order;
    private ushort _sequence;

    /// <summary>A call.</summary>
    /// <param name="codec">What is sent.</param>
    /// <param name="impairment">What happens to it.</param>
    /// <param name="ssrc">Its source.</param>
    /// <param name="start">When it begins, on the receiver's clock.</param>
    /// <param name="hasPauses">Whether the sender pauses 4 of 10 s and says so by comfort noise (RFC 3389); at a clock of 8 kHz only.</param>
    public ImpairedCall(CallCodec codec, ImpairmentOptions impairment, uint ssrc = 1, TimeSpan start = default, bool hasPauses = false)
    {
        ArgumentNullException.ThrowIfNull(codec);
        ArgumentNullException.ThrowIfNull(impairment);
        _codec = codec;
        _network = new ImpairmentModel(impairment, impairment.CreateLossModel(), 0);
        _senderClock = 1 + (impairment.ClockDriftPpm * 1e-6);
        _ssrc = ssrc;
        _start = start;
        _hasPauses = hasPauses && codec.PacketTicks == 160;
    }

    /// <summary>Takes the next packet that has arrived.</summary>
    /// <param name="now">Time since the call began, on the receiver's clock.</param>
    /// <param name="packet">The packet; its arrival is in ticks of a <see cref="ManualTimeProvider"/>.</param>
    /// <returns>False where none has.</returns>
    public bool TryReceive(TimeSpan now, out RtpPacket packet)
    {
        for (TimeSpan sentAt = _sent * PacketInterval; _start + (sentAt / _senderClock) <= now; sentAt = _sent * PacketInterval)
        {
            long inCycle = _sent % (TalkPackets + PausePackets);
            if (!_hasPauses || inCycle < TalkPackets)
                Send(sentAt, _codec.PayloadType, _codec.Payloads[(int)(_sent % _codec.Payloads.Count)]);
            else if (inCycle == TalkPackets)
                Send(sentAt, ComfortNoise, NoiseLevel);
            _sent++;
        }

        if (!_inFlight.TryPeek(out packet, out (long Arrival, long Order) next) || next.Arrival > now.Ticks)
            return false;
        _inFlight.Dequeue();
        return true;
    }

    private void Send(TimeSpan sentAt, byte payloadType, byte[] payload)
    {
        PacketFate fate = _network.Next(sentAt);
        ushort sequence = _sequence++;
        if (fate.DeliveredAt is { } delivery)
            Enqueue(delivery);
        if (fate.DuplicateAt is { } duplicate)
            Enqueue(duplicate);

        void Enqueue(TimeSpan at)
        {
            long arrival = (_start + at).Ticks;
            _inFlight.Enqueue(new RtpPacket(_ssrc, sequence, (uint)(_sent * _codec.PacketTicks), payloadType, false, arrival, payload), (arrival, _order++));
        }
    }
}
