namespace RtcEnhance.Testing;

/// <summary>
/// What a network does to a call. The defaults are a clean network without delay. Thread-safe: immutable.
/// </summary>
public sealed class ImpairmentOptions
{
    /// <summary>Share of time in which packets are lost.</summary>
    /// <value>Percent, 0 to 100 x B / (B + 1) for a mean burst of B slots; default 0.</value>
    public double LossPercent { get; init; }

    /// <summary>Mean length of a loss burst.</summary>
    /// <value><see cref="LossSlot"/> to <see cref="MaxBurst"/>; default 60 ms.</value>
    public TimeSpan MeanBurst { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>Longest loss burst.</summary>
    /// <value>At most 10 minutes; default 200 ms.</value>
    public TimeSpan MaxBurst { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Step of the loss process: bursts are whole numbers of it.</summary>
    /// <value>1 ms to 1 s; default 20 ms, one audio packet.</value>
    public TimeSpan LossSlot { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Loss recorded packet by packet, in place of <see cref="LossPercent"/>.</summary>
    /// <value>Default none.</value>
    public LossTrace? LossTrace { get; init; }

    /// <summary>One-way delay without jitter.</summary>
    /// <value>0 to 10 s; default 0.</value>
    public TimeSpan BaseDelay { get; init; }

    /// <summary>Standard deviation of the delay.</summary>
    /// <value>0 to 10 s; default 0.</value>
    public TimeSpan Jitter { get; init; }

    /// <summary>How the delay spreads.</summary>
    /// <value>Default <see cref="DelayDistribution.Gamma"/>.</value>
    public DelayDistribution JitterDistribution { get; init; }

    /// <summary>Correlation of successive packets' delays.</summary>
    /// <value>0 to 0.999; default 0.</value>
    public double JitterCorrelation { get; init; }

    /// <summary>Delay that changes in the course of the call, on top of <see cref="BaseDelay"/> and <see cref="Jitter"/>.</summary>
    /// <value>Default none; <see cref="DelayTraces"/> makes some.</value>
    public DelayTrace? DelayTrace { get; init; }

    /// <summary>
    /// True where jitter alone may swap packets. A network's queues keep order, so that a late packet holds up those
    /// behind it and they come in a burst.
    /// </summary>
    /// <value>Default false.</value>
    public bool JitterReorders { get; init; }

    /// <summary>Share of packets that are overtaken by later ones.</summary>
    /// <value>Percent, 0 to 100; default 0.</value>
    public double ReorderPercent { get; init; }

    /// <summary>How long a packet that is to be overtaken is held back, on top of its delay.</summary>
    /// <value>Above 0 to 10 s; default 30 ms, one to two audio packets.</value>
    public TimeSpan ReorderHold { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>Share of packets that come twice, the second time within 20 ms of the first.</summary>
    /// <value>Percent, 0 to 100; default 0.</value>
    public double DuplicatePercent { get; init; }

    /// <summary>
    /// How fast the sender's clock runs against the receiver's: above zero, its packets come ever earlier. A relay in
    /// real time cannot deliver before it was sent to, so there it ends where the delay is used up.
    /// </summary>
    /// <value>Parts per million, -100,000 to 100,000; default 0.</value>
    public double ClockDriftPpm { get; init; }

    /// <summary>Seed of everything random.</summary>
    /// <value>Any number; default 1.</value>
    public int Seed { get; init; } = 1;

    /// <summary>Makes the loss process that all streams of one call share.</summary>
    /// <returns>The trace, or a <see cref="GilbertElliott"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A loss option is outside its range.</exception>
    public ILossModel CreateLossModel()
        => (ILossModel?)LossTrace ?? new GilbertElliott(LossPercent, MeanBurst, MaxBurst, LossSlot, Seed);
}
