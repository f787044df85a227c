namespace RtcEnhance.Opus;

/// <summary>The coding layer of an Opus packet (RFC 6716 section 2). Thread-safe.</summary>
public enum OpusMode
{
    /// <summary>Linear prediction alone: narrowband to wideband speech.</summary>
    Silk,

    /// <summary>Linear prediction up to 8 kHz and transform coding above it.</summary>
    Hybrid,

    /// <summary>Transform coding alone; it never carries in-band FEC.</summary>
    Celt,
}
