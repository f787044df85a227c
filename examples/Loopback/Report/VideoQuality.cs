namespace RtcEnhance.Loopback.Report;

/// <summary>How close shown frames are to the frames that were sent, averaged over frames. Thread-safe.</summary>
/// <param name="Method">The upscaler.</param>
/// <param name="PsnrDb">Peak signal-to-noise ratio of luma in dB.</param>
/// <param name="Ssim">Structural similarity of luma, 1 is perfect.</param>
public sealed record VideoQuality(string Method, double PsnrDb, double Ssim);
