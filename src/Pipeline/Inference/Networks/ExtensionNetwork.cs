namespace RtcEnhance.Inference;

/// <summary>
/// The weights of a bandwidth-extension network as they lie in the file: every 10 ms two gated units hear the levels of
/// the bands received and say with which gain two carriers go into each missing band. Immutable. Thread-safe.
/// </summary>
internal sealed class ExtensionNetwork
{
    /// <summary>Halves of a block, of which each is heard and has gains of its own.</summary>
    public const int Halves = 2;

    /// <summary>Sounds that the missing bands are made of: copies of the band below, and noise.</summary>
    public const int Carriers = 2;

    /// <summary>Edges of the bands that have a gain each, Hz.</summary>
    public static readonly double[] EdgesHz =
        [3400, 4000, 4500, 5000, 5500, 6000, 6500, 7000, 7500, 8000, 8750, 9500, 10250, 11000, 12000, 13000, 14000, 15000, 16500, 18000, 20000];

    /// <summary>Edges of the bands that are heard, Hz.</summary>
    public static readonly double[] HeardEdgesHz =
        [0, 125, 250, 375, 500, 625, 750, 875, 1000, 1250, 1500, 1750, 2000, 2250, 2500, 2750, 3000, 3250, 3500, 3750, 4000, 4500, 5000, 5500, 6000, 6500, 7000, 7500, 8000];

    /// <summary>Where what is received may end, Hz.</summary>
    public static readonly int[] CutoffsHz = [3400, 4000, 6000, 7000, 8000];

    /// <summary>Bands that have a gain each.</summary>
    public static int Bands => EdgesHz.Length - 1;

    /// <summary>Bands that are heard.</summary>
    public static int HeardBands => HeardEdgesHz.Length - 1;

    /// <summary>What a block is heard as: the bands of both halves, and which cut-off is in force.</summary>
    public static int Inputs => (Halves * HeardBands) + CutoffsHz.Length;

    /// <summary>What a block is answered with: for each half and carrier a gain of each band.</summary>
    public static int Outputs => Halves * Carriers * Bands;

    /// <summary>What is heard to the first unit's input.</summary>
    public required DenseMatrix Encode { get; init; }

    /// <summary>First unit.</summary>
    public required GatedMatrices First { get; init; }

    /// <summary>Second unit.</summary>
    public required GatedMatrices Second { get; init; }

    /// <summary>Last hidden layer, over both states.</summary>
    public required DenseMatrix Last { get; init; }

    /// <summary>Output layer.</summary>
    public required DenseMatrix Out { get; init; }

    /// <summary>Weights and biases.</summary>
    public int ParameterCount => Dense.Sum(layer => layer.Weights.Length + layer.Biases.Length)
        + Units.Sum(unit => unit.Input.Length + unit.Recurrence.Length + unit.Biases.Length);

    /// <summary>Multiplications with weights for a block.</summary>
    public int MultipliesPerBlock => Dense.Sum(layer => layer.Weights.Length) + Units.Sum(unit => unit.Input.Length + unit.Recurrence.Length);

    private DenseMatrix[] Dense => [Encode, Last, Out];

    private GatedMatrices[] Units => [First, Second];
}
