namespace RtcEnhance.Video;

/// <summary>The kinds of step whose cost is learned over all streams: after the first, as <see cref="UpscaleMethod"/>.</summary>
internal enum UpscaleStep
{
    /// <summary>The application's own stage.</summary>
    Own,

    Neural,

    NeuralFast,

    Easu,

    Bicubic,

    Lanczos,

    Bilinear,
}
