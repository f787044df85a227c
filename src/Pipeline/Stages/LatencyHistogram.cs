using System.Numerics;

namespace RtcEnhance;

/// <summary>
/// Counts durations in log-spaced buckets: exact below 6.4 us, then 32 buckets an octave, so that a percentile is at
/// most 3.2 % above the true one and never below it. One writer; readers on other threads see values of about now.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBucketBits = 5;
    private const int SubBuckets = 1 << SubBucketBits;

    /// <summary>Ticks of 100 ns; longer durations share the last bucket (107 s).</summary>
    private const long MaxTicks = (1L << 30) - 1;

    private readonly int[] _buckets = new int[BucketOf(MaxTicks) + 1];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add(TimeSpan duration)
    {
        _buckets[BucketOf(duration.Ticks)]++;
        Volatile.Write(ref _count, _count + 1);
    }

    public void Remove(TimeSpan duration)
    {
        _buckets[BucketOf(duration.Ticks)]--;
        Volatile.Write(ref _count, _count - 1);
    }

    public void Clear()
    {
        Array.Clear(_buckets);
        Volatile.Write(ref _count, 0);
    }

    /// <summary>The smallest bucket edge that at least <paramref name="fraction"/> of the durations do not exceed.</summary>
    public TimeSpan Percentile(double fraction)
    {
        // From the top: the percentiles asked for are high, and most buckets above them are empty.
        int count = Count;
        int above = count - Math.Max(1, (int)Math.Ceiling(fraction * count));
        int bucket = _buckets.Length - 1;
        for (int seen = 0; bucket > 0; bucket--)
        {
            seen += _buckets[bucket];
            if (seen > above)
                break;
        }

        return count == 0 ? TimeSpan.Zero : new TimeSpan(UpperEdge(bucket));
    }

    private static int BucketOf(long ticks)
    {
        uint value = (uint)Math.Clamp(ticks, 0, MaxTicks);
        int shift = Math.Max(0, BitOperations.Log2(value) - SubBucketBits);
        return (shift * SubBuckets) + (int)(value >> shift);
    }

    private static long UpperEdge(int bucket)
    {
        int shift = Math.Max(0, (bucket / SubBuckets) - 1);
        long mantissa = bucket - (shift * SubBuckets);
        return ((mantissa + 1) << shift) - 1;
    }
}
