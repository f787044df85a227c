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

    /// <summary>
    /// Above the base delay only, with a tail heavier than gamma's, as on paths of many hops: the exponential of a
    /// standard normal, whose mean is 0.76 times its standard deviation. Fujimoto, Ata and Murata, "Statistical analysis
    /// of packet delays in the Internet and its application to playout control for streaming applications", 2001.
    /// </summary>
    LogNormal,
}
