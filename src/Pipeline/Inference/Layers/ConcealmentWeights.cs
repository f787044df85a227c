namespace RtcEnhance.Inference;

/// <summary>A concealment network packed for one precision. Many streams share one. Immutable. Thread-safe.</summary>
internal sealed class ConcealmentWeights(ConcealmentNetwork network, InferencePrecision precision)
{
    public ConcealmentNetwork Network => network;

    public DenseWeights Encode { get; } = network.Encode.Pack(precision);

    public GatedWeights Context { get; } = network.Context.Pack(precision);

    public DenseWeights Start { get; } = network.Start.Pack(precision);

    public DenseWeights Envelope { get; } = network.Envelope.Pack(precision);

    public DenseWeights Wave { get; } = network.Wave.Pack(precision);

    public GatedWeights First { get; } = network.First.Pack(precision);

    public GatedWeights Second { get; } = network.Second.Pack(precision);

    public DenseWeights Last { get; } = network.Last.Pack(precision);

    public DenseWeights Out { get; } = network.Out.Pack(precision);
}
