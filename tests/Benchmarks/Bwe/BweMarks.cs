namespace RtcEnhance.Benchmarks.Bwe;

/// <summary>Measures our methods against what they promise. Thread-safe.</summary>
internal static class BweMarks
{
    /// <summary>Plain resampling, with which all are compared.</summary>
    public const string Plain = "sinc";

    /// <summary>The spectral stage.</summary>
    public const string Classical = "classical";

    /// <summary>The peer that a mark names: Opus 1.6's extension of 16 kHz.</summary>
    public const string Opus = "opus-bwe";

    /// <summary>What a network must be better by, 8 to 15 kHz.</summary>
    private const double AheadOfClassical = 0.3;
    private const double AheadOfOpus = 0.2;
    private const double AheadOfPlain = 1.2;
    private const double LowBandSnrDb = 40;
    private const double QuietExcessDb = 3;

    // A step of 16 bits.
    private const double BitCloseDb = 90;

    /// <summary>Marks of the distances and levels under one condition.</summary>
    public static IEnumerable<BweMark> OfQuality(BweCondition condition, ILookup<string, BweClipResult> results, string method)
    {
        IEnumerable<BweClipResult> ours = results[method];
        double Above(string other, Func<BweClipResult, double> lsd) => PairedDifference.Of(ours, results[other], lsd).Mean;
        if (condition == BweCondition.Narrow)
            yield return new BweMark(method, condition.Name, "LSD 4-8 kHz over sinc", -AheadOfPlain, Above(Plain, r => r.Lsd4To8), IsAtLeast: false);
        if (condition == BweCondition.Wide && method != Classical)
        {
            yield return new BweMark(method, condition.Name, "LSD 8-15 kHz over classical", -AheadOfClassical, Above(Classical, r => r.Lsd8To15), IsAtLeast: false);
            if (results.Contains(Opus))
            {
                double aboveOpus = Above(Opus, r => r.Lsd8To15);
                yield return new BweMark(method, condition.Name, $"LSD 8-15 kHz over {Opus}", 0, aboveOpus, IsAtLeast: false);
                yield return new BweMark(method, condition.Name, $"LSD 8-15 kHz over {Opus}", -AheadOfOpus, aboveOpus, IsAtLeast: false, IsAim: true);
            }
        }

        yield return new BweMark(method, condition.Name, "low-band SNR dB, worst clip", LowBandSnrDb, ours.Min(r => r.LowBandSnrDb), IsAtLeast: true);
        yield return new BweMark(method, condition.Name, "level in the quietest frames over the original's dB, worst clip", QuietExcessDb, ours.Max(r => r.QuietExcessDb), IsAtLeast: false);
    }

    /// <summary>The mark of sound in which nothing is missing.</summary>
    public static BweMark OfFullBand(string method, string what, double worstSnrDb)
        => new(method, BweCondition.Full.Name, $"{what}: SNR dB against the input, worst clip", BitCloseDb, worstSnrDb, IsAtLeast: true);

    /// <summary>Marks of time and silence.</summary>
    public static IEnumerable<BweMark> OfStage(BweCondition condition, string method, (double Mean, double P99) time, double peakOfSilence) =>
    [
        new BweMark(method, condition.Name, "mean us/10 ms", 150, time.Mean, IsAtLeast: false),
        new BweMark(method, condition.Name, "p99 us/10 ms", 400, time.P99, IsAtLeast: false),
        new BweMark(method, condition.Name, "peak after digital silence", 0, peakOfSilence, IsAtLeast: false),
    ];
}
