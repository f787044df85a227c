namespace RtcEnhance;

/// <summary>What a model file says of itself. Immutable. Thread-safe.</summary>
public sealed class ModelInfo
{
    /// <summary>Name and version; weights never change under an id.</summary>
    public required string Id { get; init; }

    /// <summary>What it is for, for example <c>super-resolution</c>.</summary>
    public required string Task { get; init; }

    /// <summary>Output samples for each input sample along an axis.</summary>
    public required int Scale { get; init; }

    /// <summary>The licence of the weights, an SPDX identifier.</summary>
    public required string Licence { get; init; }

    /// <summary>What it was trained on.</summary>
    public required string TrainingData { get; init; }

    /// <summary>SHA-256 of the weights, lower-case hexadecimal.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>Weights, biases and slopes other than zero biases and slopes.</summary>
    public required int ParameterCount { get; init; }

    /// <summary>Multiplications with weights for each input sample.</summary>
    public required int MultipliesPerSample { get; init; }

    /// <summary>True where the file has the facts that 8-bit arithmetic needs.</summary>
    public required bool IsQuantised { get; init; }
}
