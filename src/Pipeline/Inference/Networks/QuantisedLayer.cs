namespace RtcEnhance.Inference;

/// <summary>
/// A convolution with whole-number weights and biases: symmetric, one step for each output. Immutable. Thread-safe.
/// </summary>
internal sealed class QuantisedLayer
{
    /// <summary>The largest 8-bit activation.</summary>
    public const int MostActivation = byte.MaxValue;

    // Of the first layer, which multiplies 16-bit words.
    private const int MostWordWeight = 16383;

    // Kernels add the products of a kernel row and two input channels in 16 bits: with activations of at most 255 the
    // weights of one sign must stay within 128. Each of the at most six may be rounded up by a half.
    private const int MostPartialSum = 125;

    // Keeps sums below 2^24, where floats are exact.
    private const double MostBias = 1 << 22;

    private QuantisedLayer(ConvolutionLayer layer)
    {
        Layer = layer;
        Weights = new short[layer.Weights.Length];
        Biases = new int[layer.Outputs];
        SumSteps = new float[layer.Outputs];
    }

    /// <summary>The convolution.</summary>
    public ConvolutionLayer Layer { get; }

    /// <summary>[outputs x inputs x kernel x kernel], row-major.</summary>
    public short[] Weights { get; }

    /// <summary>One for each output, in steps of the sum; what the input's zero point adds is taken off.</summary>
    public int[] Biases { get; }

    /// <summary>What one unit of an output's sum is worth.</summary>
    public float[] SumSteps { get; }

    /// <summary>Quantises a first layer, whose input is luma in 16-bit words.</summary>
    public static QuantisedLayer QuantiseFirst(ConvolutionLayer layer)
        => Quantise(layer, 1f / 255, 0, output => LargestWeight(layer, output) / MostWordWeight);

    /// <summary>Quantises a layer whose input is 8-bit activations.</summary>
    /// <param name="layer">The convolution.</param>
    /// <param name="inputStep">What one unit of its input is worth.</param>
    /// <param name="inputZero">The input that stands for zero.</param>
    public static QuantisedLayer Quantise(ConvolutionLayer layer, float inputStep, int inputZero)
        => Quantise(layer, inputStep, inputZero, output => LargestPartialSum(layer, output) / MostPartialSum);

    /// <summary>A weight.</summary>
    public short Weight(int output, int input, int row, int column)
        => Weights[(((((output * Layer.Inputs) + input) * Layer.Kernel) + row) * Layer.Kernel) + column];

    private static QuantisedLayer Quantise(ConvolutionLayer layer, float inputStep, int inputZero, Func<int, double> leastStep)
    {
        var quantised = new QuantisedLayer(layer);
        int count = layer.Inputs * layer.Kernel * layer.Kernel;
        for (int output = 0; output < layer.Outputs; output++)
        {
            ReadOnlySpan<float> weights = layer.Weights.AsSpan(output * count, count);
            double step = Math.Max(leastStep(output), Math.Abs((double)layer.Biases[output]) / (inputStep * MostBias));
            if (step == 0)
                step = 1;
            int sum = 0;
            for (int i = 0; i < count; i++)
                sum += quantised.Weights[(output * count) + i] = (short)Math.Round(weights[i] / step);
            quantised.SumSteps[output] = (float)(inputStep * step);
            quantised.Biases[output] = (int)Math.Round(layer.Biases[output] / (inputStep * step)) - (inputZero * sum);
        }

        return quantised;
    }

    private static double LargestWeight(ConvolutionLayer layer, int output)
    {
        int count = layer.Weights.Length / layer.Outputs;
        double largest = 0;
        foreach (float weight in layer.Weights.AsSpan(output * count, count))
            largest = Math.Max(largest, Math.Abs((double)weight));
        return largest;
    }

    private static double LargestPartialSum(ConvolutionLayer layer, int output)
    {
        double largest = 0;
        for (int row = 0; row < layer.Kernel; row++)
        {
            for (int pair = 0; pair < layer.Inputs; pair += 2)
            {
                double positive = 0;
                double negative = 0;
                for (int input = pair; input < Math.Min(pair + 2, layer.Inputs); input++)
                {
                    for (int column = 0; column < layer.Kernel; column++)
                    {
                        double weight = layer.Weight(output, input, row, column);
                        positive += Math.Max(weight, 0);
                        negative += Math.Max(-weight, 0);
                    }
                }

                largest = Math.Max(largest, Math.Max(positive, negative));
            }
        }

        return largest;
    }
}
