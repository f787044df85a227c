namespace RtcEnhance.Opus;

/// <summary>What the encoder is to favour. Thread-safe.</summary>
public enum OpusApplication
{
    /// <summary>Intelligible speech.</summary>
    Voip = 2048,

    /// <summary>Faithful sound.</summary>
    Audio = 2049,
}
