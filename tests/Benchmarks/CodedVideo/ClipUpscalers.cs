using RtcEnhance.Inference;
using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.CodedVideo;

/// <summary>The upscalers that a command names. Thread-safe.</summary>
internal static class ClipUpscalers
{
    /// <summary>The filter that the others are measured by.</summary>
    public const string Bicubic = "bicubic";

    /// <summary>The best classical filter on coded pictures.</summary>
    public const string Easu = "easu";

    /// <summary>Classical filters, cheapest first.</summary>
    public static IReadOnlyList<string> Classical { get; } = [Bicubic, "lanczos", Easu];

    /// <summary>Our networks.</summary>
    public static IReadOnlyList<string> Neural { get; } = [.. UpscaleMethods.Names.Where(name => name.StartsWith("neural", StringComparison.Ordinal))];

    /// <summary>One of ours by its name.</summary>
    public static IClipUpscaler Create(string method, double scale = 2) => new StageClipUpscaler(method, UpscaleMethods.Create(method, scale), scale);

    /// <summary>A network of the user's, in 8-bit arithmetic where it has it, and in floats.</summary>
    public static IEnumerable<IClipUpscaler> Create(BenchModel model, double scale = 2)
    {
        UpscalingModel network = UpscalingModel.Load(File.ReadAllBytes(model.Path), model.Path);
        if (network.Info.Scale != Math.Ceiling(scale))
            throw new InvalidOperationException($"The model {model.Path} enlarges {network.Info.Scale} times, not {scale}.");
        if (network.Info.IsQuantised)
            yield return new StageClipUpscaler(model.Name, new NeuralUpscaler(network, InferencePrecision.EightBit), scale);
        yield return new StageClipUpscaler($"{model.Name} float", new NeuralUpscaler(network, InferencePrecision.FloatingPoint), scale);
    }
}
