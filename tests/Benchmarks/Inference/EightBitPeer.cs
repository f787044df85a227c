using System.Runtime.InteropServices;
using RtcEnhance.Inference;
using RtcEnhance.Tests;

namespace RtcEnhance.Benchmarks.Inference;

/// <summary>
/// A network of the shape of one of ours in ONNX's own 8-bit operators, for peers that run those: 8-bit weights and
/// activations, rectifiers instead of slopes, which costs them less. The weights are random, which costs the same as
/// trained ones. Thread-safe.
/// </summary>
internal static class EightBitPeer
{
    private const int UnsignedBytes = 2;
    private const int SignedBytes = 3;
    private const int Integers = 6;

    /// <summary>Writes the model.</summary>
    /// <param name="network">Whose shape it gets.</param>
    /// <param name="path">The file.</param>
    public static void Write(UpscalingNetwork network, string path)
    {
        var random = new Random(1);
        var file = new OnnxFile();
        file.Input("luma").Output("upscaled");
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
                ("kernel_shape", new[] { layer.Kernel, layer.Kernel }),
                ("pads", new[] { layer.Reach, layer.Reach, layer.Reach, layer.Reach }));
        }

        file.Node("DequantizeLinear", [$"layer{network.Layers.Length}", "step", "centre"], "planes");
        file.Node("DepthToSpace", ["planes"], "residual", ("blocksize", network.Scale), ("mode", "CRD"));
        file.Floats("scales", [4], 1, 1, network.Scale, network.Scale);
        file.Node("Resize", ["luma", "", "scales"], "classical", ("mode", "cubic"), ("cubic_coeff_a", -0.5f), ("coordinate_transformation_mode", "half_pixel"));
        File.WriteAllBytes(path, file.Node("Add", ["residual", "classical"], "upscaled").ToArray());
    }
}
