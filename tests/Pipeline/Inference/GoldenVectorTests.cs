using System.Runtime.InteropServices;
using RtcEnhance.Inference;

namespace RtcEnhance.Tests.Inference;

/// <summary>What ONNX Runtime makes of the same files; written by models/training/golden_vectors.py.</summary>
[Trait("Category", "Simd")]
public sealed class GoldenVectorTests
{
    private const int Width = 29;
    private const int Height = 23;

    [Theory]
    [InlineData("body16")]
    [InlineData("body8")]
    [InlineData("scale3")]
    [InlineData("scale1")]
    public void ProcessRows_FloatingPoint_IsWithinRoundingOfOnnxRuntime(string name)
    {
        UpscalingModel model = UpscalingModel.Load(Read($"{name}.onnx"), name);
        float[] expected = MemoryMarshal.Cast<byte, float>(Read($"{name}.upscaled")).ToArray();
        var found = new byte[expected.Length];
        using var upscaler = new PlaneUpscaler(model, InferencePrecision.FloatingPoint, 1);
        upscaler.Begin(Width, Height);

        upscaler.ProcessRows(Read("luma.bin"), Width, found, Width * model.Info.Scale, 0, Height);

        Assert.All(found.Zip(expected), pair => Assert.InRange(pair.First - (Math.Clamp(pair.Second, 0, 1) * 255), -0.501, 0.501));
    }

    [Fact]
    public void Load_WrittenByTheTrainingScripts_KeepsItsFacts()
    {
        ModelInfo info = UpscalingModel.Load(Read("body16.onnx"), "body16").Info;

        Assert.Equal("golden-body16", info.Id);
        Assert.Equal(9936, info.MultipliesPerSample);
        Assert.False(info.IsQuantised);
    }

    private static byte[] Read(string file) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Inference", "data", file));
}
