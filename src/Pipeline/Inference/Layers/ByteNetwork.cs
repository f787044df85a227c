namespace RtcEnhance.Inference;

/// <summary>A network in 8-bit arithmetic. Immutable. Thread-safe.</summary>
internal sealed class ByteNetwork : IChainFactory
{
    private readonly UpscalingNetwork _network;
    private readonly QuantisedLayer[] _layers;
    private readonly Requantiser[] _requantisers;
    private readonly AlignedBuffer<int>[] _biases;
    private readonly AlignedBuffer<int> _firstWeights;
    private readonly AlignedBuffer<byte>[] _innerWeights;
    private readonly AlignedBuffer<short>?[] _transformedWeights;
    private readonly AlignedBuffer<byte> _lastWeights;
    private readonly int _channels;

    /// <summary>Quantises and packs a network.</summary>
    /// <param name="network">A network with activation steps.</param>
    public ByteNetwork(UpscalingNetwork network)
    {
        _network = network;
        int last = network.Layers.Length - 1;
        bool isNarrow = network.Layers.Take(last).All(layer => layer.Outputs <= NarrowConvolution.Channels)
            && network.Layers.Skip(1).Take(last - 1).All(layer => layer.Kernel == 3);
        _channels = isNarrow ? NarrowConvolution.Channels : ByteConvolution.Channels;
        _layers = new QuantisedLayer[last + 1];
        _requantisers = new Requantiser[last];
        _biases = new AlignedBuffer<int>[last];
        for (int i = 0; i <= last; i++)
        {
            _layers[i] = i == 0
                ? QuantisedLayer.QuantiseFirst(network.Layers[0])
                : QuantisedLayer.Quantise(network.Layers[i], network.ActivationSteps[i - 1], network.ZeroPoints[i - 1]);
            if (i == last)
                continue;
            bool addsSkip = network.Layers[i].AddsSkip;
            _requantisers[i] = new Requantiser(
                _layers[i],
                network.ActivationSteps[i],
                network.ZeroPoints[i],
                addsSkip ? network.ActivationSteps[network.SkippedLayer] : 0,
                addsSkip ? network.ZeroPoints[network.SkippedLayer] : 0,
                _channels);
            _biases[i] = PackedWeights.Padded<int>(_layers[i].Biases, isNarrow && i > 0 ? 2 : 1);
        }

        _firstWeights = PackedWeights.Words(_layers[0]);
        _innerWeights = [.. _layers[1..last].Select(layer => isNarrow ? PackedWeights.Narrows(layer) : PackedWeights.Wides(layer))];
        _transformedWeights = [.. _layers[1..last].Select(layer => isNarrow || !WinogradConvolution.Fits(layer) ? null : WinogradConvolution.Pack(layer))];
        _lastWeights = PackedWeights.Residuals(_layers[last], _channels);
    }

    /// <inheritdoc/>
    public LayerChain CreateChain<TLanes, TFloats>()
        where TLanes : struct, IIntegerLanes<TLanes>
        where TFloats : struct, IFloatLanes<TFloats>
    {
        int last = _layers.Length - 1;
        var input = new RowRing<short>(1, RowSlots.Of(_network, -1), 0);
        int rowsAtOnce = WinogradLayer.Runs<TLanes>() && Array.Exists(_transformedWeights, weights => weights is not null) ? WinogradConvolution.Rows : 1;
        var rings = new RowRing<byte>[last];
        for (int i = 0; i < last; i++)
            rings[i] = new RowRing<byte>(_channels, RowSlots.Of(_network, i, rowsAtOnce), (byte)_network.ZeroPoints[i]);
        var planes = new ResidualPlanes();
        var layers = new IRowLayer[last + 1];
        layers[0] = TLanes.Count > _channels
            ? new WordLayer<IntegerLanes256, FloatLanes256>(_layers[0], _firstWeights, _biases[0], _requantisers[0], input, rings[0])
            : new WordLayer<TLanes, TFloats>(_layers[0], _firstWeights, _biases[0], _requantisers[0], input, rings[0]);
        for (int i = 1; i < last; i++)
        {
            RowRing<byte>? skip = _network.Layers[i].AddsSkip ? rings[_network.SkippedLayer] : null;
            layers[i] = rowsAtOnce > 1 && _transformedWeights[i - 1] is { } transformed
                ? WinogradLayer.Create<TLanes>(_layers[i], transformed, _requantisers[i], rings[i - 1], rings[i], skip)
                : new ByteLayer<TLanes, TFloats>(_layers[i], _innerWeights[i - 1], _biases[i], _requantisers[i], rings[i - 1], rings[i], skip);
        }

        layers[last] = new ByteResidualLayer<TLanes, TFloats>(_layers[last], _lastWeights, rings[last - 1], planes);
        return new LayerChain(new WordPixelRows(input), layers, new OutputRows<TFloats>(_network, planes));
    }
}
