namespace RtcEnhance.Inference;

/// <summary>
/// The weights of a concealment network as they lie in the file: a gated unit over the features of the past, from which
/// the states of two more begin, which write one step of the output after another, and which foresees the envelope of the
/// classical continuation. Immutable. Thread-safe.
/// </summary>
internal sealed class ConcealmentNetwork
{
    /// <summary>Frames of features that a loss begins with.</summary>
    public const int Frames = 15;

    /// <summary>Features of a frame.</summary>
    public const int Bands = 32;

    /// <summary>Samples of a step.</summary>
    public const int StepLength = 80;

    /// <summary>Taps of the filter of a source.</summary>
    public const int Taps = 31;

    /// <summary>Filtered sources of which the output is the sum.</summary>
    public const int Sources = 3;

    /// <summary>Samples of the own output that a step sees.</summary>
    public const int OwnSamples = 160;

    /// <summary>Samples of the classical continuation that it sees, from its first one on.</summary>
    public const int LookAhead = StepLength + 40;

    /// <summary>Samples that a step sees: own output, classical continuation, own output at the pitch.</summary>
    public const int Heard = OwnSamples + LookAhead + StepLength;

    /// <summary>Places of the envelope, 10 ms apart; the beginning, where it is flat, is not among them.</summary>
    public const int Places = 15;

    /// <summary>Bands whose gains the envelope consists of.</summary>
    public const int Gains = 16;

    /// <summary>Of the pitch: likeness of cycles, octaves of the lag above 64 samples.</summary>
    public const int PitchFacts = 2;

    /// <summary>Those of the pitch, time into the loss, share of the net, gains of the envelope.</summary>
    public const int Facts = PitchFacts + 2 + Gains;

    /// <summary>What a step writes: the filters.</summary>
    public const int Outputs = Sources * Taps;

    /// <summary>Features to the first unit's input.</summary>
    public required DenseMatrix Encode { get; init; }

    /// <summary>Unit over the past.</summary>
    public required GatedMatrices Context { get; init; }

    /// <summary>Its last state to the first states and the condition.</summary>
    public required DenseMatrix Start { get; init; }

    /// <summary>The unit's last state and the pitch to the envelope, natural logarithms of gains.</summary>
    public required DenseMatrix Envelope { get; init; }

    /// <summary>What a step hears, the condition and the facts to the next unit's input.</summary>
    public required DenseMatrix Wave { get; init; }

    /// <summary>First unit of a step.</summary>
    public required GatedMatrices First { get; init; }

    /// <summary>Second unit of a step.</summary>
    public required GatedMatrices Second { get; init; }

    /// <summary>Last hidden layer.</summary>
    public required DenseMatrix Last { get; init; }

    /// <summary>Output layer.</summary>
    public required DenseMatrix Out { get; init; }

    /// <summary>Length of the vector that a loss's past becomes.</summary>
    public int Condition => Start.Biases.Length - First.Size - Second.Size;

    /// <summary>Weights and biases.</summary>
    public int ParameterCount => Dense.Sum(layer => layer.Weights.Length + layer.Biases.Length)
        + Units.Sum(unit => unit.Input.Length + unit.Recurrence.Length + unit.Biases.Length);

    /// <summary>Multiplications with weights for a step.</summary>
    public int MultipliesPerStep => Wave.Weights.Length + Last.Weights.Length + Out.Weights.Length
        + First.Input.Length + First.Recurrence.Length + Second.Input.Length + Second.Recurrence.Length;

    private DenseMatrix[] Dense => [Encode, Start, Envelope, Wave, Last, Out];

    private GatedMatrices[] Units => [Context, First, Second];
}
