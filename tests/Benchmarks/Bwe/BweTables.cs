namespace RtcEnhance.Benchmarks.Bwe;

/// <summary>`rtc bench bwe`.</summary>
internal static class BweTables
{
    public static BenchReport Run(BenchArguments arguments)
    {
        var report = new BenchReport();
        using var clips = BenchClips.Speech(arguments, "fb", report);
        foreach (int rateHz in (ReadOnlySpan<int>)[16000, 8000])
        {
            BweBenchmarkReport result = BweBenchmark.Run(new BweBenchmarkOptions
            {
                ClipsDirectory = clips.Directory,
                InputRateHz = rateHz,
                Peers = arguments.Peers.ToDictionary(peer => peer.Name, peer => peer.Command),
                Every = arguments.Every,
            });
            var table = new BenchTable(
                $"{rateHz / 1000} to 48 kHz, {result.Methods[0].Clips} clips: log-spectral distance (lower is better), paired difference from plain resampling with its 95 % interval",
                "method", "0-24k", "4-8k", "diff 4-8k", "+-4-8k", "8-15k", "diff 8-15k", "+-8-15k", "low-band SNR dB", "quiet excess dB", "us/10 ms");
            foreach (BweMethodSummary method in result.Methods)
            {
                table.Add(
                    method.Method, method.LsdFull, method.Lsd4To8, method.Lsd4To8Gain, method.Lsd4To8GainCi95, method.Lsd8To15, method.Lsd8To15Gain,
                    method.Lsd8To15GainCi95, method.WorstLowBandSnrDb, method.QuietExcessDb, method.MicrosecondsPerBlock);
            }

            report.Tables.Add(table);
        }

        report.Notes.Add("low-band SNR: worst clip, below nine tenths of the cut-off, against plain resampling. quiet excess: level above the cut-off in the quietest frames, against the original.");
        return report;
    }
}
