namespace RtcEnhance.Inference;

/// <summary>
/// A chain of convolutions whose last result, spread over scale x scale samples, is added to the classically enlarged
/// luma. Immutable. Thread-safe.
/// </summary>
internal sealed class UpscalingNetwork
{
    /// <summary>The convolutions, first to last; the last one has no activation.</summary>
    public required ConvolutionLayer[] Layers { get; init; }

    /// <summary>Output samples per input sample along each axis.</summary>
    public required int Scale { get; init; }

    /// <summary>What the result is added to.</summary>
    public required BaseFilter Base { get; init; }

    /// <summary>The layer whose activations others add to theirs; -1 where none does.</summary>
    public required int SkippedLayer { get; init; }

    /// <summary>The step between two 8-bit values of each layer's activations but the last; empty without quantisation.</summary>
    public required float[] ActivationSteps { get; init; }

    /// <summary>The 8-bit value that stands for zero, 0 to 255, of the same layers.</summary>
    public required int[] ZeroPoints { get; init; }

    /// <summary>Input samples to each side that an output sample depends on.</summary>
    public int Reach => Layers.Sum(layer => layer.Reach);

    /// <summary>Weights, biases and slopes.</summary>
    public int ParameterCount
        => Layers.Sum(l => l.Weights.Length + l.Biases.Count(b => b != 0) + (l == Layers[^1] ? 0 : l.Slopes.Count(s => s != 0)));

    /// <summary>Multiplications with weights for each input sample.</summary>
    public int MultipliesPerSample => Layers.Sum(layer => layer.Weights.Length);
}
