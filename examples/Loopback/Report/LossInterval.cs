namespace RtcEnhance.Loopback.Report;

/// <summary>A stretch of the call's time that no packet carried. Thread-safe.</summary>
/// <param name="StartSeconds">Where it begins.</param>
/// <param name="EndSeconds">Where it ends, not included.</param>
public sealed record LossInterval(double StartSeconds, double EndSeconds)
{
    /// <summary>Turns one flag per packet into intervals, packets lost in a row making one.</summary>
    /// <param name="lost">True for a lost packet.</param>
    /// <param name="packetSeconds">Length of a packet in seconds.</param>
    /// <returns>The intervals in order.</returns>
    public static LossInterval[] FromPackets(ReadOnlySpan<bool> lost, double packetSeconds)
    {
        var intervals = new List<LossInterval>();
        for (var i = 0; i < lost.Length; i++)
        {
            if (!lost[i])
                continue;
            var start = i;
            while (i + 1 < lost.Length && lost[i + 1])
                i++;
            intervals.Add(new LossInterval(start * packetSeconds, (i + 1) * packetSeconds));
        }

        return [.. intervals];
    }
}
