using RtcEnhance.Inference;

namespace RtcEnhance;

/// <summary>
/// A network that enlarges luma, read from an ONNX file, checked, and packed for this machine. Many streams share one.
/// Immutable. Thread-safe.
/// </summary>
public sealed class UpscalingModel
{
    private readonly Lazy<IChainFactory> _int8;
    private readonly Lazy<IChainFactory> _single;

    private UpscalingModel(ModelInfo info, UpscalingNetwork network)
    {
        Info = info;
        Network = network;
        _int8 = new Lazy<IChainFactory>(() => new ByteNetwork(network));
        _single = new Lazy<IChainFactory>(() => new SingleNetwork(network));
    }

    /// <summary>What the file says of itself.</summary>
    public ModelInfo Info { get; }

    internal UpscalingNetwork Network { get; }

    /// <summary>Reads a model.</summary>
    /// <param name="onnx">The bytes of the file, at most 4 MiB.</param>
    /// <param name="name">Path or name of the file, for messages.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ModelFormatException">The file is damaged, or its network is not one that the engine runs.</exception>
    public static UpscalingModel Load(ReadOnlySpan<byte> onnx, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        OnnxModel model = OnnxModel.Parse(onnx, name);
        UpscalingNetwork network = UpscalingNetworkReader.Read(model);
        return new UpscalingModel(ModelInfo.Read(model, network.Scale, network.ParameterCount, network.MultipliesPerSample, network.ActivationSteps.Length > 0), network);
    }

    /// <summary>The packed weights.</summary>
    /// <exception cref="ArgumentException">The model has no 8-bit form.</exception>
    internal IChainFactory GetWeights(InferencePrecision precision)
    {
        if (precision == InferencePrecision.FloatingPoint)
            return _single.Value;
        return Info.IsQuantised
            ? _int8.Value
            : throw new ArgumentException($"The model '{Info.Id}' has no activation_scales, which 8-bit arithmetic needs.", nameof(precision));
    }
}
