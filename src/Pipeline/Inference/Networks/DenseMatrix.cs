namespace RtcEnhance.Inference;

/// <summary>A dense layer as it lies in the file. Immutable. Thread-safe.</summary>
/// <param name="Weights">[outputs x inputs], row-major.</param>
/// <param name="Biases">[outputs].</param>
internal sealed record DenseMatrix(float[] Weights, float[] Biases)
{
    /// <summary>The layer as kernels read it.</summary>
    public DenseWeights Pack(InferencePrecision precision) => new(Weights, Biases, precision);
}
