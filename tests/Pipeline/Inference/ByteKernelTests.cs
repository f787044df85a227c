using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using FsCheck;
using FsCheck.Fluent;
using RtcEnhance.Inference;

namespace RtcEnhance.Tests.Inference;

/// <summary>The kernels over bytes against plain sums, with weights and activations up to what 16 bits hold.</summary>
[Trait("Category", "Simd")]
public sealed class ByteKernelTests
{
    private const int Samples = 32;
    private const int Columns = Samples + 2 + RowRing<byte>.Block;

    // Of the six weights of a kernel row and two inputs: the largest there are, of one sign and of both, and six that are
    // all rounded up, to 128 in all.
    private static readonly float[][] Extremes =
    [
        [125, 0, 0, 0, 0, 0],
        [125, -125, 0, 0, 0, 0],
        [63, 62, 0, 0, 0, 0],
        [63, -63, 62, -62, 0, 0],
        [21, 21, 21, 21, 21, 20],
        [21.5f, 21.5f, 21.5f, 21.5f, 21.5f, 17.5f],
    ];

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public void ByteConvolution_ExtremeValues_EqualsPlainSums(int kernel) => ForAll(16, 16, kernel, new Wide());

    [Fact]
    public void NarrowConvolution_ExtremeValues_EqualsPlainSums() => ForAll(8, 8, 3, new Narrow());

    [Theory]
    [InlineData(16, 3)]
    [InlineData(16, 1)]
    [InlineData(8, 3)]
    public void ResidualConvolution_ExtremeValues_EqualsPlainSums(int channels, int kernel) => ForAll(channels, 12, kernel, new Residual());

    private static void ForAll(int channels, int outputs, int kernel, IKernel run)
        => Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => Check(new Random(seed), channels, outputs, kernel, run))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Vector128.IsHardwareAccelerated ? 60 : 10).WithReplay(5, 7));

    private static void Check(Random random, int channels, int outputs, int kernel, IKernel run)
    {
        QuantisedLayer layer = QuantisedLayer.Quantise(Layer(random, channels, outputs, kernel), 1, 0);
        var source = new AlignedBuffer<byte>(3 * Columns * channels);
        int bright = random.Next(3);
        for (int i = 0; i < source.Length; i++)
            source[i] = bright == 0 ? byte.MaxValue : bright == 1 ? (byte)(255 * random.Next(2)) : (byte)random.Next(256);
        int[] expected = Plain(layer, source, run.HasBiases);

        Assert.Equal(expected, run.Sums<IntegerLanes128>(layer, source));
        if (Avx2.IsSupported)
            Assert.Equal(expected, run.Sums<IntegerLanes256>(layer, source));
        if (Avx512BW.IsSupported)
            Assert.Equal(expected, run.Sums<IntegerLanes512>(layer, source));
    }

    // A step of one: the weights are the numbers that are put here, rounded.
    private static ConvolutionLayer Layer(Random random, int inputs, int outputs, int kernel)
    {
        var layer = new ConvolutionLayer
        {
            Kernel = kernel,
            Inputs = inputs,
            Outputs = outputs,
            Weights = new float[outputs * inputs * kernel * kernel],
            Biases = [.. Enumerable.Range(0, outputs).Select(_ => (float)random.Next(-1_000_000, 1_000_000))],
            Slopes = new float[outputs],
        };
        for (int run = 0; run < outputs * inputs / 2 * kernel; run++)
        {
            float[] weights = [.. Extremes[random.Next(kernel == 1 ? 3 : Extremes.Length)]];
            if (kernel > 1)
                random.Shuffle(weights);
            int sign = (random.Next(2) * 2) - 1;
            for (int i = 0; i < 2 * kernel; i++)
                layer.Weights[(((run / kernel * 2) + (i / kernel)) * kernel * kernel) + (run % kernel * kernel) + (i % kernel)] = sign * weights[i];
        }

        return layer;
    }

    private static int[] Plain(QuantisedLayer layer, AlignedBuffer<byte> source, bool hasBiases)
    {
        int kernel = layer.Layer.Kernel;
        int outputs = layer.Layer.Outputs;
        var sums = new int[Samples * outputs];
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] = hasBiases ? layer.Biases[i % outputs] : 0;
            for (int input = 0; input < layer.Layer.Inputs; input++)
            {
                for (int tap = 0; tap < kernel * kernel; tap++)
                {
                    int place = (((tap / kernel) + First(kernel)) * Columns) + (i / outputs) + (tap % kernel) + First(kernel);
                    sums[i] += layer.Weight(i % outputs, input, tap / kernel, tap % kernel) * source[(place * layer.Layer.Inputs) + input];
                }
            }
        }

        return sums;
    }

    // Kernels of one sample look at the middle row, from its second sample on.
    private static int First(int kernel) => kernel == 1 ? 1 : 0;

    private interface IKernel
    {
        bool HasBiases { get; }

        int[] Sums<TLanes>(QuantisedLayer layer, AlignedBuffer<byte> source)
            where TLanes : struct, IIntegerLanes<TLanes>;
    }

    private sealed class Wide : IKernel
    {
        public bool HasBiases => true;

        public int[] Sums<TLanes>(QuantisedLayer layer, AlignedBuffer<byte> source)
            where TLanes : struct, IIntegerLanes<TLanes>
        {
            const int row = Columns * ByteConvolution.Channels;
            var sums = new int[(Samples + 1) * ByteConvolution.Channels];
            AlignedBuffer<byte> weights = PackedWeights.Wides(layer);
            AlignedBuffer<int> biases = PackedWeights.Padded<int>(layer.Biases);
            if (layer.Layer.Kernel == 1)
                ByteConvolution.Convolve1x1<TLanes>(ref source[row + ByteConvolution.Channels], ref weights[0], 4, ref biases[0], 16, ref sums[0], 16, Samples);
            else
                ByteConvolution.Convolve3x3<TLanes>(ref source[0], ref source[row], ref source[2 * row], ref weights[0], 4, ref biases[0], 16, ref sums[0], 16, Samples);
            return sums[..(Samples * ByteConvolution.Channels)];
        }
    }

    private sealed class Narrow : IKernel
    {
        public bool HasBiases => true;

        public int[] Sums<TLanes>(QuantisedLayer layer, AlignedBuffer<byte> source)
            where TLanes : struct, IIntegerLanes<TLanes>
        {
            const int row = Columns * NarrowConvolution.Channels;
            var sums = new int[Samples * NarrowConvolution.Channels];
            AlignedBuffer<byte> weights = PackedWeights.Narrows(layer);
            AlignedBuffer<int> biases = PackedWeights.Padded<int>(layer.Biases, 2);
            NarrowConvolution.Convolve3x3<TLanes>(ref source[0], ref source[row], ref source[2 * row], ref weights[0], ref biases[0], ref sums[0], Samples);
            return sums;
        }
    }

    // One output at a time and, with vectors of 16 lanes, four.
    private sealed class Residual : IKernel
    {
        public bool HasBiases => false;

        public int[] Sums<TLanes>(QuantisedLayer layer, AlignedBuffer<byte> source)
            where TLanes : struct, IIntegerLanes<TLanes>
        {
            int channels = layer.Layer.Inputs;
            int kernel = layer.Layer.Kernel;
            int outputs = layer.Layer.Outputs;
            AlignedBuffer<byte> weights = PackedWeights.Residuals(layer, channels);
            nint[] rows = [.. Enumerable.Range(0, kernel).Select(r => (nint)r * Columns * channels)];
            ref byte first = ref source[First(kernel) * (Columns + 1) * channels];
            int[] planes = new int[outputs * Samples];
            int[] fours = new int[outputs * Samples];
            for (int output = 0; output < outputs; output++)
            {
                ref byte packed = ref weights[output * kernel * kernel * channels];
                ref int plane = ref planes[output * Samples];
                if (channels == NarrowConvolution.Channels)
                    ResidualConvolution.ConvolveNarrow<TLanes>(ref first, rows, ref packed, ref plane, Samples);
                else
                    ResidualConvolution.ConvolveWide<TLanes>(ref first, rows, ref packed, ref plane, Samples);
                if (TLanes.Count < ByteConvolution.Channels || output % 4 > 0)
                    continue;
                if (channels == NarrowConvolution.Channels)
                    ResidualConvolution.ConvolveFour<TLanes, ResidualConvolution.NarrowSample>(ref first, rows, ref packed, ref fours[output * Samples], Samples, Samples);
                else
                    ResidualConvolution.ConvolveFour<TLanes, ResidualConvolution.WideSample>(ref first, rows, ref packed, ref fours[output * Samples], Samples, Samples);
            }

            if (TLanes.Count == ByteConvolution.Channels)
                Assert.Equal(planes, fours);
            return [.. Enumerable.Range(0, Samples * outputs).Select(i => planes[(i % outputs * Samples) + (i / outputs)])];
        }
    }
}
