using RtcEnhance.Inference;

namespace RtcEnhance.Benchmarks.Candidates;

/// <summary>A candidate in 8-bit arithmetic: the engine's own layers where it has them. One thread at a time.</summary>
internal sealed class CandidateChain(CandidateModel model) : IChainFactory
{
    private const int Wide = ByteConvolution.Channels;
    private const int Narrow = NarrowConvolution.Channels;

    /// <summary>What the last layer makes.</summary>
    public ResidualPlanes Planes { get; } = new();

    /// <summary>The same of a folded network, at the places of the picture's samples.</summary>
    public ResidualPlanes Unfolded { get; } = new();

    /// <inheritdoc/>
    public LayerChain CreateChain<TLanes, TFloats>()
        where TLanes : struct, IIntegerLanes<TLanes>
        where TFloats : struct, IFloatLanes<TFloats>
    {
        UpscalingNetwork network = model.Network;
        int last = network.Layers.Length - 1;
        var quantised = new QuantisedLayer[last + 1];
        for (int i = 0; i <= last; i++)
        {
            quantised[i] = i == 0
                ? QuantisedLayer.QuantiseFirst(network.Layers[0])
                : QuantisedLayer.Quantise(AsRow(network.Layers[i], model.Kinds[i]), network.ActivationSteps[i - 1], network.ZeroPoints[i - 1]);
        }

        var input = new RowRing<short>(1, 8, 0);
        var rings = new RowRing<byte>[last];
        var layers = new IRowLayer[last + 1];
        for (int i = 0; i < last; i++)
        {
            rings[i] = new RowRing<byte>(Room(i), 3, (byte)network.ZeroPoints[i]);
            layers[i] = i == 0
                ? First<TLanes, TFloats>(quantised[0], input, rings[0])
                : Inner<TLanes, TFloats>(i, quantised[i], rings[i - 1], rings[i]);
        }

        layers[last] = new ByteResidualLayer<TLanes, TFloats>(quantised[last], PackedWeights.Residuals(quantised[last], Room(last - 1)), rings[last - 1], Planes);
        return new LayerChain(new WordPixelRows(input), layers, new OutputRows<TFloats>(network, model.IsFolded ? Unfolded : Planes));
    }

    // Quantisation keeps the products of a kernel row within 16 bits: all nine of a depthwise kernel are put in one.
    private static ConvolutionLayer AsRow(ConvolutionLayer layer, CandidateKind kind)
    {
        if (kind is not (CandidateKind.Depthwise or CandidateKind.Ghost))
            return layer;
        var weights = new float[layer.Outputs * 81];
        for (int i = 0; i < layer.Weights.Length; i++)
            weights[(i / 9 * 81) + (i % 9)] = layer.Weights[i];
        return layer with { Kernel = 9, Weights = weights };
    }

    private bool IsNarrow => model.Network.Layers[..^1].All(layer => layer.Outputs <= Narrow);

    // Channels from one sample to the next: 16 as soon as one layer needs them, and 8 for what a ghost doubles.
    private int Room(int layer)
        => IsNarrow || (layer + 1 < model.Kinds.Length && model.Kinds[layer + 1] == CandidateKind.Ghost) ? Narrow : Wide;

    private IRowLayer First<TLanes, TFloats>(QuantisedLayer layer, RowRing<short> input, RowRing<byte> target)
        where TLanes : struct, IIntegerLanes<TLanes>
        where TFloats : struct, IFloatLanes<TFloats>
    {
        var requantiser = new Requantiser(layer, model.Network.ActivationSteps[0], model.Network.ZeroPoints[0], 0, 0, target.Channels);
        if (model.IsFolded)
        {
            return TLanes.Count > target.Channels
                ? new FoldedWordLayer<IntegerLanes256, FloatLanes256>(layer, requantiser, input, target)
                : new FoldedWordLayer<TLanes, TFloats>(layer, requantiser, input, target);
        }

        AlignedBuffer<int> weights = PackedWeights.Words(layer);
        AlignedBuffer<int> biases = PackedWeights.Padded<int>(layer.Biases);
        return TLanes.Count > target.Channels
            ? new WordLayer<IntegerLanes256, FloatLanes256>(layer, weights, biases, requantiser, input, target)
            : new WordLayer<TLanes, TFloats>(layer, weights, biases, requantiser, input, target);
    }

    private IRowLayer Inner<TLanes, TFloats>(int i, QuantisedLayer layer, RowRing<byte> source, RowRing<byte> target)
        where TLanes : struct, IIntegerLanes<TLanes>
        where TFloats : struct, IFloatLanes<TFloats>
    {
        float step = model.Network.ActivationSteps[i];
        int zero = model.Network.ZeroPoints[i];
        if (model.Kinds[i] != CandidateKind.Square || source.Channels != target.Channels)
        {
            return new CandidateLayer<TLanes, TFloats>(model.Kinds[i], layer, step, zero, source, target);
        }

        bool isNarrow = target.Channels == Narrow;
        var requantiser = new Requantiser(layer, step, zero, 0, 0, target.Channels);
        if (!isNarrow && WinogradLayer.Runs<TLanes>() && WinogradConvolution.Fits(layer))
            return WinogradLayer.Create<TLanes>(layer, WinogradConvolution.Pack(layer), requantiser, source, target, null);
        return new ByteLayer<TLanes, TFloats>(
            layer,
            isNarrow ? PackedWeights.Narrows(layer) : PackedWeights.Wides(layer),
            PackedWeights.Padded<int>(layer.Biases, isNarrow ? 2 : 1),
            requantiser,
            source,
            target,
            null);
    }
}
