using System.Runtime.InteropServices;

namespace RtcEnhance.Inference;

/// <summary>
/// A matrix and its biases as the kernels read them, in floats or in 8 bits with a step for each output. Immutable.
/// Thread-safe.
/// </summary>
internal sealed class DenseWeights
{
    // A value of 0 becomes 64, the largest magnitude of the vector 63 more or less: 7 bits, so that no pair saturates.
    private const int Zero = 64;
    private const int LargestValue = 63;
    private const int LargestWeight = 127;

    private readonly AlignedBuffer<float>? _singles;
    private readonly AlignedBuffer<byte>? _bytes;
    private readonly AlignedBuffer<int>? _offsets;
    private readonly AlignedBuffer<float>? _steps;
    private readonly AlignedBuffer<float> _biases;

    /// <summary>Packs a matrix.</summary>
    /// <param name="weights">[outputs x inputs], row-major.</param>
    /// <param name="biases">[outputs].</param>
    /// <param name="precision">Floats, or 8 bits.</param>
    public DenseWeights(ReadOnlySpan<float> weights, ReadOnlySpan<float> biases, InferencePrecision precision)
    {
        Outputs = biases.Length;
        Inputs = weights.Length / Outputs;
        Padded = MatrixProduct.Pad(Outputs);
        _biases = new AlignedBuffer<float>(Padded);
        biases.CopyTo(_biases.Span);
        if (precision == InferencePrecision.FloatingPoint)
        {
            _singles = new AlignedBuffer<float>(Padded * Inputs);
            for (int output = 0; output < Outputs; output++)
            {
                for (int input = 0; input < Inputs; input++)
                    _singles.Span[(((output / MatrixProduct.Group * Inputs) + input) * MatrixProduct.Group) + (output % MatrixProduct.Group)] = weights[(output * Inputs) + input];
            }

            return;
        }

        _bytes = new AlignedBuffer<byte>(Padded * PaddedInputs);
        _offsets = new AlignedBuffer<int>(Padded);
        _steps = new AlignedBuffer<float>(Padded);
        for (int output = 0; output < Outputs; output++)
            Quantise(weights.Slice(output * Inputs, Inputs), output);
    }

    /// <summary>Length of the vector that is multiplied.</summary>
    public int Inputs { get; }

    /// <summary>Length of the product.</summary>
    public int Outputs { get; }

    /// <summary>The same in whole groups: what <see cref="Multiply"/> writes.</summary>
    public int Padded { get; }

    /// <summary>Inputs rounded up to whole quads: bytes of scratch that <see cref="Multiply"/> needs.</summary>
    public int PaddedInputs => (Inputs + 3) / 4 * 4;

    /// <summary>Writes the product plus the biases.</summary>
    /// <param name="values">[inputs], finite.</param>
    /// <param name="product">[padded].</param>
    /// <param name="scratch">For 8 bits: values in its bytes, sums in its whole numbers.</param>
    public void Multiply<TFloats, TLanes>(ReadOnlySpan<float> values, AlignedBuffer<float> product, DenseScratch scratch)
        where TFloats : struct, IFloatLanes<TFloats>
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        if (values.Length != Inputs || product.Length < Padded)
            throw new ArgumentException($"A product of {Inputs} values and {Padded} outputs got {values.Length} and {product.Length}.");
        if (_singles is not null)
        {
            MatrixProduct.Multiply<TFloats>(ref MemoryMarshal.GetReference(values), Inputs, ref _singles[0], ref _biases[0], Padded, ref product[0]);
            return;
        }

        float step = scratch.Quantise(values, PaddedInputs, LargestValue, Zero);
        MatrixProduct.MultiplyBytes<TLanes>(ref scratch.Values[0], PaddedInputs / 4, ref _bytes![0], ref _offsets![0], Padded, ref scratch.Sums[0]);
        var gain = TFloats.Create(step);
        for (int i = 0; i < Padded; i += TFloats.Count)
        {
            TFloats sum = TFloats.LoadIntegers(ref scratch.Sums[0], i) * (TFloats.Load(ref _steps![0], i) * gain);
            (sum + TFloats.Load(ref _biases[0], i)).Store(ref product[0], i);
        }
    }

    private void Quantise(ReadOnlySpan<float> row, int output)
    {
        float peak = 0;
        foreach (float weight in row)
            peak = Math.Max(peak, Math.Abs(weight));
        float step = peak / LargestWeight;
        int sum = 0;
        for (int input = 0; input < row.Length && step > 0; input++)
        {
            int weight = (int)MathF.Round(row[input] / step);
            sum += weight;
            int run = ((output / MatrixProduct.Group * (PaddedInputs / 4)) + (input / 4)) * MatrixProduct.Group;
            _bytes!.Span[((run + (output % MatrixProduct.Group)) * 4) + (input % 4)] = (byte)(sbyte)weight;
        }

        _offsets!.Span[output] = -Zero * sum;
        _steps!.Span[output] = step;
    }
}
