namespace RtcEnhance.Inference;

/// <summary>Reads the constants and attributes of one convolution. Thread-safe.</summary>
internal static class ConvolutionReader
{
    private static readonly int[] Kernels = [1, 3, 5];

    /// <summary>Reads a Conv.</summary>
    /// <param name="model">The model.</param>
    /// <param name="node">The operator.</param>
    /// <param name="inputs">Channels that come in.</param>
    /// <param name="mostOutputs">Most channels that may go out.</param>
    /// <exception cref="ModelFormatException">A shape or attribute is not supported.</exception>
    public static ConvolutionLayer Read(OnnxModel model, OnnxNode node, int inputs, int mostOutputs)
    {
        OnnxTensor tensor = Tensor(model, node, 1);
        if (tensor.Dimensions is not [var outputs, var channels, var rows, var columns]
            || outputs < 1 || outputs > mostOutputs || channels != inputs || rows != columns || !Kernels.Contains(rows))
        {
            throw new ModelFormatException(
                model.Name, $"tensor '{tensor.Name}'", $"[1 to {mostOutputs}, {inputs}, k, k] with k 1, 3 or 5", tensor.Shape);
        }

        if (rows == 5 && inputs != 1)
            throw new ModelFormatException(model.Name, $"tensor '{tensor.Name}'", "a 5 x 5 kernel in the first convolution alone", tensor.Shape);
        CheckAttributes(node, rows);
        float[] biases = node.Inputs.Count > 2 && node.Inputs[2].Length > 0 ? Floats(model, node, 2) : new float[outputs];
        if (biases.Length != outputs)
            throw node.Fault($"{outputs} biases", $"{biases.Length}");
        return new ConvolutionLayer
        {
            Kernel = rows,
            Inputs = inputs,
            Outputs = outputs,
            Weights = tensor.Floats!,
            Biases = biases,
            Slopes = [.. Enumerable.Repeat(1f, outputs)],
        };
    }

    /// <summary>The floats of a constant input.</summary>
    /// <exception cref="ModelFormatException">It is not a constant, or holds integers.</exception>
    public static float[] Floats(OnnxModel model, OnnxNode node, int index) => Tensor(model, node, index).Floats!;

    private static OnnxTensor Tensor(OnnxModel model, OnnxNode node, int index)
    {
        OnnxTensor? tensor = index < node.Inputs.Count ? model.FindTensor(node.Inputs[index]) : null;
        return tensor?.Floats is not null ? tensor : throw node.Fault($"a float constant as input {index}", tensor is null ? "none" : "integers");
    }

    private static void CheckAttributes(OnnxNode node, int kernel)
    {
        foreach (string name in node.Attributes)
        {
            bool fits = name switch
            {
                "kernel_shape" => node.Find(name)!.Integers.All(k => k == kernel),
                "pads" => node.Find(name)!.Integers is { Length: 4 } pads && pads.All(p => p == kernel / 2),
                "strides" or "dilations" => node.Find(name)!.Integers.All(s => s == 1),
                "group" => node.Find(name)!.Integer == 1,
                "auto_pad" => node.Find(name)!.Text == "NOTSET",
                _ => false,
            };
            if (!fits)
                throw node.Fault($"padding by {kernel / 2}, and stride, dilation and group of 1", $"{name} {node.Find(name)!.Integer} {string.Join(' ', node.Find(name)!.Integers)}{node.Find(name)!.Text}");
        }

        if (kernel > 1 && node.Find("pads") is null)
            throw node.Fault($"padding by {kernel / 2}", "none");
    }
}
