using RtcEnhance.Inference;

namespace RtcEnhance;

/// <summary>
/// A network for bandwidth extension, read from an ONNX file, checked, and packed for this machine. Many streams share
/// one. Immutable. Thread-safe.
/// </summary>
public sealed class BandwidthExtensionModel
{
    private const int SamplesPerBlock = 480;

    private readonly Lazy<ExtensionWeights> _int8;
    private readonly Lazy<ExtensionWeights> _single;

    private BandwidthExtensionModel(ModelInfo info, ExtensionNetwork network)
    {
        Info = info;
        _int8 = new Lazy<ExtensionWeights>(() => new ExtensionWeights(network, InferencePrecision.EightBit));
        _single = new Lazy<ExtensionWeights>(() => new ExtensionWeights(network, InferencePrecision.FloatingPoint));
    }

    /// <summary>What the file says of itself; the multiplications are for each sample at 48 kHz.</summary>
    public ModelInfo Info { get; }

    /// <summary>Reads a model.</summary>
    /// <param name="onnx">The bytes of the file, at most 4 MiB.</param>
    /// <param name="name">Path or name of the file, for messages.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ModelFormatException">The file is damaged, or its network is not one that the engine runs.</exception>
    public static BandwidthExtensionModel Load(ReadOnlySpan<byte> onnx, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        OnnxModel model = OnnxModel.Parse(onnx, name);
        ExtensionNetwork network = ExtensionNetworkReader.Read(model);
        return new BandwidthExtensionModel(ModelInfo.Read(model, 1, network.ParameterCount, network.MultipliesPerBlock / SamplesPerBlock, isQuantised: true), network);
    }

    /// <summary>The packed weights.</summary>
    internal ExtensionWeights GetWeights(InferencePrecision precision)
        => precision == InferencePrecision.FloatingPoint ? _single.Value : _int8.Value;
}
