namespace RtcEnhance;

/// <summary>One element of an RFC 8285 header extension. Thread-safe.</summary>
/// <param name="id">The identifier that SDP maps to a URI: 1 to 14 in the one-byte form, 1 to 255 in the two-byte form.</param>
/// <param name="data">0 to 255 bytes.</param>
public readonly ref struct RtpHeaderExtension(byte id, ReadOnlySpan<byte> data)
{
    /// <summary>The identifier that SDP maps to a URI: 1 to 14 in the one-byte form, 1 to 255 in the two-byte form.</summary>
    public byte Id { get; } = id;

    /// <summary>0 to 255 bytes.</summary>
    public ReadOnlySpan<byte> Data { get; } = data;
}
