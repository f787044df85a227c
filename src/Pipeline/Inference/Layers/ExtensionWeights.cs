namespace RtcEnhance.Inference;

/// <summary>
/// A bandwidth-extension network packed for one precision; the layers that hear and answer stay in floats. Many streams
/// share one. Immutable. Thread-safe.
/// </summary>
internal sealed class ExtensionWeights(ExtensionNetwork network, InferencePrecision precision)
{
    public DenseWeights Encode { get; } = network.Encode.Pack(InferencePrecision.FloatingPoint);

    public GatedWeights First { get; } = network.First.Pack(precision);

    public GatedWeights Second { get; } = network.Second.Pack(precision);

    public DenseWeights Last { get; } = network.Last.Pack(precision);

    public DenseWeights Out { get; } = network.Out.Pack(InferencePrecision.FloatingPoint);
}
