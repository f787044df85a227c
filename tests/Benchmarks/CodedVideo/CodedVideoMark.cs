namespace RtcEnhance.Benchmarks.CodedVideo;

/// <summary>What an upscaler of coded video should reach.</summary>
public enum CodedVideoMark
{
    /// <summary>Mean PSNR over FSRCNNX-16's, by rate.</summary>
    AheadOfFsrcnnx,

    /// <summary>Mean PSNR over the edge-adaptive filter's, at each rate.</summary>
    AheadOfEasu,

    /// <summary>SSIM never below the bicubic filter's on any stream.</summary>
    SsimOfBicubic,

    /// <summary>Flicker near the bicubic filter's on every stream.</summary>
    FlickerOfBicubic,
}
