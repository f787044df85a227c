namespace RtcEnhance.Inference;

/// <summary>One convolution with its activation. Immutable. Thread-safe.</summary>
internal sealed record ConvolutionLayer
{
    /// <summary>Rows and columns of the kernel: 1, 3 or 5.</summary>
    public required int Kernel { get; init; }

    /// <summary>Channels that come in.</summary>
    public required int Inputs { get; init; }

    /// <summary>Channels that go out.</summary>
    public required int Outputs { get; init; }

    /// <summary>[outputs x inputs x kernel x kernel], row-major.</summary>
    public required float[] Weights { get; init; }

    /// <summary>One value for each output.</summary>
    public required float[] Biases { get; init; }

    /// <summary>What negative sums are multiplied with, for each output: 0 for ReLU, 1 where there is no activation.</summary>
    public required float[] Slopes { get; init; }

    /// <summary>The largest activation; infinite where it is not clipped.</summary>
    public float Limit { get; init; } = float.PositiveInfinity;

    /// <summary>True where the network's skipped layer is added after the activation.</summary>
    public bool AddsSkip { get; init; }

    /// <summary>Neighbours to each side that a result depends on.</summary>
    public int Reach => Kernel / 2;

    /// <summary>A weight.</summary>
    public float Weight(int output, int input, int row, int column)
        => Weights[(((((output * Inputs) + input) * Kernel) + row) * Kernel) + column];
}
