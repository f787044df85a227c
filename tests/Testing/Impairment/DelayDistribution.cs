namespace RtcEnhance.Testing;

/// <summary>How a packet's delay spreads around the base delay.</summary>
public enum DelayDistribution
{
    /// <summary>
    /// Above the base delay only, with a long right tail, as queues make it: gamma of shape 2, whose mean is 1.41 times
    /// its standard deviation.
    /// </summary>
    Gamma,

    /// <summary>To both sides of the base delay, cut at zero.</summary>
    Normal,
}
