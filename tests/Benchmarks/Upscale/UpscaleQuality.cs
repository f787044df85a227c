namespace RtcEnhance.Benchmarks;

/// <summary>One row of the quality table.</summary>
/// <param name="Method">Our method's or the peer's name.</param>
/// <param name="Route">"luma": the 8-bit luma plane alone; "png": R'G'B' files in and out.</param>
/// <param name="Set">The set of pictures.</param>
/// <param name="Pictures">How many there are.</param>
/// <param name="PsnrDb">Mean luma PSNR.</param>
/// <param name="Ssim">Mean luma SSIM.</param>
public sealed record UpscaleQuality(string Method, string Route, string Set, int Pictures, double PsnrDb, double Ssim);
