namespace RtcEnhance.Testing;

/// <summary>What a captured frame holds.</summary>
internal enum FrameContent
{
    /// <summary>A whole UDP datagram.</summary>
    Udp,

    /// <summary>Part of a datagram that IP sent in pieces.</summary>
    Fragment,

    /// <summary>Less than its headers say, or headers that contradict each other.</summary>
    Damaged,

    /// <summary>Something else than UDP over IP.</summary>
    Other,
}
