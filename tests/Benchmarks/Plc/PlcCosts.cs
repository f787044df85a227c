using System.Diagnostics;

namespace RtcEnhance.Benchmarks.Plc;

/// <summary>Times of a stage's calls, in stopwatch ticks. One thread at a time.</summary>
internal sealed class PlcCosts
{
    private readonly List<long> _concealed = [];
    private readonly List<long> _first = [];
    private long _mergeTicks;
    private long _observeTicks;
    private long _observed;

    /// <summary>A concealed 10 ms, its share of the merges included, us.</summary>
    public double Mean => Microseconds(_concealed.Sum() + _mergeTicks) / Math.Max(1, _concealed.Count);

    /// <summary>The slowest but one in a hundred of all concealed blocks, us.</summary>
    public double P99 => Microseconds(_concealed.Count == 0 ? 0 : _concealed.Order().ElementAt(_concealed.Count * 99 / 100));

    /// <summary>The slowest, us.</summary>
    public double Max => Microseconds(_concealed.DefaultIfEmpty().Max());

    /// <summary>Mean of the first blocks of the losses, which catch up on the past, us.</summary>
    public double First => Microseconds(_first.Sum()) / Math.Max(1, _first.Count);

    /// <summary>A received block, us.</summary>
    public double Received => Microseconds(_observeTicks) / Math.Max(1, _observed);

    /// <summary>Takes one clip's calls.</summary>
    /// <param name="kinds">What each was.</param>
    /// <param name="ticks">What each took.</param>
    public void Add(IReadOnlyList<PlcCall> kinds, IReadOnlyList<long> ticks)
    {
        for (int i = 0; i < kinds.Count; i++)
        {
            switch (kinds[i])
            {
                case PlcCall.Received:
                    _observeTicks += ticks[i];
                    _observed++;
                    break;
                case PlcCall.Merge:
                    _mergeTicks += ticks[i];
                    break;
                default:
                    _concealed.Add(ticks[i]);
                    if (kinds[i] == PlcCall.FirstLost)
                        _first.Add(ticks[i]);
                    break;
            }
        }
    }

    private static double Microseconds(double ticks) => 1e6 * ticks / Stopwatch.Frequency;
}

/// <summary>What a stage was called for.</summary>
internal enum PlcCall
{
    /// <summary>A block came.</summary>
    Received,

    /// <summary>The first block of a loss.</summary>
    FirstLost,

    /// <summary>A later one.</summary>
    Lost,

    /// <summary>The first block after a loss.</summary>
    Merge,
}
