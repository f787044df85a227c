namespace RtcEnhance.Inference;

/// <summary>Reads a concealment network: the operators in their order, the constants by name, every shape checked. Thread-safe.</summary>
internal static class ConcealmentNetworkReader
{
    // The graph has one shape; only its sizes vary. Slices cut the one input, reshapes suit the recurrent operators.
    private static readonly string[] Operations =
    [
        "Slice", "Reshape", "Gemm", "Tanh", "Reshape", "GRU", "Slice", "Reshape", "Gemm", "Tanh",
        "Slice", "Concat", "Gemm",
        "Slice", "Gemm", "Tanh", "Reshape", "Slice", "Reshape", "GRU", "Reshape", "Slice", "Reshape", "Reshape", "GRU", "Reshape",
        "Concat", "Gemm", "Tanh", "Gemm", "Concat",
    ];

    /// <summary>Reads a network.</summary>
    /// <exception cref="ModelFormatException">It is another kind of network, or its shapes do not fit together.</exception>
    public static ConcealmentNetwork Read(OnnxModel model)
    {
        RecurrentReader.CheckOperators(model, Operations, "a concealment network");
        DenseMatrix encode = RecurrentReader.Dense(model, "encode", ConcealmentNetwork.Bands);
        GatedMatrices context = RecurrentReader.Gated(model, "context", encode.Biases.Length);
        DenseMatrix start = RecurrentReader.Dense(model, "start", context.Size);
        DenseMatrix envelope = RecurrentReader.Dense(model, "envelope", context.Size + ConcealmentNetwork.PitchFacts);
        CheckOutputs(model, "envelope", envelope, ConcealmentNetwork.Places * ConcealmentNetwork.Gains);
        int waves = RecurrentReader.Outputs(model, "wave.weight");
        GatedMatrices first = RecurrentReader.Gated(model, "first", waves);
        GatedMatrices second = RecurrentReader.Gated(model, "second", first.Size);
        int condition = start.Biases.Length - first.Size - second.Size;
        if (condition < 1)
            throw new ModelFormatException(model.Name, "tensor 'start.weight'", $"more than {first.Size + second.Size} outputs", $"{start.Biases.Length}");
        DenseMatrix wave = RecurrentReader.Dense(model, "wave", ConcealmentNetwork.Heard + condition + ConcealmentNetwork.Facts);
        DenseMatrix last = RecurrentReader.Dense(model, "last", waves + first.Size + second.Size);
        DenseMatrix output = RecurrentReader.Dense(model, "out", last.Biases.Length);
        CheckOutputs(model, "out", output, ConcealmentNetwork.Outputs);
        return new ConcealmentNetwork
        {
            Encode = encode,
            Context = context,
            Start = start,
            Envelope = envelope,
            Wave = wave,
            First = first,
            Second = second,
            Last = last,
            Out = output,
        };
    }

    private static void CheckOutputs(OnnxModel model, string name, DenseMatrix layer, int outputs)
    {
        if (layer.Biases.Length != outputs)
            throw new ModelFormatException(model.Name, $"tensor '{name}.weight'", $"{outputs} outputs", $"{layer.Biases.Length}");
    }
}
