using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using RtcEnhance.Inference;

namespace RtcEnhance.Tests.Inference;

/// <summary>concealer.* is a small network with random weights, an input, and what ONNX Runtime makes of it: models/training/plc/export.py --random.</summary>
[Trait("Category", "Simd")]
public sealed class ConcealmentNetworkTests
{
    [Fact]
    public void Step_FloatingPoint_IsWithinRoundingOfOnnxRuntime()
    {
        float[] expected = Floats("concealer.output");

        float[] found = RunVector(InferencePrecision.FloatingPoint);

        Assert.Equal(expected.Length, found.Length);
        Assert.All(found.Zip(expected), pair => Assert.InRange(pair.First - pair.Second, -2e-5f, 2e-5f));
    }

    [Fact]
    public void Step_EightBit_IsNearTheFloats()
    {
        float[] expected = Floats("concealer.output");

        float[] found = RunVector(InferencePrecision.EightBit);

        double error = found.Zip(expected).Sum(pair => Math.Pow(pair.First - pair.Second, 2));
        Assert.True(error < 0.003 * expected.Sum(value => value * value), $"{error}");
    }

    [Fact]
    public void Step_EightBit_IsTheSameOnEveryVectorWidth()
    {
        float[] expected = RunVector<FloatLanes128, IntegerLanes128>();

        if (Avx2.IsSupported)
            Assert.Equal(expected, RunVector<FloatLanes256, IntegerLanes256>());
        if (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated)
            Assert.Equal(expected, RunVector<FloatLanes512, IntegerLanes512>());
        Assert.Equal(expected, RunVector(InferencePrecision.EightBit));
    }

    [Fact]
    public void Step_AfterTheFirst_AllocatesNothing()
    {
        var run = new ConcealmentRun(Weights(InferencePrecision.EightBit));
        var features = new float[ConcealmentNetwork.Frames * ConcealmentNetwork.Bands];

        AllocationAssert.None(() =>
        {
            run.Begin(features, [0.5f, 0]);
            run.Step();
        });
    }

    [Theory]
    [InlineData("first.W")]
    [InlineData("context.B")]
    [InlineData("envelope.bias")]
    [InlineData("out.weight")]
    public void Load_TensorRenamed_Throws(string tensor)
    {
        byte[] file = Read("concealer.onnx");
        Span<byte> name = System.Text.Encoding.ASCII.GetBytes(tensor);
        for (int at = file.AsSpan().IndexOf(name); at >= 0; at = file.AsSpan().IndexOf(name))
            file[at] = (byte)'X';

        var error = Assert.Throws<ModelFormatException>(() => ConcealmentModel.Load(file, "renamed"));

        Assert.Contains(tensor, error.Part, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WeightChanged_Throws()
    {
        byte[] file = Read("concealer.onnx");
        file[file.Length / 2] ^= 1;

        Assert.Throws<ModelFormatException>(() => ConcealmentModel.Load(file, "changed"));
    }

    [Fact]
    public void Load_Upscaler_SaysThatItIsNoConcealer()
    {
        var error = Assert.Throws<ModelFormatException>(() => ConcealmentModel.Load(Read("body8.onnx"), "body8"));

        Assert.Equal("graph", error.Part);
    }

    [Fact]
    public void Load_CutShort_ThrowsAtEveryLength()
    {
        byte[] file = Read("concealer.onnx");
        for (int length = 0; length < file.Length; length += 997)
            Assert.Throws<ModelFormatException>(() => ConcealmentModel.Load(file.AsSpan(0, length), "cut"));
    }

    private static float[] RunVector(InferencePrecision precision) => RunVector(precision, static (run, features, pitch) => run.Begin(features, pitch), static run => run.Step());

    private static float[] RunVector<TFloats, TLanes>()
        where TFloats : struct, IFloatLanes<TFloats>
        where TLanes : struct, IIntegerLanes<TLanes>
        => RunVector(InferencePrecision.EightBit, static (run, features, pitch) => run.Begin<TFloats, TLanes>(features, pitch), static run => run.Step<TFloats, TLanes>());

    // The input holds the states of a step of its own: the one that begin makes is read, then replaced.
    private static float[] RunVector(InferencePrecision precision, Action<ConcealmentRun, float[], float[]> begin, Action<ConcealmentRun> step)
    {
        ConcealmentWeights weights = Weights(precision);
        var run = new ConcealmentRun(weights);
        float[] input = Floats("concealer.input");
        int features = ConcealmentNetwork.Frames * ConcealmentNetwork.Bands;
        int pitch = features + weights.Wave.Inputs - ConcealmentNetwork.Facts;
        begin(run, input[..features], input[pitch..(pitch + ConcealmentNetwork.PitchFacts)]);
        float[] starts = [.. run.Starts, .. run.Envelope];
        run.SetStep(input.AsSpan(features));
        step(run);
        return [.. starts, .. run.Output, .. run.First, .. run.Second];
    }

    private static ConcealmentWeights Weights(InferencePrecision precision)
        => ConcealmentModel.Load(Read("concealer.onnx"), "concealer").GetWeights(precision);

    private static float[] Floats(string file) => MemoryMarshal.Cast<byte, float>(Read(file)).ToArray();

    private static byte[] Read(string file) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Inference", "data", file));
}
