namespace RtcEnhance;

/// <summary>The arithmetic that a network runs in.</summary>
public enum InferencePrecision
{
    /// <summary>8-bit weights and activations; the same bytes on every machine.</summary>
    EightBit,

    /// <summary>32-bit floats.</summary>
    FloatingPoint,
}
