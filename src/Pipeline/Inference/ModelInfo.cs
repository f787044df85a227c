using RtcEnhance.Inference;

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

    /// <summary>What a file says of itself, once its weights are found to be the ones that it promises.</summary>
    /// <exception cref="ModelFormatException">They are others, or a property is left out.</exception>
    internal static ModelInfo Read(OnnxModel model, int scale, int parameters, int multipliesPerSample, bool isQuantised)
    {
        string promised = model.GetProperty("weights_sha256");
        string found = model.ComputeWeightsHash();
        if (promised != found)
            throw new ModelFormatException(model.Name, "property 'weights_sha256'", found, promised);
        return new ModelInfo
        {
            Id = model.GetProperty("id"),
            Task = model.GetProperty("task"),
            Scale = scale,
            Licence = model.GetProperty("licence"),
            TrainingData = model.GetProperty("training_data"),
            WeightsSha256 = found,
            ParameterCount = parameters,
            MultipliesPerSample = multipliesPerSample,
            IsQuantised = isQuantised,
        };
    }
}
