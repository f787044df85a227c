namespace RtcEnhance;

/// <summary>Ready-made choices between quality and delay.</summary>
public enum EnhancementPreset
{
    /// <summary>Playout 60 ms behind arrival; a picture takes at most 16 ms.</summary>
    Balanced,

    /// <summary>Playout 100 ms behind arrival, so that fewer packets come too late; a picture takes at most 16 ms.</summary>
    Quality,

    /// <summary>Playout 40 ms behind arrival; a picture takes at most 8 ms.</summary>
    LowDelay,
}
