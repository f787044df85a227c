namespace RtcEnhance;

/// <summary>
/// Order and distance of counters that wrap at 16 or 32 bits (RFC 1982 serial numbers): right while the two are less than
/// half the range apart. Exactly half the range apart counts as older. Thread-safe.
/// </summary>
public static class RtpArithmetic
{
    /// <summary>How far <paramref name="later"/> is ahead of <paramref name="earlier"/>; negative where it is behind.</summary>
    /// <param name="later">A sequence number.</param>
    /// <param name="earlier">A sequence number.</param>
    /// <returns>-32768 to 32767.</returns>
    public static int Distance(ushort later, ushort earlier) => (short)(later - earlier);

    /// <summary>How far <paramref name="later"/> is ahead of <paramref name="earlier"/>; negative where it is behind.</summary>
    /// <param name="later">An RTP timestamp.</param>
    /// <param name="earlier">An RTP timestamp.</param>
    /// <returns>-2^31 to 2^31 - 1.</returns>
    public static int Distance(uint later, uint earlier) => (int)(later - earlier);

    /// <summary>True where <paramref name="value"/> comes after <paramref name="other"/>.</summary>
    /// <param name="value">A sequence number.</param>
    /// <param name="other">A sequence number.</param>
    /// <returns>False for equal values.</returns>
    public static bool IsNewer(ushort value, ushort other) => Distance(value, other) > 0;

    /// <summary>True where <paramref name="value"/> comes after <paramref name="other"/>.</summary>
    /// <param name="value">An RTP timestamp.</param>
    /// <param name="other">An RTP timestamp.</param>
    /// <returns>False for equal values.</returns>
    public static bool IsNewer(uint value, uint other) => Distance(value, other) > 0;
}
