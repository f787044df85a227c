namespace RtcEnhance.Inference;

/// <summary>Reads a concealment network: the operators in their order, the constants by name, every shape checked. Thread-safe.</summary>
internal static class ConcealmentNetworkReader
{
    private const int MostUnits = 512;

    // The graph has one shape; only its sizes vary. Slices cut the one input, reshapes suit the recurrent operators.
    private static readonly string[] Operations =
    [
        "Slice", "Reshape", "Gemm", "Tanh", "Reshape", "GRU", "Slice", "Reshape", "Gemm", "Tanh",
        "Slice", "Gemm", "Tanh", "Reshape", "Slice", "Reshape", "GRU", "Reshape", "Slice", "Reshape", "Reshape", "GRU", "Reshape",
        "Concat", "Gemm", "Tanh", "Gemm", "Concat",
    ];

    /// <summary>Reads a network.</summary>
    /// <exception cref="ModelFormatException">It is another kind of network, or its shapes do not fit together.</exception>
    public static ConcealmentNetwork Read(OnnxModel model)
    {
        if (!model.Nodes.Select(node => node.Operation).SequenceEqual(Operations))
            throw new ModelFormatException(model.Name, "graph", "the operators of a concealment network", string.Join(' ', model.Nodes.Select(node => node.Operation)));
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

        DenseMatrix encode = Dense(model, "encode", ConcealmentNetwork.Bands);
        GatedMatrices context = Gated(model, "context", encode.Biases.Length);
        DenseMatrix start = Dense(model, "start", context.Size);
        int waves = Outputs(model, "wave.weight");
        GatedMatrices first = Gated(model, "first", waves);
        GatedMatrices second = Gated(model, "second", first.Size);
        int condition = start.Biases.Length - first.Size - second.Size;
        if (condition < 1)
            throw new ModelFormatException(model.Name, "tensor 'start.weight'", $"more than {first.Size + second.Size} outputs", $"{start.Biases.Length}");
        DenseMatrix wave = Dense(model, "wave", ConcealmentNetwork.Heard + condition + ConcealmentNetwork.Facts);
        DenseMatrix last = Dense(model, "last", waves + first.Size + second.Size);
        DenseMatrix output = Dense(model, "out", last.Biases.Length);
        if (output.Biases.Length != ConcealmentNetwork.Outputs)
            throw new ModelFormatException(model.Name, "tensor 'out.weight'", $"{ConcealmentNetwork.Outputs} outputs", $"{output.Biases.Length}");
        return new ConcealmentNetwork
        {
            Encode = encode,
            Context = context,
            Start = start,
            Wave = wave,
            First = first,
            Second = second,
            Last = last,
            Out = output,
        };
    }

    private static DenseMatrix Dense(OnnxModel model, string name, int inputs)
    {
        int outputs = Outputs(model, $"{name}.weight");
        return new DenseMatrix(Floats(model, $"{name}.weight", outputs, inputs), Floats(model, $"{name}.bias", outputs));
    }

    private static GatedMatrices Gated(OnnxModel model, string name, int inputs)
    {
        OnnxTensor biases = Find(model, $"{name}.B");
        int size = biases.Dimensions is [1, var length] ? length / 6 : 0;
        if (size < MatrixProduct.Group || size > MostUnits || size % MatrixProduct.Group != 0)
            throw new ModelFormatException(model.Name, $"tensor '{name}.B'", $"[1, 6 n] with n a multiple of {MatrixProduct.Group} up to {MostUnits}", biases.Shape);
        return new GatedMatrices(
            Floats(model, $"{name}.W", 1, 3 * size, inputs), Floats(model, $"{name}.R", 1, 3 * size, size), Floats(model, $"{name}.B", 1, 6 * size));
    }

    private static int Outputs(OnnxModel model, string name)
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
