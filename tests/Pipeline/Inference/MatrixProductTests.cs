using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using RtcEnhance.Inference;

namespace RtcEnhance.Tests.Inference;

[Trait("Category", "Simd")]
public sealed class MatrixProductTests
{
    public static TheoryData<int, int> Sizes => new() { { 1, 1 }, { 3, 17 }, { 4, 16 }, { 9, 5 }, { 63, 33 }, { 130, 48 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Multiply_EightBit_EqualsTheObviousSum(int inputs, int outputs)
    {
        (float[] weights, float[] biases, float[] values) = Draw(inputs, outputs);
        float[] expected = ReferenceEightBit(weights, biases, values);

        Assert.Equal(expected, Product<FloatLanes128, IntegerLanes128>(weights, biases, values, InferencePrecision.EightBit));
        if (Avx2.IsSupported)
            Assert.Equal(expected, Product<FloatLanes256, IntegerLanes256>(weights, biases, values, InferencePrecision.EightBit));
        if (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated)
            Assert.Equal(expected, Product<FloatLanes512, IntegerLanes512>(weights, biases, values, InferencePrecision.EightBit));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Multiply_FloatingPoint_IsWithinRoundingOfDoublePrecision(int inputs, int outputs)
    {
        (float[] weights, float[] biases, float[] values) = Draw(inputs, outputs);

        float[] found = Product<FloatLanes128, IntegerLanes128>(weights, biases, values, InferencePrecision.FloatingPoint);

        for (int o = 0; o < outputs; o++)
        {
            double sum = biases[o];
            for (int i = 0; i < inputs; i++)
                sum += (double)weights[(o * inputs) + i] * values[i];
            Assert.InRange(found[o] - sum, -1e-5 * inputs, 1e-5 * inputs);
        }
    }

    [Fact]
    public void Multiply_EightBitOfSilence_IsTheBiases()
    {
        (float[] weights, float[] biases, float[] values) = Draw(20, 20);
        Array.Clear(values);

        Assert.Equal(biases, Product<FloatLanes128, IntegerLanes128>(weights, biases, values, InferencePrecision.EightBit));
    }

    [Fact]
    public void Tanh_AnyValue_IsWithinRoundingOfDoublePrecision()
    {
        float[] values = [.. Enumerable.Range(-1600, 3200).Select(i => i / 100f)];
        float[] found = [.. values];

        Saturation.Tanh<FloatLanes128>(ref found[0], found.Length);

        Assert.All(found.Zip(values), pair => Assert.InRange(pair.First - Math.Tanh(pair.Second), -5e-7, 5e-7));
    }

    [Fact]
    public void Logistic_AnyValue_IsWithinRoundingOfDoublePrecision()
    {
        float[] values = [.. Enumerable.Range(-1600, 3200).Select(i => i / 100f)];
        float[] found = [.. values];

        Saturation.Logistic<FloatLanes128>(ref found[0], found.Length);

        Assert.All(found.Zip(values), pair => Assert.InRange(pair.First - (1 / (1 + Math.Exp(-pair.Second))), -5e-7, 5e-7));
    }

    [Fact]
    public void Saturation_EveryVectorWidth_GivesTheSameFloats()
    {
        float[] values = [.. Enumerable.Range(-800, 1600).Select(i => i * 0.0123f)];
        float[] narrow = [.. values];
        float[] wide = [.. values];
        Saturation.Logistic<FloatLanes128>(ref narrow[0], narrow.Length);

        if (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated)
            Saturation.Logistic<FloatLanes512>(ref wide[0], wide.Length);
        else if (Avx2.IsSupported)
            Saturation.Logistic<FloatLanes256>(ref wide[0], wide.Length);
        else
            Saturation.Logistic<FloatLanes128>(ref wide[0], wide.Length);

        Assert.Equal(narrow, wide);
    }

    private static (float[] Weights, float[] Biases, float[] Values) Draw(int inputs, int outputs)
    {
        var random = new Random(inputs + outputs);
        float[] Fill(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2) - 1))];
        return (Fill(inputs * outputs), Fill(outputs), Fill(inputs));
    }

    private static float[] Product<TFloats, TLanes>(float[] weights, float[] biases, float[] values, InferencePrecision precision)
        where TFloats : struct, IFloatLanes<TFloats>
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        var dense = new DenseWeights(weights, biases, precision);
        var product = new AlignedBuffer<float>(dense.Padded);
        dense.Multiply<TFloats, TLanes>(values, product, new DenseScratch(dense.Inputs, dense.Outputs));
        return product.Span[..dense.Outputs].ToArray();
    }

    private static float[] ReferenceEightBit(float[] weights, float[] biases, float[] values)
    {
        int inputs = values.Length;
        float valueStep = Math.Max(values.Max(Math.Abs) / 63, 1e-30f);
        float valueGain = 1 / valueStep;
        int[] quantised = [.. values.Select(value => (int)MathF.Floor((value * valueGain) + 64.5f) - 64)];
        var product = new float[biases.Length];
        for (int o = 0; o < product.Length; o++)
        {
            float[] row = weights.AsSpan(o * inputs, inputs).ToArray();
            float weightStep = row.Max(Math.Abs) / 127;
            int sum = 0;
            for (int i = 0; i < inputs; i++)
                sum += (int)MathF.Round(row[i] / weightStep) * quantised[i];
            product[o] = (sum * (weightStep * valueStep)) + biases[o];
        }

        return product;
    }
}
