using System.Text.Json.Serialization;

namespace RtcEnhance.Loopback.Report;

/// <summary>What the impaired network did to one RTP stream. Thread-safe.</summary>
public sealed record StreamFigures
{
    /// <summary>The stream, <c>audio</c> or <c>video</c>.</summary>
    public required string Name { get; init; }

    /// <summary>RTP packets the sender sent.</summary>
    public required long PacketsSent { get; init; }

    /// <summary>Packets the network dropped.</summary>
    public required long PacketsLost { get; init; }

    /// <summary>Packets that arrived after one sent later.</summary>
    public required long PacketsReordered { get; init; }

    /// <summary>Packets that arrived more than once.</summary>
    public required long PacketsDuplicated { get; init; }

    /// <summary>Packets that arrived too late or twice and were not used.</summary>
    public required long PacketsDiscarded { get; init; }

    /// <summary>Most packets dropped in a row.</summary>
    public required long LongestBurstPackets { get; init; }

    /// <summary>Interarrival jitter at the end of the call in seconds, RFC 3550 section 6.4.1.</summary>
    public required double Jitter { get; init; }

    /// <summary>Lost packets in percent of those sent.</summary>
    [JsonIgnore]
    public double LossPercent => PacketsSent == 0 ? 0 : 100.0 * PacketsLost / PacketsSent;
}
