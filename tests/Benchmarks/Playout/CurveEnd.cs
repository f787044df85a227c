namespace RtcEnhance.Benchmarks.Playout;

/// <summary>Whether a point was read off a curve or its end had to do.</summary>
public enum CurveEnd
{
    /// <summary>The curve has such a point.</summary>
    None,

    /// <summary>The policy conceals less at every setting; taken is its shortest delay.</summary>
    Shortest,

    /// <summary>The policy conceals more at every setting; taken is its longest delay.</summary>
    Longest,
}
