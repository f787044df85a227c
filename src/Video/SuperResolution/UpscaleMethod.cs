namespace RtcEnhance.Video;

/// <summary>A way to enlarge a picture; the steps of an enhancer's ladder, the most expensive first.</summary>
public enum UpscaleMethod
{
    /// <summary>
    /// <see cref="NeuralUpscaler"/> with <see cref="VideoEnhancerOptions.QualityModel"/>, finished by
    /// <see cref="BicubicUpscaler"/> when the deadline nears. Below it: <see cref="NeuralFast"/>.
    /// </summary>
    Neural,

    /// <summary>As <see cref="Neural"/>, with <see cref="VideoEnhancerOptions.FastModel"/>. Below it: <see cref="Easu"/>.</summary>
    NeuralFast,

    /// <summary>
    /// <see cref="EdgeAdaptiveUpscaler"/>, finished by <see cref="BicubicUpscaler"/> when the deadline nears. Below it:
    /// <see cref="Bicubic"/>.
    /// </summary>
    Easu,

    /// <summary><see cref="BicubicUpscaler"/>. Below it: <see cref="PassThrough"/>.</summary>
    Bicubic,

    /// <summary>
    /// <see cref="Lanczos3Upscaler"/>, finished by <see cref="BicubicUpscaler"/> when the deadline nears. Below it:
    /// <see cref="Bicubic"/>.
    /// </summary>
    Lanczos,

    /// <summary><see cref="BilinearUpscaler"/>. Below it: <see cref="PassThrough"/>.</summary>
    Bilinear,

    /// <summary>Nothing: the picture keeps its size.</summary>
    PassThrough,
}
