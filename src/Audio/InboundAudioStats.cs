namespace RtcEnhance.Audio;

/// <summary>
/// What an <see cref="AudioReceiver"/> has done so far: cumulative, never reset. The first group carries the names and
/// meanings of W3C webrtc-stats (RTCInboundRtpStreamStats); sample counts are per channel at the output rate. The
/// second group is our own. <see cref="TotalSamplesReceived"/> always equals the sum of received, concealed and silent
/// samples.
/// </summary>
public readonly record struct InboundAudioStats
{
    /// <summary>RTP packets that arrived, duplicates included.</summary>
    public long PacketsReceived { get; init; }

    /// <summary>Packets expected less packets received; negative where duplicates outnumber losses (RFC 3550 A.3).</summary>
    public long PacketsLost { get; init; }

    /// <summary>Interarrival jitter in seconds (RFC 3550 A.8).</summary>
    public double Jitter { get; init; }

    /// <summary>Packets that arrived too late or were flushed.</summary>
    public long PacketsDiscarded { get; init; }

    /// <summary>Payload bytes.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Header, extension and padding bytes.</summary>
    public long HeaderBytesReceived { get; init; }

    /// <summary>Packets rebuilt from redundancy inside later packets.</summary>
    public long FecPacketsReceived { get; init; }

    /// <summary>Sum over emitted samples of the time between arrival and playout, in seconds.</summary>
    public double JitterBufferDelay { get; init; }

    /// <summary>Sum over emitted samples of the target delay, in seconds.</summary>
    public double JitterBufferTargetDelay { get; init; }

    /// <summary>Samples that came out of the buffer: received ones only.</summary>
    public long JitterBufferEmittedCount { get; init; }

    /// <summary>Samples given to the application, whatever their origin.</summary>
    public long TotalSamplesReceived { get; init; }

    /// <summary>Samples that replace what did not arrive in time.</summary>
    public long ConcealedSamples { get; init; }

    /// <summary>Concealed samples that are silent: the outage outlasted the fade.</summary>
    public long SilentConcealedSamples { get; init; }

    /// <summary>Runs of concealed samples.</summary>
    public long ConcealmentEvents { get; init; }

    /// <summary>Samples put in because the sender's clock is slow.</summary>
    public long InsertedSamplesForDeceleration { get; init; }

    /// <summary>Samples left out because the sender's clock is fast.</summary>
    public long RemovedSamplesForAcceleration { get; init; }

    /// <summary>Energy of the output, in seconds x squared full scale.</summary>
    public double TotalAudioEnergy { get; init; }

    /// <summary>Duration of the output in seconds.</summary>
    public double TotalSamplesDuration { get; init; }

    /// <summary>Samples made from packets, redundancy included.</summary>
    public long ReceivedSamples { get; init; }

    /// <summary>Silent samples from before the first packet was played.</summary>
    public long SilenceSamples { get; init; }

    /// <summary>Concealed samples made by the classical stage; the rest of them came from a primary.</summary>
    public long ClassicallyConcealedSamples { get; init; }

    /// <summary>Packets that arrived more than once.</summary>
    public long DuplicatePackets { get; init; }

    /// <summary>Packets that arrived after their place was played; part of <see cref="PacketsDiscarded"/>.</summary>
    public long LatePackets { get; init; }

    /// <summary>Packets with a payload type that has no decoder.</summary>
    public long UnknownPayloadTypePackets { get; init; }

    /// <summary>Packets that their decoder refused.</summary>
    public long UndecodablePackets { get; init; }

    /// <summary>How often the buffer was emptied: overflow, a new source, or a jump in time.</summary>
    public long Flushes { get; init; }

    /// <summary>The concealment stage.</summary>
    public StageStats Concealment { get; init; }

    /// <summary>The bandwidth-extension stage; default where the stream needs none.</summary>
    public StageStats BandwidthExtension { get; init; }
}
