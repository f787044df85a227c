namespace RtcEnhance.Audio;

/// <summary>One 10 ms block as an <see cref="IPlayoutLog"/> is told of it. Thread-safe: a value.</summary>
public readonly record struct PlayoutStep
{
    /// <summary>What was played.</summary>
    public required PlayoutOperation Operation { get; init; }

    /// <summary>RTP timestamp up to which the stream is played after this block; 0 before the first packet.</summary>
    public required uint RtpTimestamp { get; init; }

    /// <summary>Samples per channel, at the decoder's rate, that stretching put in (positive) or left out (negative).</summary>
    public required int StretchedSamples { get; init; }

    /// <summary>Packets waiting after this block.</summary>
    public required int WaitingPackets { get; init; }

    /// <summary>How much later than the fastest packets allow the stream is played now, in ms.</summary>
    public required int DelayMs { get; init; }

    /// <summary>What <see cref="DelayMs"/> is steered to.</summary>
    public required int TargetMs { get; init; }
}
