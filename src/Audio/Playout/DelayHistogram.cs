namespace RtcEnhance.Audio;

/// <summary>
/// How late the latest packet of each interval was: a forgetful histogram in integers, so that its quantiles are the
/// same on every machine. One thread at a time.
/// </summary>
internal sealed class DelayHistogram
{
    private const int BinMs = 5;
    private const int Bins = 400;
    private const int One = 1 << 15;

    /// <summary>
    /// Share of an old interval's weight that is left after a new one: an interval of half a second counts for half
    /// after 43 s. NetEq's factor of 0.983 makes quantiles above 0.98 a matter of single intervals.
    /// </summary>
    private const int Kept = (int)(0.992 * One);

    /// <summary>Twenty seconds, in which one interval weighs a twentieth and more.</summary>
    private const int FirstIntervals = 40;

    private readonly long[] _weights = new long[Bins];
    private int _intervals;
    private long _newest;

    /// <summary>Adds one interval; the first ones weigh more, so that the start is quickly forgotten.</summary>
    public void Add(long delayMs)
    {
        long kept = Math.Min(Kept, One - (2L * One / (_intervals + 2)));
        _newest = (One - kept) * One;
        _intervals = Math.Min(_intervals + 1, One);
        for (int i = 0; i < Bins; i++)
            _weights[i] = _weights[i] * kept / One;
        _weights[(int)Math.Clamp(delayMs / BinMs, 0, Bins - 1)] += _newest;
    }

    /// <summary>
    /// The delay that this share of the intervals, in units of 2^-30, stayed within. Early on, where one interval weighs
    /// more than the rest of the share, a single one does not decide alone.
    /// </summary>
    public int Quantile(long share)
    {
        long total = 0;
        foreach (long weight in _weights)
            total += weight;

        // Weights sum to 2^30: the product fits.
        long wanted = (total * share) >> 30;
        if (_intervals < FirstIntervals)
            wanted = Math.Min(wanted, total - _newest);
        int bin = 0;
        for (long sum = _weights[0]; sum < wanted && bin < Bins - 1; sum += _weights[bin])
            bin++;
        return (bin + 1) * BinMs;
    }

    public void CopyTo(DelayHistogram other)
    {
        _weights.CopyTo(other._weights.AsSpan());
        other._intervals = _intervals;
    }
}
