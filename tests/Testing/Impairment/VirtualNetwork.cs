namespace RtcEnhance.Testing;

/// <summary>
/// A network between a sender and a receiver that share a clock: what is sent comes out when the clock reaches its
/// arrival. On a manual clock a call of minutes takes seconds and repeats exactly. One thread at a time.
/// </summary>
public sealed class VirtualNetwork
{
    private readonly TimeProvider _time;
    private readonly List<ImpairmentModel> _streams = [];
    private readonly List<int> _sent = [];
    private readonly List<PacketRecord> _log = [];
    private readonly PriorityQueue<DeliveredPacket, (long Due, long Order)> _inFlight = new();
    private long _order;
    private long? _epoch;

    /// <summary>A network without streams.</summary>
    /// <param name="time">The clock of both ends.</param>
    public VirtualNetwork(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
    }

    /// <summary>Every packet sent so far, in the order sent.</summary>
    public IReadOnlyList<PacketRecord> Log => _log;

    /// <summary>When the next packet arrives, in ticks of the clock; null where none is on its way.</summary>
    public long? NextDueTimestamp => _inFlight.TryPeek(out DeliveredPacket next, out _) ? next.DueTimestamp : null;

    /// <summary>Adds a stream.</summary>
    /// <param name="model">Decides its packets' fates; used by this stream alone.</param>
    /// <returns>The stream's number, from 0.</returns>
    public int AddStream(ImpairmentModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _streams.Add(model);
        _sent.Add(0);
        return _streams.Count - 1;
    }

    /// <summary>Sends a datagram now.</summary>
    /// <param name="stream">Number of the stream.</param>
    /// <param name="datagram">The datagram; copied.</param>
    /// <returns>Its line in the log.</returns>
    public PacketRecord Send(int stream, ReadOnlySpan<byte> datagram)
    {
        long now = _time.GetTimestamp();
        long epoch = _epoch ??= now;
        PacketFate fate = _streams[stream].Next(_time.GetElapsedTime(epoch, now));
        var record = new PacketRecord(stream, _sent[stream]++, datagram.Length, fate);
        _log.Add(record);
        if (fate.DeliveredAt is { } delivery)
        {
            byte[] data = datagram.ToArray();
            Enqueue(record, data, delivery, isDuplicate: false);
            if (fate.DuplicateAt is { } duplicate)
                Enqueue(record, data, duplicate, isDuplicate: true);
        }

        return record;
    }

    /// <summary>Takes the next datagram that has arrived by now.</summary>
    /// <param name="packet">The datagram.</param>
    /// <returns>False where none has.</returns>
    public bool TryReceive(out DeliveredPacket packet)
    {
        if (!_inFlight.TryPeek(out packet, out _) || packet.DueTimestamp > _time.GetTimestamp())
            return false;
        _inFlight.Dequeue();
        return true;
    }

    private void Enqueue(PacketRecord record, byte[] data, TimeSpan at, bool isDuplicate)
    {
        long due = _epoch!.Value + (long)Math.Round(at.TotalSeconds * _time.TimestampFrequency);
        _inFlight.Enqueue(new DeliveredPacket(record.Stream, record.Index, data, due, isDuplicate), (due, _order++));
    }
}
