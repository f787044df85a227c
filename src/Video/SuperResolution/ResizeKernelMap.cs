namespace RtcEnhance.Video;

/// <summary>
/// For each output sample of one axis, which input samples make it and with which weights. Weights are whole numbers
/// (in units of 2^-<see cref="WeightBits"/>) held as floats, and each output's weights sum to exactly one, so a constant
/// stays constant and float arithmetic on them is exact as long as the sums stay below 2^24. Taps beyond the edge are
/// added to the edge sample (replication). Immutable. Thread-safe.
/// </summary>
internal sealed class ResizeKernelMap
{
    private readonly int[] _starts;
    private readonly float[] _weights;

    /// <summary>Computes the map.</summary>
    /// <param name="filter">The kernel; widened by the ratio where the picture shrinks, against aliasing.</param>
    /// <param name="sourceLength">Input samples, at least 1.</param>
    /// <param name="targetLength">Output samples, at least 1.</param>
    /// <param name="weightBits">Fraction bits of the weights.</param>
    public ResizeKernelMap(ResizeFilter filter, int sourceLength, int targetLength, int weightBits)
    {
        SourceLength = sourceLength;
        TargetLength = targetLength;
        WeightBits = weightBits;

        double step = (double)sourceLength / targetLength;
        double stretch = Math.Max(step, 1);
        double radius = filter.Radius * stretch;
        Taps = Math.Min(sourceLength, (2 * (int)Math.Ceiling(radius)) + 1);
        _starts = new int[targetLength];
        _weights = new float[targetLength * Taps];

        var exact = new double[Taps];
        for (int i = 0; i < targetLength; i++)
        {
            double center = ((i + 0.5) * step) - 0.5;
            int first = (int)Math.Floor(center - radius) + 1;
            int last = (int)Math.Ceiling(center + radius) - 1;
            int start = Math.Clamp(first, 0, sourceLength - Taps);
            Array.Clear(exact);
            double sum = 0;
            for (int s = first; s <= last; s++)
            {
                double weight = filter.Weight((s - center) / stretch);
                exact[Math.Clamp(s, 0, sourceLength - 1) - start] += weight;
                sum += weight;
            }

            _starts[i] = start;
            IsExact &= Quantise(exact, sum, weightBits, _weights.AsSpan(i * Taps, Taps));
        }
    }

    /// <summary>True where no weight had to be rounded.</summary>
    public bool IsExact { get; } = true;

    /// <summary>Input samples.</summary>
    public int SourceLength { get; }

    /// <summary>Output samples.</summary>
    public int TargetLength { get; }

    /// <summary>Fraction bits of the weights.</summary>
    public int WeightBits { get; }

    /// <summary>Input samples per output sample, the same for all; unused ones weigh zero.</summary>
    public int Taps { get; }

    /// <summary>The first input sample of an output sample.</summary>
    /// <param name="target">Output sample.</param>
    /// <returns>0 to <see cref="SourceLength"/> - <see cref="Taps"/>.</returns>
    public int Start(int target) => _starts[target];

    /// <summary>The weights of an output sample.</summary>
    /// <param name="target">Output sample.</param>
    /// <returns><see cref="Taps"/> whole numbers.</returns>
    public ReadOnlySpan<float> Weights(int target) => _weights.AsSpan(target * Taps, Taps);

    // Rounding the running sum instead of each weight keeps the total at exactly one.
    private static bool Quantise(ReadOnlySpan<double> exact, double sum, int bits, Span<float> weights)
    {
        double scale = (1 << bits) / sum;
        double running = 0;
        double before = 0;
        bool isExact = true;
        for (int t = 0; t < exact.Length; t++)
        {
            running += exact[t] * scale;
            double rounded = Math.Round(running);
            weights[t] = (float)(rounded - before);
            before = rounded;
            isExact &= Math.Abs(rounded - running) < 1e-6;
        }

        return isExact;
    }
}
