namespace RtcEnhance;

/// <summary>How long an audio stream waits for its late packets. Read once, where a receiver is built. Thread-safe: immutable.</summary>
public sealed class PlayoutDelayOptions
{
    /// <summary>Share of the half seconds in which the delay waits for every packet; of the others the latest are concealed.</summary>
    /// <value>0.5 to 0.9999; default 0.97.</value>
    public double Quantile { get; init; } = 0.97;

    /// <summary>Delay until the network's jitter is known.</summary>
    /// <value>10 ms to 2 s; default 80 ms.</value>
    public TimeSpan StartDelay { get; init; } = TimeSpan.FromMilliseconds(80);

    /// <summary>The delay never goes below it; can be changed on the receiver.</summary>
    /// <value>0 to <see cref="MaximumDelay"/>; default 0.</value>
    public TimeSpan MinimumDelay { get; init; }

    /// <summary>
    /// The delay never goes above it; can be changed on the receiver.
    /// </summary>
    /// <value>10 ms to 10 s; default 2 s.</value>
    public TimeSpan MaximumDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A delay that does not follow the network.</summary>
    /// <param name="delay">10 ms to 2 s.</param>
    /// <returns>The options.</returns>
    public static PlayoutDelayOptions Fixed(TimeSpan delay) => new() { StartDelay = delay, MinimumDelay = delay, MaximumDelay = delay };

    internal void AddFaults(OptionFaults faults, string prefix)
    {
        faults.Require(Quantile is >= 0.5 and <= 0.9999, prefix + nameof(Quantile), Quantile, "0.5 to 0.9999");
        faults.Require(
            StartDelay >= TimeSpan.FromMilliseconds(10) && StartDelay <= TimeSpan.FromSeconds(2), prefix + nameof(StartDelay), StartDelay, "10 ms to 2 s");
        faults.Require(MinimumDelay >= TimeSpan.Zero && MinimumDelay <= MaximumDelay, prefix + nameof(MinimumDelay), MinimumDelay, "0 to MaximumDelay");
        faults.Require(
            MaximumDelay >= TimeSpan.FromMilliseconds(10) && MaximumDelay <= TimeSpan.FromSeconds(10), prefix + nameof(MaximumDelay), MaximumDelay, "10 ms to 10 s");
    }
}
