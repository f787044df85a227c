using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks;

/// <summary>The upscalers that a command can name. Thread-safe.</summary>
public static class UpscaleMethods
{
    /// <summary>What restores pictures that keep their size.</summary>
    public const string Restore = "restore";

    /// <summary>Names of those that enlarge, cheapest first.</summary>
    public static IReadOnlyList<string> Names { get; } = ["bilinear", "bicubic", "lanczos", "easu", "neural-fast", "neural-fast-clean", "neural", "neural-clean"];

    /// <summary>What a method multiplies width and height by; null where it may be anything.</summary>
    /// <param name="name">One of <see cref="Names"/>, or <see cref="Restore"/>.</param>
    /// <returns>The scale, or null.</returns>
    public static int? FixedScale(string name) => SourceOf(name)?.Load().Info.Scale;

    /// <summary>A new upscaler.</summary>
    /// <param name="name">One of <see cref="Names"/>, or <see cref="Restore"/>.</param>
    /// <returns>The upscaler.</returns>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static IStage<SuperResolutionJob> Create(string name) => name switch
    {
        "bilinear" => new BilinearUpscaler(),
        "bicubic" => new BicubicUpscaler(),
        "lanczos" => new Lanczos3Upscaler(),
        "easu" => new EdgeAdaptiveUpscaler(),
        _ => new NeuralUpscaler((SourceOf(name) ?? throw new ArgumentException($"The method '{name}' is not one of {string.Join(", ", Names)}.", nameof(name))).Load()),
    };

    private static UpscalingModelSource? SourceOf(string name) => name switch
    {
        "neural" => UpscalingModelSource.Quality,
        "neural-fast" => UpscalingModelSource.Fast,
        "neural-clean" => UpscalingModelSource.Quality.Clean,
        "neural-fast-clean" => UpscalingModelSource.Fast.Clean,
        Restore => UpscalingModelSource.Restoration,
        _ => null,
    };
}
