namespace RtcEnhance.Loopback.Report;

/// <summary>
/// The audio receiver's counters under their W3C webrtc-stats names and units, and what the listener got. Thread-safe.
/// </summary>
public sealed record AudioFigures
{
    /// <summary>Playout rate in Hz; all sample counts are at this rate.</summary>
    public required int SampleRate { get; init; }

    /// <summary>Samples played, concealed ones included.</summary>
    public required long TotalSamplesReceived { get; init; }

    /// <summary>Samples played that were made from packets.</summary>
    public required long ReceivedSamples { get; init; }

    /// <summary>Samples played that were mixed from two places of the received ones.</summary>
    public required long StretchedSamples { get; init; }

    /// <summary>Samples played of the sender's silence.</summary>
    public required long ComfortNoiseSamples { get; init; }

    /// <summary>Samples of silence before the first packet was played.</summary>
    public required long SilenceSamples { get; init; }

    /// <summary>Concealments of 150 ms or more.</summary>
    public required long InterruptionCount { get; init; }

    /// <summary>Seconds they lasted.</summary>
    public required double TotalInterruptionDuration { get; init; }

    /// <summary>Times the playout was sped up.</summary>
    public required long AccelerationCount { get; init; }

    /// <summary>Times the playout was slowed down.</summary>
    public required long DecelerationCount { get; init; }

    /// <summary>The fixed playout delay in milliseconds, or null where it followed the network.</summary>
    public double? FixedDelayMs { get; init; }

    /// <summary>Samples played that no packet carried.</summary>
    public required long ConcealedSamples { get; init; }

    /// <summary>Concealed samples that were silence or comfort noise.</summary>
    public required long SilentConcealedSamples { get; init; }

    /// <summary>Times concealment began.</summary>
    public required long ConcealmentEvents { get; init; }

    /// <summary>Samples added to slow the playout down.</summary>
    public required long InsertedSamplesForDeceleration { get; init; }

    /// <summary>Samples removed to speed the playout up.</summary>
    public required long RemovedSamplesForAcceleration { get; init; }

    /// <summary>Seconds the emitted samples spent in the jitter buffer, summed over samples.</summary>
    public required double JitterBufferDelay { get; init; }

    /// <summary>Seconds the jitter buffer aimed at, summed over samples.</summary>
    public required double JitterBufferTargetDelay { get; init; }

    /// <summary>Samples that left the jitter buffer.</summary>
    public required long JitterBufferEmittedCount { get; init; }

    /// <summary>Concealed samples by the algorithm that made them.</summary>
    public required IReadOnlyList<NamedCount> ConcealedBy { get; init; }

    /// <summary>Milliseconds from a sample being sent to its being played.</summary>
    public required Distribution Delay { get; init; }

    /// <summary>The decoded track with zeros where packets were lost, against the clip.</summary>
    public required AudioQuality ZeroFill { get; init; }

    /// <summary>The track as it was played, against the clip.</summary>
    public required AudioQuality Enhanced { get; init; }

    /// <summary>The track decoded without any loss, against the clip: the most that concealment could reach.</summary>
    public AudioQuality? LossFree { get; init; }
}
