namespace RtcEnhance.Inference;

/// <summary>Reads dense layers and gated units of networks whose graph has one shape. Thread-safe.</summary>
internal static class RecurrentReader
{
    private const int MostUnits = 512;

    /// <summary>Checks that the operators are the ones expected, and that their attributes mean what the kernels do.</summary>
    /// <exception cref="ModelFormatException">They are not.</exception>
    public static void CheckOperators(OnnxModel model, ReadOnlySpan<string> operations, string kind)
    {
        string[] found = [.. model.Nodes.Select(node => node.Operation)];
        if (!operations.SequenceEqual(found))
            throw new ModelFormatException(model.Name, "graph", $"the operators of {kind}", string.Join(' ', found));
        foreach (OnnxNode node in model.Nodes.Where(node => node.Operation == "GRU"))
        {
            if (node.GetInteger("linear_before_reset", 0) != 1 || node.GetText("direction", "forward") != "forward" || node.Find("activations") is not null)
                throw node.Fault("linear_before_reset 1, forward, the standard activations", "others");
        }

        foreach (OnnxNode node in model.Nodes.Where(node => node.Operation == "Gemm"))
        {
            if (node.GetInteger("transB", 0) != 1 || node.GetInteger("transA", 0) != 0 || node.GetSingle("alpha", 1) != 1 || node.GetSingle("beta", 1) != 1)
                throw node.Fault("transB 1, transA 0, alpha 1, beta 1", "others");
        }
    }

    /// <summary>The layer whose tensors are called NAME.weight and NAME.bias.</summary>
    /// <exception cref="ModelFormatException">They are not there, or of other shapes.</exception>
    public static DenseMatrix Dense(OnnxModel model, string name, int inputs)
    {
        int outputs = Outputs(model, $"{name}.weight");
        return new DenseMatrix(Floats(model, $"{name}.weight", outputs, inputs), Floats(model, $"{name}.bias", outputs));
    }

    /// <summary>The unit whose tensors are called NAME.W, NAME.R and NAME.B.</summary>
    /// <exception cref="ModelFormatException">They are not there, or of other shapes.</exception>
    public static GatedMatrices Gated(OnnxModel model, string name, int inputs)
    {
        OnnxTensor biases = Find(model, $"{name}.B");
        int size = biases.Dimensions is [1, var length] ? length / 6 : 0;
        if (size < MatrixProduct.Group || size > MostUnits || size % MatrixProduct.Group != 0)
            throw new ModelFormatException(model.Name, $"tensor '{name}.B'", $"[1, 6 n] with n a multiple of {MatrixProduct.Group} up to {MostUnits}", biases.Shape);
        return new GatedMatrices(
            Floats(model, $"{name}.W", 1, 3 * size, inputs), Floats(model, $"{name}.R", 1, 3 * size, size), Floats(model, $"{name}.B", 1, 6 * size));
    }

    /// <summary>Outputs of the layer with these weights.</summary>
    /// <exception cref="ModelFormatException">They are no matrix, or too large a one.</exception>
    public static int Outputs(OnnxModel model, string name)
    {
        OnnxTensor tensor = Find(model, name);
        return tensor.Dimensions is [>= 1 and <= 2 * MostUnits, _]
            ? tensor.Dimensions[0]
            : throw new ModelFormatException(model.Name, $"tensor '{name}'", $"[1 to {2 * MostUnits}, inputs]", tensor.Shape);
    }

    private static float[] Floats(OnnxModel model, string name, params int[] shape)
    {
        OnnxTensor tensor = Find(model, name);
        return tensor.Floats is { } floats && tensor.Dimensions.SequenceEqual(shape)
            ? floats
            : throw new ModelFormatException(model.Name, $"tensor '{name}'", $"floats of [{string.Join(", ", shape)}]", tensor.Shape);
    }

    private static OnnxTensor Find(OnnxModel model, string name)
        => model.FindTensor(name) ?? throw new ModelFormatException(model.Name, $"tensor '{name}'", "a constant of this name", "none");
}
