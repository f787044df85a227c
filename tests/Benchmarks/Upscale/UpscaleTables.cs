namespace RtcEnhance.Benchmarks;

/// <summary>`rtc bench upscale`.</summary>
internal static class UpscaleTables
{
    private static readonly string[] Sets = ["Set5", "Set14"];

    // At one and a half times the size.
    private static readonly string[] Fractional = ["bicubic", "easu", "neural-fast-clean", "neural-clean"];

    // Not in every data folder: their terms allow research alone.
    private static readonly string[] OptionalSets = ["B100", "BSD100", "Urban100"];

    public static BenchReport Run(BenchArguments arguments)
    {
        var report = new BenchReport();
        if (arguments.DataDirectory is { } data)
        {
            report.Tables.AddRange(Sets.Select(set => Quality(arguments, FolderOf(data, set))));
            report.Tables.AddRange(Sets.Select(set => FractionalQuality(FolderOf(data, set))));
            report.Tables.AddRange(OptionalSets.Select(set => FolderOf(data, set)).Where(Directory.Exists).Select(folder => Quality(arguments, folder)));
        }
        else
            report.Notes.Add("no --data: quality was not measured; it needs the folders video/test/Set5 and video/test/Set14.");

        var speed = new BenchTable("480x360 to 960x720, at x1.5 to 720x540, I420, one core: milliseconds a frame", "method", "frames", "min", "p50", "p95", "allocated bytes");
        foreach (string method in UpscaleMethods.Names)
            Add(speed, UpscaleTiming.Measure(method));
        foreach (string method in Fractional)
            Add(speed, UpscaleTiming.Measure(method, scale: 1.5));
        foreach (string filter in (ReadOnlySpan<string>)["fast_bilinear", "bilinear", "bicubic", "lanczos"])
            Add(speed, UpscaleTiming.MeasureSwscale(filter));
        report.Tables.Add(speed);
        report.Notes.Add("swscale: user time of ffmpeg -threads 1 with the scaler less the same run without it, a frame; the fastest of three runs.");
        return report;
    }

    private static string FolderOf(string data, string set) => Path.Combine(data, "video", "test", set);

    private static BenchTable Quality(BenchArguments arguments, string folder)
    {
        var benchmark = new UpscaleBenchmark();
        var table = new BenchTable($"{Path.GetFileName(folder)} x2: luma against the original", "method", "route", "pictures", "PSNR dB", "SSIM");
        foreach (string method in UpscaleMethods.Names)
            Add(table, benchmark.MeasureLuma(method, folder));
        foreach (string method in (ReadOnlySpan<string>)["easu", "neural"])
            Add(table, benchmark.MeasureStills(method, folder));
        foreach (BenchPeer peer in arguments.Peers)
            Add(table, benchmark.MeasurePeer(peer.Name, peer.Command, folder));
        return table;
    }

    private static BenchTable FractionalQuality(string folder)
    {
        var benchmark = new UpscaleBenchmark(1.5);
        var table = new BenchTable($"{Path.GetFileName(folder)} x1.5: luma against the original", "method", "route", "pictures", "PSNR dB", "SSIM");
        foreach (string method in Fractional)
            Add(table, benchmark.MeasureLuma(method, folder));
        return table;
    }

    private static void Add(BenchTable table, UpscaleQuality row) => table.Add(row.Method, row.Route, row.Pictures, row.PsnrDb, row.Ssim);

    private static void Add(BenchTable table, UpscaleSpeed row) => table.Add(row.Method, row.Frames, row.MinMs, row.P50Ms, row.P95Ms, row.AllocatedBytes);
}
