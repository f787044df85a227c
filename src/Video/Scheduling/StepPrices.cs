namespace RtcEnhance.Video;

/// <summary>
/// What a target pixel costs in each kind of step: the mean over the streams that have measured it, weighted by their
/// pixels a second. For a kind that no stream has measured lately, the least of what was last known and of a guess on
/// the high side, made from the nearest cheaper kind: too low an answer is found out by trying. One thread at a time.
/// </summary>
internal sealed class StepPrices
{
    /// <summary>
    /// Nanoseconds a target pixel, with a margin of a quarter, of one core with 512-bit vectors: what holds where nothing is
    /// known, and the ratios where something is.
    /// </summary>
    private static readonly double[] Prior = [25, 25, 9, 4.5, 0.75, 0.9, 0.65];

    private readonly double[] _sums = new double[Prior.Length];
    private readonly double[] _weights = new double[Prior.Length];
    private readonly double[] _lastKnown = new double[Prior.Length];

    /// <summary>No price was ever known.</summary>
    public StepPrices() => Array.Fill(_lastKnown, double.PositiveInfinity);

    /// <summary>Begins to collect measurements anew.</summary>
    public void Clear()
    {
        for (int step = 0; step < _sums.Length; step++)
        {
            if (_weights[step] > 0)
                _lastKnown[step] = _sums[step] / _weights[step];
        }

        Array.Clear(_sums);
        Array.Clear(_weights);
    }

    /// <summary>Adds a stream's measurement.</summary>
    public void Add(UpscaleStep step, double secondsPerPixel, double weight)
    {
        if (!double.IsFinite(secondsPerPixel))
            return;
        _sums[(int)step] += weight * secondsPerPixel;
        _weights[(int)step] += weight;
    }

    /// <summary>What the step should cost a stream that has not measured it.</summary>
    /// <returns>Seconds a target pixel.</returns>
    public double Estimate(UpscaleStep step)
    {
        if (_weights[(int)step] > 0)
            return _sums[(int)step] / _weights[(int)step];
        double own = Prior[(int)step];
        int nearest = -1;
        for (int other = 0; other < Prior.Length; other++)
        {
            if (_weights[other] > 0 && Prior[other] <= own && (nearest < 0 || Prior[other] > Prior[nearest]))
                nearest = other;
        }

        double guess = nearest < 0 ? own * 1e-9 : own / Prior[nearest] * (_sums[nearest] / _weights[nearest]);
        return Math.Min(guess, _lastKnown[(int)step]);
    }
}
