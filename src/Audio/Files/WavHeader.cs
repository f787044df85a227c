namespace RtcEnhance.Audio;

/// <summary>The constants of a WAV file's format chunk. Thread-safe.</summary>
internal static class WavHeader
{
    public const int PcmTag = 1;
    public const int FloatTag = 3;
    public const int ExtensibleTag = 0xFFFE;
    public const int MaxChannels = 256;

    /// <summary>A size that says "up to the end of the file".</summary>
    public const uint UnknownSize = 0xFFFFFFFF;

    /// <summary>What follows the two bytes of the format tag in a sub-format's GUID.</summary>
    public static ReadOnlySpan<byte> SubFormatTail => [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];
}
