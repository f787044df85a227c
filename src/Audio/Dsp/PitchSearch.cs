namespace RtcEnhance.Audio;

/// <summary>
/// Finds the period of the end of a signal: normalised cross-correlation over all lags at about 8 kHz, then refined at
/// the full rate. One thread at a time.
/// </summary>
internal sealed class PitchSearch
{
    private const float ShortestMs = 2.2f;
    private const float LongestMs = 18;
    private const float WindowMs = 12;

    // A lag twice as long matches as well; the shorter one is the pitch.
    private const float LongLagPenalty = 0.2f;

    private readonly int _factor;
    private readonly int _windowLength;
    private readonly float[] _decimated;

    internal PitchSearch(int sampleRateHz)
    {
        _factor = Math.Max(1, sampleRateHz / 8000);
        MinLag = (int)(sampleRateHz * ShortestMs / 1000);
        MaxLag = (int)(sampleRateHz * LongestMs / 1000);
        _windowLength = (int)(sampleRateHz * WindowMs / 1000);
        // One lag of margin either side, which the refinement may reach.
        _decimated = new float[(_windowLength + MaxLag) / _factor + 2];
        HistoryLength = _decimated.Length * _factor;
    }

    /// <summary>Shortest lag found, in samples.</summary>
    internal int MinLag { get; }

    /// <summary>Longest lag found, in samples.</summary>
    internal int MaxLag { get; }

    /// <summary>Samples of the past that <see cref="Find"/> needs.</summary>
    internal int HistoryLength { get; }

    /// <summary>
    /// Returns the lag in samples and how alike (0 to 1) the last 12 ms of <paramref name="history"/> and the same span
    /// one lag earlier are.
    /// </summary>
    internal (int Lag, float Correlation) Find(ReadOnlySpan<float> history)
    {
        ReadOnlySpan<float> recent = history[^HistoryLength..];
        for (int i = 0; i < _decimated.Length; i++)
        {
            float sum = 0;
            foreach (float sample in recent.Slice(i * _factor, _factor))
                sum += sample;
            _decimated[i] = sum;
        }

        int coarse = Best(_decimated, _windowLength / _factor, MinLag / _factor, MaxLag / _factor, LongLagPenalty).Lag * _factor;
        if (_factor == 1)
            return Best(history, _windowLength, coarse, coarse, 0);
        return Best(history, _windowLength, Math.Max(MinLag, coarse - _factor), Math.Min(MaxLag, coarse + _factor), 0);
    }

    private static (int Lag, float Correlation) Best(ReadOnlySpan<float> signal, int length, int first, int last, float penalty)
    {
        ReadOnlySpan<float> end = signal[^length..];
        float endEnergy = InnerProduct.Energy(end);
        float lagEnergy = InnerProduct.Energy(signal.Slice(signal.Length - length - first, length));
        (int Lag, float Correlation, float Score) best = (first, 0, float.NegativeInfinity);
        for (int lag = first; lag <= last; lag++)
        {
            ReadOnlySpan<float> earlier = signal.Slice(signal.Length - length - lag, length);
            float cross = InnerProduct.Sum(end, earlier);
            float product = endEnergy * lagEnergy;
            float correlation = product > 1e-18f ? cross / MathF.Sqrt(product) : 0;
            float score = correlation * (1 - penalty * lag / last);
            if (score > best.Score)
                best = (lag, correlation, score);
            if (lag < last)
            {
                float entering = signal[signal.Length - length - lag - 1];
                lagEnergy = Math.Max(0, lagEnergy + entering * entering - earlier[^1] * earlier[^1]);
            }
        }
        return (best.Lag, Math.Clamp(best.Correlation, 0, 1));
    }
}
