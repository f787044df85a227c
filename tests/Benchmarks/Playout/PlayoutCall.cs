using RtcEnhance.Testing;

namespace RtcEnhance.Benchmarks.Playout;

/// <summary>A call of 8-bit samples at 8 kHz behind an impaired network: the same packets for every policy. Thread-safe.</summary>
public sealed class PlayoutCall
{
    /// <summary>Samples in a pull.</summary>
    public const int BlockSamples = 80;

    /// <summary>Length of a pull in ms.</summary>
    public const int BlockMs = 10;

    private const int SamplesPerMs = 8;

    private readonly double _senderClock;

    /// <summary>A call whose first packet is sent at time 0, when the first pull happens as well.</summary>
    /// <param name="duration">How long it is sent and pulled.</param>
    /// <param name="packetMs">Duration of a packet.</param>
    /// <param name="impairment">What happens to it.</param>
    /// <param name="sound">Samples to be sent, over and over: whole packets.</param>
    /// <exception cref="ArgumentException">The sound is not whole packets.</exception>
    public PlayoutCall(TimeSpan duration, int packetMs, ImpairmentOptions impairment, ReadOnlyMemory<byte> sound)
    {
        ArgumentNullException.ThrowIfNull(impairment);
        PacketSamples = packetMs * SamplesPerMs;
        if (sound.IsEmpty || sound.Length % PacketSamples != 0)
            throw new ArgumentException($"{sound.Length} samples are not whole packets of {PacketSamples}.", nameof(sound));
        Pulls = (int)(duration.TotalMilliseconds / BlockMs);
        _senderClock = 1 + (impairment.ClockDriftPpm * 1e-6);
        var network = new ImpairmentModel(impairment, impairment.CreateLossModel(), 0);
        List<ArrivedPacket> packets = [];
        SmallestDelayMs = double.PositiveInfinity;
        for (int i = 0; i * packetMs < duration.TotalMilliseconds; i++)
        {
            PacketFate fate = network.Next(TimeSpan.FromMilliseconds(i * packetMs));
            int timestamp = i * PacketSamples;
            byte[] payload = sound.Slice(timestamp % sound.Length, PacketSamples).ToArray();
            if (fate.DeliveredAt is { } arrival)
            {
                packets.Add(new ArrivedPacket(arrival, i, timestamp, payload));
                SmallestDelayMs = Math.Min(SmallestDelayMs, arrival.TotalMilliseconds - SentMs(timestamp));
            }

            if (fate.DuplicateAt is { } again)
                packets.Add(new ArrivedPacket(again, i, timestamp, payload));
        }

        Packets = [.. packets.OrderBy(packet => packet.Arrival)];
    }

    /// <summary>What arrives, in that order.</summary>
    public IReadOnlyList<ArrivedPacket> Packets { get; }

    /// <summary>Pulls of 10 ms, the first at time 0.</summary>
    public int Pulls { get; }

    /// <summary>Samples in a packet.</summary>
    public int PacketSamples { get; }

    /// <summary>Delay of the fastest packet: no playout can be faster.</summary>
    public double SmallestDelayMs { get; }

    /// <summary>When a sample was sent, on the receiver's clock: its packet's first sample when the packet was.</summary>
    /// <param name="timestamp">RTP timestamp.</param>
    /// <returns>Milliseconds since the call began.</returns>
    public double SentMs(int timestamp) => timestamp / (double)SamplesPerMs / _senderClock;
}
