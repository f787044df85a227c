using System.Globalization;

namespace RtcEnhance.Inference;

/// <summary>
/// Finds the network in a model's graph: operators are followed in file order, each must continue the chain, and
/// whatever does not is refused by name. One thread at a time.
/// </summary>
internal sealed class UpscalingNetworkReader
{
    private const int MostLayers = 12;
    private const int MostChannels = 16;

    private readonly OnnxModel _model;
    private readonly List<ConvolutionLayer> _layers = [];
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);
    private readonly int _scale;
    private int _skippedLayer = -1;
    private BaseFilter _base = BaseFilter.Copy;

    private UpscalingNetworkReader(OnnxModel model)
    {
        _model = model;
        _scale = ReadScale();
        _values.Add(model.Input, new Value(Kind.Luma, -1));
    }

    // What a name in the graph stands for.
    private enum Kind
    {
        Luma,
        Convolved,
        Activated,
        Residual,
        Classical,
        Upscaled,
    }

    /// <summary>Reads the network of a model.</summary>
    /// <exception cref="ModelFormatException">It is another kind of network, or its metadata does not fit it.</exception>
    public static UpscalingNetwork Read(OnnxModel model)
    {
        var reader = new UpscalingNetworkReader(model);
        foreach (OnnxNode node in model.Nodes)
            reader.Follow(node);
        return reader.Finish();
    }

    /// <summary>Checks that activation scales are those of as many levels as the kernels have.</summary>
    /// <exception cref="ModelFormatException">They are not; files that do not say it have 127.</exception>
    public static void CheckLevels(OnnxModel model)
    {
        string levels = model.FindProperty("activation_levels") ?? "nothing, which stands for 127";
        if (levels != "255")
            throw new ModelFormatException(model.Name, "property 'activation_levels'", "255", levels);
    }

    private void Follow(OnnxNode node)
    {
        Value value = node.Operation switch
        {
            "Identity" => Input(node, 0),
            "Conv" => FollowConvolution(node),
            "Relu" => Activate(node, _ => 0, float.PositiveInfinity),
            "LeakyRelu" => Activate(node, _ => node.GetSingle("alpha", 0.01f), float.PositiveInfinity),
            "PRelu" => FollowSlopes(node),
            "Clip" => FollowClip(node),
            "Add" => FollowAdd(node),
            "DepthToSpace" => FollowShuffle(node),
            "Resize" => FollowResize(node),
            _ => throw node.Fault("Conv, PRelu, Relu, LeakyRelu, Clip, Add, DepthToSpace, Resize, Identity or Constant", node.Operation),
        };
        if (!_values.TryAdd(node.Output, value))
            throw node.Fault("an output name of its own", "one that is taken");
    }

    private Value Input(OnnxNode node, int index)
    {
        if (index >= node.Inputs.Count)
            throw node.Fault($"{index + 1} inputs", $"{node.Inputs.Count}");
        string name = node.Inputs[index];
        return _values.TryGetValue(name, out Value value)
            ? value
            : throw node.Fault($"input {index} to be computed before", $"'{name}'");
    }

    private Value FollowConvolution(OnnxNode node)
    {
        Value input = Input(node, 0);
        bool continues = _layers.Count == 0 ? input.Kind == Kind.Luma : input == new Value(Kind.Activated, _layers.Count - 1);
        if (!continues)
            throw node.Fault("the activations of the convolution before it", $"'{node.Inputs[0]}'");
        if (_layers.Count == MostLayers)
            throw node.Fault($"at most {MostLayers} convolutions", "more");
        _layers.Add(ConvolutionReader.Read(_model, node, _layers.Count == 0 ? 1 : _layers[^1].Outputs, MostChannels));
        return new Value(Kind.Convolved, _layers.Count - 1);
    }

    private Value Activate(OnnxNode node, Func<int, float> slope, float limit)
    {
        Value input = Input(node, 0);
        if (input.Kind != Kind.Convolved || input.Layer != _layers.Count - 1)
            throw node.Fault("the sums of the last convolution", $"'{node.Inputs[0]}'");
        float[] slopes = [.. Enumerable.Range(0, _layers[^1].Outputs).Select(slope)];
        _layers[^1] = _layers[^1] with { Slopes = slopes, Limit = limit };
        return new Value(Kind.Activated, input.Layer);
    }

    private Value FollowSlopes(OnnxNode node)
    {
        float[] slopes = ConvolutionReader.Floats(_model, node, 1);
        int outputs = _layers.Count == 0 ? 0 : _layers[^1].Outputs;
        if (slopes.Length != 1 && slopes.Length != outputs)
            throw node.Fault($"1 or {outputs} slopes", $"{slopes.Length}");
        return Activate(node, i => slopes[slopes.Length == 1 ? 0 : i], float.PositiveInfinity);
    }

    private Value FollowClip(OnnxNode node)
    {
        float[] lowest = ConvolutionReader.Floats(_model, node, 1);
        float[] highest = ConvolutionReader.Floats(_model, node, 2);
        if (lowest is not [0] || highest is not [> 0])
            throw node.Fault("a minimum of 0 and a maximum above it", $"{string.Join(' ', lowest)} and {string.Join(' ', highest)}");
        if (Input(node, 0).Kind != Kind.Upscaled)
            return Activate(node, _ => 0, highest[0]);
        return highest[0] == 1 ? Input(node, 0) : throw node.Fault("the result clipped to 0..1", $"0..{highest[0]}");
    }

    private Value FollowAdd(OnnxNode node)
    {
        Value a = Input(node, 0);
        Value b = Input(node, 1);
        if (a.Kind == Kind.Activated && b.Kind == Kind.Activated)
            return AddSkip(node, a, b);
        Kind residual = _scale == 1 ? Kind.Convolved : Kind.Residual;
        Kind classical = _scale == 1 ? Kind.Luma : Kind.Classical;
        Value sum = a.Kind == residual ? a : b;
        if (sum.Kind != residual || sum.Layer != _layers.Count - 1 || (a.Kind != classical && b.Kind != classical))
            throw node.Fault("the last convolution's samples and the enlarged luma, or the activations of two layers", $"'{node.Inputs[0]}' and '{node.Inputs[1]}'");
        return new Value(Kind.Upscaled, sum.Layer);
    }

    private Value AddSkip(OnnxNode node, Value a, Value b)
    {
        (Value late, Value early) = a.Layer > b.Layer ? (a, b) : (b, a);
        ConvolutionLayer layer = _layers[late.Layer];
        if (late.Layer != _layers.Count - 1 || early.Layer == late.Layer || layer.AddsSkip)
            throw node.Fault("the last activations and those of one earlier layer", $"'{node.Inputs[0]}' and '{node.Inputs[1]}'");
        if (_skippedLayer >= 0 && _skippedLayer != early.Layer)
            throw node.Fault($"the same earlier layer in every sum, number {_skippedLayer + 1}", $"number {early.Layer + 1}");
        if (_layers[early.Layer].Outputs != layer.Outputs)
            throw node.Fault($"{layer.Outputs} channels in both", $"{_layers[early.Layer].Outputs}");
        _skippedLayer = early.Layer;
        _layers[^1] = layer with { AddsSkip = true };

        // From here on the layer's activations are the sum; what was added has no further reader.
        _values.Remove(node.Inputs[late == a ? 0 : 1]);
        return late;
    }

    private Value FollowShuffle(OnnxNode node)
    {
        Value input = Input(node, 0);
        if (input.Kind != Kind.Convolved || input.Layer != _layers.Count - 1)
            throw node.Fault("the sums of the last convolution", $"'{node.Inputs[0]}'");
        long block = node.GetInteger("blocksize", 0);
        return block == _scale && _scale > 1
            ? new Value(Kind.Residual, input.Layer)
            : throw node.Fault($"the block size to be the scale, {_scale}, and above 1", $"{block}");
    }

    private Value FollowResize(OnnxNode node)
    {
        if (Input(node, 0).Kind != Kind.Luma)
            throw node.Fault("the luma", $"'{node.Inputs[0]}'");
        if (node.Inputs.Count is < 3 or > 3)
            throw node.Fault("luma, an empty region and scales", $"{node.Inputs.Count} inputs");
        float[] scales = ConvolutionReader.Floats(_model, node, 2);
        if (scales.Length != 4 || scales[0] != 1 || scales[1] != 1 || scales[2] != _scale || scales[3] != _scale)
            throw node.Fault($"scales 1 1 {_scale} {_scale}", string.Join(' ', scales));
        string mode = node.GetText("mode", "nearest");
        string positions = node.GetText("coordinate_transformation_mode", "half_pixel");
        if (positions != "half_pixel" || node.GetInteger("exclude_outside", 0) != 0 || node.GetInteger("antialias", 0) != 0)
            throw node.Fault("half_pixel, exclude_outside 0, antialias 0", positions);
        _base = mode switch
        {
            "linear" => BaseFilter.Linear,
            "cubic" when node.GetSingle("cubic_coeff_a", -0.75f) == -0.5f => BaseFilter.Cubic,
            _ => throw node.Fault("mode linear, or cubic with cubic_coeff_a -0.5", $"{mode}, {node.GetSingle("cubic_coeff_a", -0.75f)}"),
        };
        return new Value(Kind.Classical, -1);
    }

    private UpscalingNetwork Finish()
    {
        if (!_values.TryGetValue(_model.Output, out Value output) || output.Kind != Kind.Upscaled)
            throw new ModelFormatException(_model.Name, $"output '{_model.Output}'", "the sum of residual and enlarged luma", "something else");
        if (_layers.Count < 2 || _layers[^1].Outputs != _scale * _scale)
            throw new ModelFormatException(_model.Name, "last convolution", $"{_scale * _scale} outputs after at least one other", $"{_layers[^1].Outputs}");
        int steps = _layers.Count - 1;
        float[] activationSteps = Numbers("activation_scales", steps, float.Parse, step => float.IsFinite(step) && step > 0, "positive numbers");
        int[] zeroPoints = Numbers("activation_zero_points", steps, int.Parse, zero => zero is >= 0 and <= QuantisedLayer.MostActivation, "whole numbers 0 to 255");
        if (zeroPoints.Length == 0)
            zeroPoints = new int[steps];
        if (activationSteps.Length > 0)
            CheckLevels(_model);
        for (int i = 0; i < activationSteps.Length; i++)
        {
            if (float.IsFinite(_layers[i].Limit) && !_layers[i].AddsSkip && activationSteps[i] * (QuantisedLayer.MostActivation - 0.5f) > _layers[i].Limit)
                throw new ModelFormatException(_model.Name, "property 'activation_scales'", $"at most {_layers[i].Limit / QuantisedLayer.MostActivation} for layer {i + 1}, which is clipped", $"{activationSteps[i]}");
        }

        return new UpscalingNetwork
        {
            Layers = [.. _layers],
            Scale = _scale,
            Base = _base,
            SkippedLayer = _skippedLayer,
            ActivationSteps = activationSteps,
            ZeroPoints = zeroPoints,
        };
    }

    private int ReadScale()
        => int.TryParse(_model.GetProperty("scale"), NumberStyles.None, CultureInfo.InvariantCulture, out int scale) && scale is >= 1 and <= 4
            ? scale
            : throw new ModelFormatException(_model.Name, "property 'scale'", "1 to 4", _model.GetProperty("scale"));

    // The list is empty where the property is left out.
    private T[] Numbers<T>(string property, int count, Func<string, IFormatProvider, T> parse, Func<T, bool> isValid, string rule)
    {
        if (_model.FindProperty(property) is not { } text)
            return [];
        try
        {
            T[] values = [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => parse(word, CultureInfo.InvariantCulture))];
            if (values.Length == count && values.All(isValid))
                return values;
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            // Said below, with the same words as for a wrong count.
        }

        throw new ModelFormatException(_model.Name, $"property '{property}'", $"{count} {rule}", $"'{text}'");
    }

    private readonly record struct Value(Kind Kind, int Layer);
}
