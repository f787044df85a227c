using System.Globalization;
using RtcEnhance.Inference;

namespace RtcEnhance.Benchmarks.Candidates;

/// <summary>What a layer of a candidate is. Ghost: a depthwise convolution whose results are appended to what came in.</summary>
internal enum CandidateKind
{
    Square,
    Point,
    Column,
    Row,
    Depthwise,
    Ghost,
}

/// <summary>
/// A network of the search, as models/training/sr/candidate.py exports it: more kinds of layer than the engine reads,
/// in a fixed form. Immutable. Thread-safe.
/// </summary>
/// <param name="IsFolded">True where 2 x 2 samples of luma come in as four channels.</param>
/// <param name="Kinds">One for each layer.</param>
/// <param name="Network">
/// The layers; those of one row or column have their weights in the middle row of a 3 x 3 kernel, those that are
/// depthwise have one input.
/// </param>
internal sealed record CandidateModel(bool IsFolded, CandidateKind[] Kinds, UpscalingNetwork Network)
{
    /// <summary>Reads a candidate.</summary>
    /// <exception cref="ModelFormatException">It is not one.</exception>
    public static CandidateModel Read(byte[] onnx, string name)
    {
        OnnxModel model = OnnxModel.Parse(onnx, name);
        UpscalingNetworkReader.CheckLevels(model);
        bool isFolded = false;
        var kinds = new List<CandidateKind>();
        var layers = new List<ConvolutionLayer>();
        foreach (OnnxNode node in model.Nodes)
        {
            switch (node.Operation)
            {
                case "SpaceToDepth":
                    isFolded = true;
                    break;
                case "Conv":
                    (CandidateKind kind, ConvolutionLayer layer) = ReadLayer(model, node);
                    kinds.Add(kind);
                    layers.Add(layer);
                    break;
                case "PRelu":
                    layers[^1] = layers[^1] with { Slopes = ConvolutionReader.Floats(model, node, 1) };
                    break;
                case "Concat":
                    kinds[^1] = CandidateKind.Ghost;
                    break;
            }
        }

        var network = new UpscalingNetwork
        {
            Layers = [.. layers],
            Scale = 2,
            Base = BaseFilter.Cubic,
            SkippedLayer = -1,
            ActivationSteps = [.. Words(model, "activation_scales").Select(word => float.Parse(word, CultureInfo.InvariantCulture))],
            ZeroPoints = [.. Words(model, "activation_zero_points").Select(word => int.Parse(word, CultureInfo.InvariantCulture))],
        };
        return new CandidateModel(isFolded, [.. kinds], network);
    }

    private static (CandidateKind Kind, ConvolutionLayer Layer) ReadLayer(OnnxModel model, OnnxNode node)
    {
        OnnxTensor weights = model.FindTensor(node.Inputs[1]) ?? throw node.Fault("weights", "none");
        if (weights.Dimensions is not [var outputs, var inputs, var rows, var columns])
            throw node.Fault("four dimensions", weights.Shape);
        CandidateKind kind = (rows, columns) switch
        {
            (3, 1) => CandidateKind.Column,
            (1, 3) => CandidateKind.Row,
            (1, 1) => CandidateKind.Point,
            _ => node.GetInteger("group", 1) > 1 ? CandidateKind.Depthwise : CandidateKind.Square,
        };
        float[] values = weights.Floats!;
        int kernel = Math.Max(rows, columns);
        if (kind is CandidateKind.Column or CandidateKind.Row)
        {
            values = new float[outputs * inputs * 9];
            for (int i = 0; i < weights.Floats!.Length; i++)
                values[(i / 3 * 9) + 3 + (i % 3)] = weights.Floats[i];
        }

        var layer = new ConvolutionLayer
        {
            Kernel = kernel,
            Inputs = inputs,
            Outputs = outputs,
            Weights = values,
            Biases = ConvolutionReader.Floats(model, node, 2),
            Slopes = [.. Enumerable.Repeat(1f, outputs)],
        };
        return (kind, layer);
    }

    private static string[] Words(OnnxModel model, string property)
        => model.GetProperty(property).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
