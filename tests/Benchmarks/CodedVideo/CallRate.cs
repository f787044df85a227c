namespace RtcEnhance.Benchmarks.CodedVideo;

/// <summary>How many bits a call spends on a clip.</summary>
public enum CallRate
{
    /// <summary>Not coded at all.</summary>
    Clean,

    /// <summary>A starved call.</summary>
    Low,

    /// <summary>A usual one.</summary>
    Middle,

    /// <summary>One with bits to spare.</summary>
    High,
}
