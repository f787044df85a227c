namespace RtcEnhance.Inference;

/// <summary>A network in 32-bit floats. Immutable. Thread-safe.</summary>
internal sealed class SingleNetwork : IChainFactory
{
    private readonly UpscalingNetwork _network;
    private readonly AlignedBuffer<float>[] _weights;
    private readonly AlignedBuffer<float>[] _biases;
    private readonly AlignedBuffer<float>[] _slopes;

    /// <summary>Packs a network.</summary>
    /// <param name="network">The network.</param>
    public SingleNetwork(UpscalingNetwork network)
    {
        _network = network;
        ConvolutionLayer[] inner = network.Layers[..^1];
        _weights = [.. inner.Select(PackedWeights.Singles), PackedWeights.SingleResiduals(network.Layers[^1])];
        _biases = [.. inner.Select(layer => PackedWeights.Padded<float>(layer.Biases))];
        _slopes = [.. inner.Select(layer => PackedWeights.Padded<float>(layer.Slopes))];
    }

    /// <inheritdoc/>
    public LayerChain CreateChain<TLanes, TFloats>()
        where TLanes : struct, IIntegerLanes<TLanes>
        where TFloats : struct, IFloatLanes<TFloats>
    {
        int last = _weights.Length - 1;
        var input = new RowRing<float>(1, RowSlots.Of(_network, -1), 0);
        var rings = new RowRing<float>[last];
        var planes = new ResidualPlanes();
        var layers = new IRowLayer[last + 1];
        for (int i = 0; i < last; i++)
        {
            rings[i] = new RowRing<float>(ByteConvolution.Channels, RowSlots.Of(_network, i), 0);
            layers[i] = new SingleLayer<TFloats>(
                _network.Layers[i], _weights[i], _biases[i], _slopes[i], i == 0 ? input : rings[i - 1], rings[i],
                _network.Layers[i].AddsSkip ? rings[_network.SkippedLayer] : null);
        }

        layers[last] = new SingleResidualLayer<TFloats>(_network.Layers[last], _weights[last], rings[last - 1], planes);
        return new LayerChain(new SinglePixelRows<TFloats>(input), layers, new OutputRows<TFloats>(_network, planes));
    }
}
