using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks;

/// <summary>The upscalers that a command can name. Thread-safe.</summary>
public static class UpscaleMethods
{
    /// <summary>What restores pictures that keep their size.</summary>
    public const string Restore = "restore";

    /// <summary>Names of those that enlarge, cheapest first.</summary>
    public static IReadOnlyList<string> Names { get; } = ["bilinear", "bicubic", "lanczos", "easu", "neural-fast", "neural-fast-clean", "neural", "neural-clean"];

    /// <summary>Whether a method multiplies width and height by a number.</summary>
    /// <param name="name">One of <see cref="Names"/>, or <see cref="Restore"/>.</param>
    /// <param name="scale">The number.</param>
    /// <returns>True for all numbers where the method is a filter; a network's result may be reduced to a fraction.</returns>
    public static bool HasScale(string name, double scale) => SourceOf(name, scale) is not { } source || source.Load().Info.Scale == Math.Ceiling(scale);

    /// <summary>A new upscaler.</summary>
    /// <param name="name">One of <see cref="Names"/>, or <see cref="Restore"/>.</param>
    /// <param name="scale">What it will multiply width and height by.</param>
    /// <returns>The upscaler.</returns>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static IStage<SuperResolutionJob> Create(string name, double scale = 2) => name switch
    {
        "bilinear" => new BilinearUpscaler(),
        "bicubic" => new BicubicUpscaler(),
        "lanczos" => new Lanczos3Upscaler(),
        "easu" => new EdgeAdaptiveUpscaler(),
        _ => new NeuralUpscaler((SourceOf(name, scale) ?? throw new ArgumentException($"The method '{name}' is not one of {string.Join(", ", Names)}.", nameof(name))).Load()),
    };

    private static UpscalingModelSource? SourceOf(string name, double scale) => name switch
    {
        "neural" or "neural-clean" when Math.Ceiling(scale) == 3 => UpscalingModelSource.Tripling,
        "neural" => UpscalingModelSource.Quality,
        "neural-fast" => UpscalingModelSource.Fast,
        "neural-clean" => UpscalingModelSource.Quality.Clean,
        "neural-fast-clean" => UpscalingModelSource.Fast.Clean,
        Restore => UpscalingModelSource.Restoration,
        _ => null,
    };
}
