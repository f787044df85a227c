namespace RtcEnhance.Inference;

/// <summary>The weights of a gated recurrent unit whose reset gate works on the product (as in ONNX, linear_before_reset 1). Immutable. Thread-safe.</summary>
internal sealed class GatedWeights
{
    private readonly DenseWeights _input;
    private readonly DenseWeights _recurrence;

    /// <summary>Packs a unit.</summary>
    /// <param name="input">[3 x size x inputs]: update, reset, candidate.</param>
    /// <param name="recurrence">[3 x size x size], in the same order.</param>
    /// <param name="biases">[6 x size]: of the input, then of the recurrence.</param>
    /// <param name="precision">Floats, or 8 bits.</param>
    public GatedWeights(ReadOnlySpan<float> input, ReadOnlySpan<float> recurrence, ReadOnlySpan<float> biases, InferencePrecision precision)
    {
        Size = biases.Length / 6;
        if (Size % MatrixProduct.Group != 0)
            throw new ArgumentException($"A unit's size is a multiple of {MatrixProduct.Group}, not {Size}.", nameof(biases));
        _input = new DenseWeights(input, biases[..(3 * Size)], precision);
        _recurrence = new DenseWeights(recurrence, biases[(3 * Size)..], precision);
    }

    /// <summary>Length of the state; a multiple of 16.</summary>
    public int Size { get; }

    /// <summary>Length of the input.</summary>
    public int Inputs => _input.Inputs;

    /// <summary>Moves the state on by one input.</summary>
    /// <param name="values">[inputs], finite.</param>
    /// <param name="state">[size], read and written.</param>
    /// <param name="fromInput">[3 x size] of scratch.</param>
    /// <param name="fromState">The same.</param>
    /// <param name="scratch">For 8 bits.</param>
    public void Step<TFloats, TLanes>(
        ReadOnlySpan<float> values, AlignedBuffer<float> state, AlignedBuffer<float> fromInput, AlignedBuffer<float> fromState, DenseScratch scratch)
        where TFloats : struct, IFloatLanes<TFloats>
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        _input.Multiply<TFloats, TLanes>(values, fromInput, scratch);
        _recurrence.Multiply<TFloats, TLanes>(state.Span[..Size], fromState, scratch);
        ref float a = ref fromInput[0];
        ref float b = ref fromState[0];
        for (int i = 0; i < 2 * Size; i += TFloats.Count)
            (TFloats.Load(ref a, i) + TFloats.Load(ref b, i)).Store(ref a, i);
        Saturation.Logistic<TFloats>(ref a, 2 * Size);
        for (int i = 0; i < Size; i += TFloats.Count)
            (TFloats.Load(ref a, (2 * Size) + i) + (TFloats.Load(ref a, Size + i) * TFloats.Load(ref b, (2 * Size) + i))).Store(ref a, (2 * Size) + i);
        Saturation.Tanh<TFloats>(ref fromInput[2 * Size], Size);
        ref float old = ref state[0];
        for (int i = 0; i < Size; i += TFloats.Count)
        {
            TFloats candidate = TFloats.Load(ref a, (2 * Size) + i);
            (candidate + (TFloats.Load(ref a, i) * (TFloats.Load(ref old, i) - candidate))).Store(ref old, i);
        }
    }
}
