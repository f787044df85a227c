namespace RtcEnhance.Audio;

/// <summary>
/// What an <see cref="AudioReceiver"/> has done so far: cumulative, never reset. The first group carries the names and
/// meanings of W3C webrtc-stats (RTCInboundRtpStreamStats); sample counts are per channel at the output rate. The
/// second group is our own. Every sample has one origin: <see cref="TotalSamplesReceived"/> always equals the sum of
/// received, concealed, stretched, comfort-noise and silent samples. Thread-safe: a value.
/// </summary>
public record struct InboundAudioStats
{
    /// <summary>Synchronisation source of the stream that is played; 0 before its first packet.</summary>
    public uint Ssrc { get; internal set; }

    /// <summary>RTP packets that arrived, duplicates and packets of foreign sources included.</summary>
    public long PacketsReceived { get; internal set; }

    /// <summary>
    /// Packets expected less packets received from the source; negative where duplicates outnumber losses (RFC 3550 A.3).
    /// </summary>
    public long PacketsLost { get; internal set; }

    /// <summary>Interarrival jitter in seconds (RFC 3550 A.8).</summary>
    public double Jitter { get; internal set; }

    /// <summary>Packets that arrived too late, too early (flushed) or from a foreign source; no duplicates.</summary>
    public long PacketsDiscarded { get; internal set; }

    /// <summary>Payload bytes.</summary>
    public long BytesReceived { get; internal set; }

    /// <summary>Header, extension and padding bytes.</summary>
    public long HeaderBytesReceived { get; internal set; }

    /// <summary>When the last packet arrived: its <see cref="RtpPacket.ArrivalTimestamp"/>.</summary>
    public long LastPacketReceivedTimestamp { get; internal set; }

    /// <summary>Redundant copies that arrived (RED), and packets rebuilt from in-band redundancy (Opus).</summary>
    public long FecPacketsReceived { get; internal set; }

    /// <summary>Payload bytes of the redundant copies (RED).</summary>
    public long FecBytesReceived { get; internal set; }

    /// <summary>Redundant copies (RED) that nobody missed, or that came too late; part of <see cref="FecPacketsReceived"/>.</summary>
    public long FecPacketsDiscarded { get; internal set; }

    /// <summary>Lists of missing packets that were handed out to be asked for.</summary>
    public long NackCount { get; internal set; }

    /// <summary>
    /// The sender's wall-clock time of what is heard now, since its NTP epoch; null until a sender report and a block
    /// after it.
    /// </summary>
    public TimeSpan? EstimatedPlayoutTimestamp { get; internal set; }

    /// <summary>Sum over emitted samples of the time from their packet's arrival to its decoding, in seconds.</summary>
    public double JitterBufferDelay { get; internal set; }

    /// <summary>Sum over emitted samples of the target delay, in seconds.</summary>
    public double JitterBufferTargetDelay { get; internal set; }

    /// <summary>Sum over emitted samples of the delay that the network alone asks for, in seconds.</summary>
    public double JitterBufferMinimumDelay { get; internal set; }

    /// <summary>Samples that came out of the buffer: decoded ones, redundancy included.</summary>
    public long JitterBufferEmittedCount { get; internal set; }

    /// <summary>Samples given to the application, whatever their origin.</summary>
    public long TotalSamplesReceived { get; internal set; }

    /// <summary>Samples that replace what did not arrive in time.</summary>
    public long ConcealedSamples { get; internal set; }

    /// <summary>Concealed samples that are silent: the outage outlasted the fade.</summary>
    public long SilentConcealedSamples { get; internal set; }

    /// <summary>Runs of concealed samples.</summary>
    public long ConcealmentEvents { get; internal set; }

    /// <summary>Samples put in to make the delay longer.</summary>
    public long InsertedSamplesForDeceleration { get; internal set; }

    /// <summary>Samples left out to make the delay shorter.</summary>
    public long RemovedSamplesForAcceleration { get; internal set; }

    /// <summary>Peak of the last block, 0 to 1.</summary>
    public double AudioLevel { get; internal set; }

    /// <summary>Energy of the output, in seconds x squared full scale.</summary>
    public double TotalAudioEnergy { get; internal set; }

    /// <summary>Duration of the output in seconds.</summary>
    public double TotalSamplesDuration { get; internal set; }

    /// <summary>Samples made from packets, redundancy included.</summary>
    public long ReceivedSamples { get; internal set; }

    /// <summary>Samples mixed from two places of the received ones, where the delay was made longer or shorter.</summary>
    public long StretchedSamples { get; internal set; }

    /// <summary>Samples of the sender's silence: made from comfort-noise packets, by the decoder, or from the background.</summary>
    public long ComfortNoiseSamples { get; internal set; }

    /// <summary>Silent samples from before the first packet was played.</summary>
    public long SilenceSamples { get; internal set; }

    /// <summary>Concealed samples made by the classical stage; the rest of them came from a primary.</summary>
    public long ClassicallyConcealedSamples { get; internal set; }

    /// <summary>Packets that arrived more than once.</summary>
    public long DuplicatePackets { get; internal set; }

    /// <summary>Packets that arrived after their place was played; part of <see cref="PacketsDiscarded"/>.</summary>
    public long LatePackets { get; internal set; }

    /// <summary>Packets with a payload type that has no decoder, where the options name none.</summary>
    public long UnknownPayloadTypePackets { get; internal set; }

    /// <summary>Packets whose redundancy or telephone event breaks its format.</summary>
    public long MalformedPackets { get; internal set; }

    /// <summary>Packets that their decoder refused or failed on, or whose decoder could not be made.</summary>
    public long UndecodablePackets { get; internal set; }

    /// <summary>Concealments of 150 ms or more.</summary>
    public long InterruptionCount { get; internal set; }

    /// <summary>How long they lasted altogether, in seconds.</summary>
    public double TotalInterruptionDuration { get; internal set; }

    /// <summary>How much later than the fastest packets allow the stream is played now.</summary>
    public TimeSpan CurrentDelay { get; internal set; }

    /// <summary>What <see cref="CurrentDelay"/> is steered to.</summary>
    public TimeSpan TargetDelay { get; internal set; }

    /// <summary>How often the buffer was emptied: overflow, a new source, or a jump in time.</summary>
    public long Flushes { get; internal set; }

    /// <summary>The concealment stage of the codec in use.</summary>
    public StageStats Concealment { get; internal set; }

    /// <summary>The bandwidth-extension stage of the codec in use; default where the stream needs none.</summary>
    public StageStats BandwidthExtension { get; internal set; }
}
