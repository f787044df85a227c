using System.Runtime.InteropServices;
using RtcEnhance.Inference;
using RtcEnhance.Tests;

namespace RtcEnhance.Benchmarks.Inference;

/// <summary>
/// Networks for peers alone, without the bicubic picture that a released model adds, which a peer may be slow at: one of
/// ours in floats, and one of its shape in ONNX's own 8-bit operators, with rectifiers instead of slopes, which costs
/// less, and random weights, which cost the same as trained ones. Thread-safe.
/// </summary>
internal static class PeerNetworks
{
    private const int UnsignedBytes = 2;
    private const int SignedBytes = 3;
    private const int Integers = 6;

    /// <summary>Writes a network in floats.</summary>
    /// <param name="network">The network.</param>
    /// <param name="path">The file.</param>
    public static void WriteFloats(UpscalingNetwork network, string path)
    {
        var file = new OnnxFile();
        file.Input("luma").Output("residual");
        string at = "luma";
        for (int i = 0; i < network.Layers.Length; i++)
        {
            ConvolutionLayer layer = network.Layers[i];
            file.Floats($"w{i}", [layer.Outputs, layer.Inputs, layer.Kernel, layer.Kernel], layer.Weights).Floats($"b{i}", [layer.Outputs], layer.Biases);
            file.Node("Conv", [at, $"w{i}", $"b{i}"], $"conv{i}", Shape(layer));
            at = $"conv{i}";
            if (i + 1 == network.Layers.Length)
                break;
            file.Floats($"s{i}", [layer.Outputs, 1, 1], layer.Slopes).Node("PRelu", [at, $"s{i}"], $"layer{i}");
            at = $"layer{i}";
        }

        File.WriteAllBytes(path, file.Node("DepthToSpace", [at], "residual", ("blocksize", network.Scale), ("mode", "CRD")).ToArray());
    }

    /// <summary>Writes a network in 8 bits.</summary>
    /// <param name="network">Whose shape it gets.</param>
    /// <param name="path">The file.</param>
    public static void WriteEightBit(UpscalingNetwork network, string path)
    {
        var random = new Random(1);
        var file = new OnnxFile();
        file.Input("luma").Output("residual");
        file.Floats("step", [], 1f / 255).Tensor("zero", [], UnsignedBytes, [0]).Tensor("centre", [], UnsignedBytes, [128]);
        file.Floats("weight_step", [], 0.004f).Tensor("weight_zero", [], SignedBytes, [0]);
        file.Node("QuantizeLinear", ["luma", "step", "zero"], "layer0");
        for (int i = 0; i < network.Layers.Length; i++)
        {
            ConvolutionLayer layer = network.Layers[i];
            var weights = new byte[layer.Weights.Length];
            random.NextBytes(weights);
            file.Tensor($"w{i}", [layer.Outputs, layer.Inputs, layer.Kernel, layer.Kernel], SignedBytes, weights);
            file.Tensor($"b{i}", [layer.Outputs], Integers, MemoryMarshal.AsBytes(new int[layer.Outputs].AsSpan()).ToArray());
            string zero = i + 1 < network.Layers.Length ? "zero" : "centre";
            file.Node(
                "QLinearConv",
                [$"layer{i}", "step", "zero", $"w{i}", "weight_step", "weight_zero", "step", zero, $"b{i}"],
                $"layer{i + 1}",
                Shape(layer));
        }

        file.Node("DequantizeLinear", [$"layer{network.Layers.Length}", "step", "centre"], "planes");
        File.WriteAllBytes(path, file.Node("DepthToSpace", ["planes"], "residual", ("blocksize", network.Scale), ("mode", "CRD")).ToArray());
    }

    private static (string Name, object Value)[] Shape(ConvolutionLayer layer) =>
    [
        ("kernel_shape", new[] { layer.Kernel, layer.Kernel }),
        ("pads", new[] { layer.Reach, layer.Reach, layer.Reach, layer.Reach }),
    ];
}
