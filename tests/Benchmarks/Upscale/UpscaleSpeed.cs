namespace RtcEnhance.Benchmarks;

/// <summary>One row of the speed table: milliseconds per I420 frame of 480x360 to 960x720 on one core.</summary>
/// <param name="Method">Our method's name, or swscale with its filter.</param>
/// <param name="Frames">Frames timed.</param>
/// <param name="MinMs">The fastest frame; for swscale the fastest run's mean.</param>
/// <param name="P50Ms">The median frame; null for swscale, which is timed as a whole.</param>
/// <param name="P95Ms">The 95th percentile; null for swscale.</param>
/// <param name="AllocatedBytes">Managed bytes allocated over all timed frames; null for swscale.</param>
public sealed record UpscaleSpeed(
    string Method, int Frames, double MinMs, double? P50Ms, double? P95Ms, long? AllocatedBytes);
