namespace RtcEnhance.Inference;

/// <summary>A gated recurrent unit as it lies in the file. Immutable. Thread-safe.</summary>
/// <param name="Input">[3 x size x inputs]: update, reset, candidate.</param>
/// <param name="Recurrence">[3 x size x size].</param>
/// <param name="Biases">[6 x size].</param>
internal sealed record GatedMatrices(float[] Input, float[] Recurrence, float[] Biases)
{
    /// <summary>Length of the state.</summary>
    public int Size => Biases.Length / 6;

    /// <summary>The unit as kernels read it.</summary>
    public GatedWeights Pack(InferencePrecision precision) => new(Input, Recurrence, Biases, precision);
}
