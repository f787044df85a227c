namespace RtcEnhance.Inference;

/// <summary>What a network's residual is added to.</summary>
internal enum BaseFilter
{
    /// <summary>The picture itself, at scale 1.</summary>
    Copy,

    /// <summary>The picture enlarged by the triangle.</summary>
    Linear,

    /// <summary>The picture enlarged by the cubic of Keys, a = -0.5.</summary>
    Cubic,
}
