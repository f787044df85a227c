namespace RtcEnhance.Audio;

/// <summary>How the playout is to be moved by one block.</summary>
internal enum DriftCorrection
{
    /// <summary>The delay is where it should be.</summary>
    None,

    /// <summary>The delay grew: leave one block out.</summary>
    DropBlock,

    /// <summary>The delay shrank: put one block in.</summary>
    InsertBlock,

    /// <summary>The delay is far too long: start again at the target.</summary>
    Restart,
}

/// <summary>
/// Holds the delay of the fastest packets at a fixed target. A packet's slack is the time between its arrival and its
/// playout; the largest slack of a window belongs to a packet that the network hardly delayed, so that it moves with
/// the two clocks and not with jitter. One thread at a time; the receiver's lock guards it.
/// </summary>
internal sealed class DelayManager(int targetMs)
{
    /// <summary>Blocks from one decision to the next: 2 s.</summary>
    private const int WindowBlocks = 200;

    /// <summary>Fewer packets than this say nothing about the delay.</summary>
    private const int MinArrivals = 10;

    /// <summary>More than one block, so that a correction never calls for its opposite.</summary>
    private const int ToleranceMs = 15;

    /// <summary>
    /// Where even the slowest packet waits this much longer than the target, single blocks would take minutes.
    /// </summary>
    private const int RestartMs = 100;

    private int _blocks;
    private int _arrivals;
    private long _largestSlackMs = long.MinValue;
    private long _smallestSlackMs = long.MaxValue;

    public int TargetMs => targetMs;

    public void OnArrival(long slackMs)
    {
        _arrivals++;
        _largestSlackMs = Math.Max(_largestSlackMs, slackMs);
        _smallestSlackMs = Math.Min(_smallestSlackMs, slackMs);
    }

    /// <summary>Called once per block played.</summary>
    public DriftCorrection OnBlock()
    {
        if (++_blocks < WindowBlocks)
            return DriftCorrection.None;

        DriftCorrection correction = DriftCorrection.None;
        if (_arrivals >= MinArrivals)
        {
            if (_smallestSlackMs > targetMs + RestartMs)
                correction = DriftCorrection.Restart;
            else if (_largestSlackMs > targetMs + ToleranceMs)
                correction = DriftCorrection.DropBlock;
            else if (_largestSlackMs < targetMs - ToleranceMs)
                correction = DriftCorrection.InsertBlock;
        }

        Reset();
        return correction;
    }

    public void Reset()
    {
        _blocks = 0;
        _arrivals = 0;
        _largestSlackMs = long.MinValue;
        _smallestSlackMs = long.MaxValue;
    }
}
