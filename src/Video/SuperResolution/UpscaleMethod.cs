namespace RtcEnhance.Video;

/// <summary>What enlarges a picture where no network does.</summary>
public enum UpscaleMethod
{
    /// <summary><see cref="EdgeAdaptiveUpscaler"/>, finished by <see cref="BicubicUpscaler"/> when the deadline nears.</summary>
    Easu,

    /// <summary><see cref="BicubicUpscaler"/>.</summary>
    Bicubic,

    /// <summary><see cref="Lanczos3Upscaler"/>, finished by <see cref="BicubicUpscaler"/> when the deadline nears.</summary>
    Lanczos,

    /// <summary><see cref="BilinearUpscaler"/>.</summary>
    Bilinear,

    /// <summary>Nothing: the picture keeps its size.</summary>
    PassThrough,
}
