using RtcEnhance.Inference;

namespace RtcEnhance;

/// <summary>
/// A network that conceals lost audio, read from an ONNX file, checked, and packed for this machine. Many streams share
/// one. Immutable. Thread-safe.
/// </summary>
public sealed class ConcealmentModel
{
    private readonly Lazy<ConcealmentWeights> _int8;
    private readonly Lazy<ConcealmentWeights> _single;

    private ConcealmentModel(ModelInfo info, ConcealmentNetwork network)
    {
        Info = info;
        _int8 = new Lazy<ConcealmentWeights>(() => new ConcealmentWeights(network, InferencePrecision.EightBit));
        _single = new Lazy<ConcealmentWeights>(() => new ConcealmentWeights(network, InferencePrecision.FloatingPoint));
    }

    /// <summary>What the file says of itself.</summary>
    public ModelInfo Info { get; }

    /// <summary>Reads a model.</summary>
    /// <param name="onnx">The bytes of the file, at most 4 MiB.</param>
    /// <param name="name">Path or name of the file, for messages.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ModelFormatException">The file is damaged, or its network is not one that the engine runs.</exception>
    public static ConcealmentModel Load(ReadOnlySpan<byte> onnx, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        OnnxModel model = OnnxModel.Parse(onnx, name);
        ConcealmentNetwork network = ConcealmentNetworkReader.Read(model);
        return new ConcealmentModel(ModelInfo.Read(model, 1, network.ParameterCount, network.MultipliesPerStep / ConcealmentNetwork.StepLength, isQuantised: true), network);
    }

    /// <summary>The packed weights.</summary>
    internal ConcealmentWeights GetWeights(InferencePrecision precision)
        => precision == InferencePrecision.FloatingPoint ? _single.Value : _int8.Value;
}
