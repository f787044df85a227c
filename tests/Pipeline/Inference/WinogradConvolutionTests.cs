using System.Runtime.Intrinsics.X86;
using RtcEnhance.Inference;

namespace RtcEnhance.Tests.Inference;

[Trait("Category", "Simd")]
public class WinogradConvolutionTests
{
    private const int Channels = 16;
    private const int Rows = WinogradConvolution.Rows + 2;
    private const int Distance = 7;
    private const int Columns = Distance + WinogradConvolution.Rows + 2;

    // The largest sums there are: weights of one sign, or as many of both, and the brightest activations.
    [Theory]
    [InlineData("random")]
    [InlineData("largest")]
    [InlineData("smallest")]
    [InlineData("alternating")]
    public void Convolve_AnyWeights_EqualsPlainSums(string kind)
    {
        if (Avx512BW.IsSupported)
            AssertEqualsPlainSums<IntegerLanes512>(kind);
        if (Avx2.IsSupported && Fma.IsSupported)
            AssertEqualsPlainSums<IntegerLanes256>(kind);
        else
            Assert.DoesNotContain(((IChainFactory)new ByteNetwork(Network(kind))).CreateChain().Layers, layer => layer.RowsAtOnce > 1);
    }

    [Fact]
    public void Fits_BiasBeyondTheAnchorsRoom_IsFalse()
    {
        ConvolutionLayer layer = Network("random").Layers[1];
        layer.Biases[5] = 1e9f;

        Assert.False(WinogradConvolution.Fits(QuantisedLayer.Quantise(layer, 0.01f, 0)));
    }

    private static void AssertEqualsPlainSums<TLanes>(string kind)
        where TLanes : struct, IWordLanes<TLanes>
    {
        UpscalingNetwork network = Network(kind);
        QuantisedLayer layer = QuantisedLayer.Quantise(network.Layers[1], network.ActivationSteps[0], 3);
        Assert.True(WinogradConvolution.Fits(layer));
        AlignedBuffer<byte> source = Activations(kind);
        var rows = new nint[Rows];
        for (int row = 0; row < Rows; row++)
            rows[row] = row * Columns * Channels;
        var biases = new AlignedBuffer<float>(Channels);
        for (int output = 0; output < Channels; output++)
            biases[output] = WinogradConvolution.Anchor + layer.Biases[output];
        var scratch = new AlignedBuffer<byte>(WinogradConvolution.ScratchBytes);
        int stride = WinogradConvolution.Tiles<TLanes>() * WinogradConvolution.Rows * Channels;
        var sums = new float[WinogradConvolution.Rows * stride];

        WinogradConvolution.Convolve<TLanes>(ref source[0], rows, Distance * Channels, ref WinogradConvolution.Pack(layer)[0], ref biases[0], ref scratch[0], ref sums[0], stride);

        for (int i = 0; i < sums.Length; i++)
        {
            int column = i % stride / Channels;
            column += column / WinogradConvolution.Rows * (Distance - WinogradConvolution.Rows);
            Assert.Equal(Plain(layer, source, i / stride, column, i % Channels), sums[i] - WinogradConvolution.Anchor);
        }
    }

    private static int Plain(QuantisedLayer layer, AlignedBuffer<byte> source, int row, int column, int output)
    {
        int sum = layer.Biases[output];
        for (int input = 0; input < Channels; input++)
        {
            for (int tap = 0; tap < 9; tap++)
                sum += layer.Weight(output, input, tap / 3, tap % 3) * source[((((row + (tap / 3)) * Columns) + column + (tap % 3)) * Channels) + input];
        }

        return sum;
    }

    private static AlignedBuffer<byte> Activations(string kind)
    {
        var random = new Random(3);
        var source = new AlignedBuffer<byte>(Rows * Columns * Channels);
        for (int i = 0; i < source.Length; i++)
        {
            int place = i / Channels;
            source[i] = kind switch
            {
                "random" => (byte)random.Next(256),
                "alternating" => (byte)(((place / Columns) + (place % Columns)) % 2 == 0 ? 255 : 0),
                _ => 255,
            };
        }

        return source;
    }

    private static UpscalingNetwork Network(string kind)
    {
        UpscalingNetwork network = UpscalingModel.Load(new RandomUpscaler { Widths = [16, 16] }.ToArray(), "test").Network;
        float[] weights = network.Layers[1].Weights;
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = kind switch
            {
                "largest" => 1,
                "smallest" => -1,
                "alternating" => i % 2 == 0 ? 1 : -1,
                _ => weights[i],
            };
        }

        return network;
    }
}
