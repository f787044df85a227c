using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks;

/// <summary>The upscalers that a command can name. Thread-safe.</summary>
public static class UpscaleMethods
{
    /// <summary>Names, cheapest first.</summary>
    public static IReadOnlyList<string> Names { get; } = ["bilinear", "bicubic", "lanczos", "easu"];

    /// <summary>A new upscaler.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <returns>The upscaler.</returns>
    /// <exception cref="ArgumentException">The name is unknown, or its model does not exist yet.</exception>
    public static IStage<SuperResolutionJob> Create(string name) => name switch
    {
        "bilinear" => new BilinearUpscaler(),
        "bicubic" => new BicubicUpscaler(),
        "lanczos" => new Lanczos3Upscaler(),
        "easu" => new EdgeAdaptiveUpscaler(),
        "neural" or "neural-fast" => throw new ArgumentException(
            $"The method '{name}' needs a model, and none is released yet; take one of {string.Join(", ", Names)}.", nameof(name)),
        _ => throw new ArgumentException($"The method '{name}' is not one of {string.Join(", ", Names)}.", nameof(name)),
    };
}
