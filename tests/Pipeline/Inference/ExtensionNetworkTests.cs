using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using RtcEnhance.Inference;

namespace RtcEnhance.Tests.Inference;

/// <summary>
/// extender.* is a small network with random weights, an input, and what ONNX Runtime makes of it:
/// models/training/bwe/export.py --random. The released network has such vectors beside it.
/// </summary>
[Trait("Category", "Simd")]
public sealed class ExtensionNetworkTests
{
    private static readonly string Released = Path.Combine(Repository.Root, "models", "bwe");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_FloatingPoint_IsWithinRoundingOfOnnxRuntime(bool isReleased)
    {
        float[] expected = Vector(isReleased, "output");

        float[] found = RunVector(InferencePrecision.FloatingPoint, static run => run.Step(), isReleased);

        Assert.Equal(expected.Length, found.Length);
        Assert.All(found.Zip(expected), pair => Assert.InRange(pair.First - pair.Second, -1e-4f, 1e-4f));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_EightBit_IsNearTheFloats(bool isReleased)
    {
        float[] expected = Vector(isReleased, "output");

        float[] found = RunVector(InferencePrecision.EightBit, static run => run.Step(), isReleased);

        double error = found.Zip(expected).Sum(pair => Math.Pow(pair.First - pair.Second, 2));
        Assert.True(error < 0.003 * expected.Sum(value => value * value), $"{error}");
    }

    [Fact]
    public void Step_EveryVectorWidth_GivesTheSameStates()
    {
        float[] expected = RunVector(InferencePrecision.FloatingPoint, static run => run.Step<FloatLanes128, IntegerLanes128>());

        if (Avx2.IsSupported)
            Near(RunVector(InferencePrecision.FloatingPoint, static run => run.Step<FloatLanes256, IntegerLanes256>()));
        if (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated)
            Near(RunVector(InferencePrecision.FloatingPoint, static run => run.Step<FloatLanes512, IntegerLanes512>()));

        void Near(float[] found) => Assert.All(found.Zip(expected), pair => Assert.InRange(pair.First - pair.Second, -1e-5f, 1e-5f));
    }

    [Fact]
    public void Step_AfterTheFirst_AllocatesNothing()
    {
        var run = new ExtensionRun(Load(Read("extender.onnx")).GetWeights(InferencePrecision.EightBit));

        AllocationAssert.None(run.Step);
    }

    [Fact]
    public void Load_FileOfTheTests_SaysWhatItIs()
    {
        ModelInfo info = Load(ExtensionModels.Random(1)).Info;

        Assert.Equal("bandwidth-extension", info.Task);
        Assert.Equal((61 * 16) + 16 + (2 * ((2 * 3 * 16 * 16) + 96)) + (32 * 16) + 16 + (16 * 80) + 80, info.ParameterCount);
    }

    [Theory]
    [InlineData("first.W")]
    [InlineData("second.B")]
    [InlineData("out.weight")]
    public void Load_TensorRenamed_Throws(string tensor)
    {
        byte[] file = Read("extender.onnx");
        Span<byte> name = System.Text.Encoding.ASCII.GetBytes(tensor);
        for (int at = file.AsSpan().IndexOf(name); at >= 0; at = file.AsSpan().IndexOf(name))
            file[at] = (byte)'X';

        var error = Assert.Throws<ModelFormatException>(() => Load(file));

        Assert.Contains(tensor, error.Part, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bands", "3400,4000,5000")]
    [InlineData("cutoffs", "4000,8000")]
    [InlineData("weights_sha256", "0000")]
    public void Load_OtherFacts_Throws(string property, string value)
    {
        OnnxFile file = ExtensionModels.Write(_ => 0, new float[ExtensionModels.Outputs]);
        file.Properties[property] = value;

        var error = Assert.Throws<ModelFormatException>(() => Load(file.ToArray()));

        Assert.Contains(property, error.Part, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Concealer_SaysThatItIsNoExtender()
    {
        var error = Assert.Throws<ModelFormatException>(() => Load(Read("concealer.onnx")));

        Assert.Equal("graph", error.Part);
    }

    [Fact]
    public void Load_WeightChanged_Throws()
    {
        byte[] file = Read("extender.onnx");
        file[file.Length / 2] ^= 1;

        Assert.Throws<ModelFormatException>(() => Load(file));
    }

    [Fact]
    public void Load_CutShort_ThrowsAtEveryLength()
    {
        byte[] file = Read("extender.onnx");
        for (int length = 0; length < file.Length; length += 499)
            Assert.Throws<ModelFormatException>(() => Load(file.AsSpan(0, length).ToArray()));
    }

    // The vector begins with states of its own.
    private static float[] RunVector(InferencePrecision precision, Action<ExtensionRun> step, bool isReleased = false)
    {
        var run = new ExtensionRun(Load(isReleased ? File.ReadAllBytes(Path.Combine(Released, "model.onnx")) : Read("extender.onnx")).GetWeights(precision));
        float[] input = Vector(isReleased, "input");
        input.AsSpan(0, ExtensionNetwork.Inputs).CopyTo(run.Heard);
        input.AsSpan(ExtensionNetwork.Inputs, run.First.Length).CopyTo(run.First);
        input.AsSpan(ExtensionNetwork.Inputs + run.First.Length).CopyTo(run.Second);
        step(run);
        return [.. run.Output, .. run.First, .. run.Second];
    }

    private static BandwidthExtensionModel Load(byte[] file) => BandwidthExtensionModel.Load(file, "extender");

    private static float[] Vector(bool isReleased, string name)
        => MemoryMarshal.Cast<byte, float>(isReleased ? File.ReadAllBytes(Path.Combine(Released, "vectors", $"{name}.f32")) : Read($"extender.{name}")).ToArray();

    private static byte[] Read(string file) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Inference", "data", file));
}
