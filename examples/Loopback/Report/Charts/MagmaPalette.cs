namespace RtcEnhance.Loopback.Report.Charts;

/// <summary>
/// The perceptually even colour map "magma" (S. van der Walt, N. Smith, matplotlib, CC0), through every sixteenth of
/// its colours. Thread-safe.
/// </summary>
internal static class MagmaPalette
{
    private static readonly uint[] Anchors =
    [
        0x000004, 0x0A0822, 0x1D1147, 0x36106B, 0x51127C, 0x6A1C81,
        0x832681, 0x9C2E7F, 0xB73779, 0xCF4070, 0xE55064, 0xF4695C,
        0xFB8761, 0xFEA571, 0xFEC287, 0xFDE0A1, 0xFCFDBF,
    ];

    /// <summary>RGB of 256 colours, dark to light.</summary>
    public static byte[] Rgb { get; } = [.. Enumerable.Range(0, 256).SelectMany(Colour)];

    private static byte[] Colour(int index)
    {
        var position = index / 255.0 * (Anchors.Length - 1);
        var anchor = Math.Min((int)position, Anchors.Length - 2);
        return [Mix(anchor, position - anchor, 16), Mix(anchor, position - anchor, 8), Mix(anchor, position - anchor, 0)];
    }

    private static byte Mix(int anchor, double share, int shift)
    {
        var (from, to) = ((Anchors[anchor] >> shift) & 255, (Anchors[anchor + 1] >> shift) & 255);
        return (byte)Math.Round(from + (share * ((double)to - from)));
    }
}
