using RtcEnhance.Testing;

namespace RtcEnhance.Benchmarks.Receiver;

/// <summary>
/// A sender of 20 ms packets behind an impaired network: hands out what has arrived by a time. It keeps nothing of the
/// past, so that a call may last hours. One thread at a time.
/// </summary>
public sealed class ImpairedCall
{
    private static readonly TimeSpan PacketInterval = TimeSpan.FromMilliseconds(20);

    private readonly CallCodec _codec;
    private readonly ImpairmentModel _network;
    private readonly double _senderClock;
    private readonly PriorityQueue<RtpPacket, (long Arrival, long Order)> _inFlight = new();
    private long _sent;
    private long _order;

    /// <summary>A call that begins at time 0.</summary>
    /// <param name="codec">What is sent.</param>
    /// <param name="impairment">What happens to it.</param>
    public ImpairedCall(CallCodec codec, ImpairmentOptions impairment)
    {
        ArgumentNullException.ThrowIfNull(codec);
        ArgumentNullException.ThrowIfNull(impairment);
        _codec = codec;
        _network = new ImpairmentModel(impairment, impairment.CreateLossModel(), 0);
        _senderClock = 1 + (impairment.ClockDriftPpm * 1e-6);
    }

    /// <summary>Takes the next packet that has arrived.</summary>
    /// <param name="now">Time since the call began, on the receiver's clock.</param>
    /// <param name="packet">The packet; its arrival is in ticks of a <see cref="ManualTimeProvider"/>.</param>
    /// <returns>False where none has.</returns>
    public bool TryReceive(TimeSpan now, out RtpPacket packet)
    {
        for (TimeSpan sentAt = _sent * PacketInterval; sentAt / _senderClock <= now; sentAt = _sent * PacketInterval)
            Send(sentAt);
        if (!_inFlight.TryPeek(out packet, out (long Arrival, long Order) next) || next.Arrival > now.Ticks)
            return false;
        _inFlight.Dequeue();
        return true;
    }

    private void Send(TimeSpan sentAt)
    {
        PacketFate fate = _network.Next(sentAt);
        if (fate.DeliveredAt is { } delivery)
            Enqueue(delivery.Ticks);
        if (fate.DuplicateAt is { } duplicate)
            Enqueue(duplicate.Ticks);
        _sent++;
    }

    private void Enqueue(long arrival)
    {
        byte[] payload = _codec.Payloads[(int)(_sent % _codec.Payloads.Count)];
        var packet = new RtpPacket(1, (ushort)_sent, (uint)(_sent * _codec.PacketTicks), _codec.PayloadType, false, arrival, payload);
        _inFlight.Enqueue(packet, (arrival, _order++));
    }
}
