namespace RtcEnhance.Loopback.Report;

/// <summary>The same frame upscaled plainly and by the receiver. Thread-safe while nobody writes to the pixels.</summary>
public sealed class FramePair
{
    /// <summary>Width in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>The bicubic picture: RGB, 8 bits each, rows top down without padding.</summary>
    public required byte[] Before { get; init; }

    /// <summary>The picture that was shown, same layout.</summary>
    public required byte[] After { get; init; }

    /// <summary>The picture that was sent, same layout; null where it is not known.</summary>
    public byte[]? Original { get; init; }

    /// <summary>What the viewer is told, for example when it was shown and its PSNR.</summary>
    public required string Caption { get; init; }
}
