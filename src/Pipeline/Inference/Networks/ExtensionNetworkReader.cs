using System.Globalization;

namespace RtcEnhance.Inference;

/// <summary>Reads a bandwidth-extension network: the operators in their order, the constants by name, every shape checked. Thread-safe.</summary>
internal static class ExtensionNetworkReader
{
    // The graph has one shape; only its sizes vary. Slices cut the one input, reshapes suit the recurrent operators.
    private static readonly string[] Operations =
    [
        "Slice", "Gemm", "Tanh", "Slice", "Reshape", "Reshape", "GRU", "Reshape", "Slice", "Reshape", "Reshape", "GRU", "Reshape",
        "Concat", "Gemm", "Tanh", "Gemm", "Concat",
    ];

    /// <summary>Reads a network.</summary>
    /// <exception cref="ModelFormatException">It is another kind of network, or its shapes do not fit together.</exception>
    public static ExtensionNetwork Read(OnnxModel model)
    {
        RecurrentReader.CheckOperators(model, Operations, "a bandwidth-extension network");
        Check(model, "bands", ExtensionNetwork.EdgesHz.Select(edge => edge.ToString(CultureInfo.InvariantCulture)));
        Check(model, "cutoffs", ExtensionNetwork.CutoffsHz.Select(cutoff => cutoff.ToString(CultureInfo.InvariantCulture)));
        DenseMatrix encode = RecurrentReader.Dense(model, "encode", ExtensionNetwork.Inputs);
        GatedMatrices first = RecurrentReader.Gated(model, "first", encode.Biases.Length);
        GatedMatrices second = RecurrentReader.Gated(model, "second", first.Size);
        DenseMatrix last = RecurrentReader.Dense(model, "last", first.Size + second.Size);
        DenseMatrix output = RecurrentReader.Dense(model, "out", last.Biases.Length);
        if (output.Biases.Length != ExtensionNetwork.Outputs)
            throw new ModelFormatException(model.Name, "tensor 'out.weight'", $"{ExtensionNetwork.Outputs} outputs", $"{output.Biases.Length}");
        return new ExtensionNetwork { Encode = encode, First = first, Second = second, Last = last, Out = output };
    }

    private static void Check(OnnxModel model, string property, IEnumerable<string> values)
    {
        string expected = string.Join(',', values);
        string found = model.GetProperty(property);
        if (found != expected)
            throw new ModelFormatException(model.Name, $"property '{property}'", expected, found);
    }
}
