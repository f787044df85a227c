namespace RtcEnhance.Benchmarks.Soak;

/// <summary>Half an hour of call on the machine's clock. One thread at a time.</summary>
internal static class RealTimeBenchmark
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(30);

    public static BenchReport Run(BenchArguments arguments)
    {
        SoakResult result = RealTimeSoak.Run(Length / arguments.Every);
        var report = new BenchReport { Failed = result.BrokenCount > 0 };
        var table = new BenchTable("A PCMU call in real time; jitter 5 ms, no loss", "run", "broken", "what happened");
        table.Add(result.Name, result.BrokenCount, result.Describe());
        report.Tables.Add(table);
        foreach (string promise in result.Broken)
            report.Notes.Add($"BROKEN: {promise}");
        return report;
    }
}
