using RtcEnhance.ConferenceView;
using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.Streams;

/// <summary>
/// One stream in real time while, in the middle third, other programs want twice the machine's cores. One thread at a
/// time.
/// </summary>
internal static class StarvedBenchmark
{
    private const double MostLateShare = 0.001;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Third = TimeSpan.FromSeconds(30);

    private static readonly string[] Names = ["alone", "starved", "alone again"];

    private static readonly UpscaleMethod[] Methods =
        [UpscaleMethod.Neural, UpscaleMethod.NeuralFast, UpscaleMethod.Easu, UpscaleMethod.Bicubic, UpscaleMethod.PassThrough];

    public static BenchReport Run(BenchArguments arguments)
    {
        var report = new BenchReport();
        int processes = 2 * Environment.ProcessorCount;
        TimeSpan third = Third / arguments.Every;
        var table = new BenchTable(
            $"One stream of 480x360, 30 frames a second; in the middle third {processes} busy processes on {Environment.ProcessorCount} cores",
            "third", "frames", "neural", "fast", "easu", "bicubic", "passed", "late", "dropped", "mean ms", "p95 ms", "reasons");
        var trace = new FrameTrace();
        using var call = new ConferenceCall(new ConferenceOptions
        {
            Streams = 1,
            Budget = null,
            EnhancerOptions = _ => new VideoEnhancerOptions { UpscalerDecorator = trace.Decorate },
        });
        call.Run(WarmUp);
        List<StreamFigures> thirds = [Add(table, Names[0], call.Run(third))];
        double taken;
        using (var busy = new BusyProcesses(processes, 10 * third))
        {
            thirds.Add(Add(table, Names[1], call.Run(third)));
            taken = busy.CpuSeconds / third.TotalSeconds;
        }

        thirds.Add(Add(table, Names[2], call.Run(third)));
        report.Tables.Add(table);
        report.Tables.Add(Slowest(thirds, trace));
        long frames = thirds.Sum(part => part.Frames), late = thirds.Sum(part => part.Late);
        double neuralAgain = (double)thirds[2].Made(UpscaleMethod.Neural) / thirds[2].MadeBy.Sum();
        report.Failed = late > MostLateShare * frames;
        report.Notes.Add($"late: {late} of {frames} frames, {100.0 * late / frames:0.000} %; promised: at most {100 * MostLateShare:0.0} %.");
        report.Notes.Add($"the busy processes had {taken:0.00} cores; of the last third {100 * neuralAgain:0.0} % by the quality network.");
        report.Notes.Add("reasons: why the quality network made the frame (Ok) or did not. A late frame is one finished after half its interval.");
        return report;
    }

    private static BenchTable Slowest(List<StreamFigures> thirds, FrameTrace trace)
    {
        var table = new BenchTable("the slowest frames of each third", "third", "at s", "made by", "ms", "time went, ms");
        foreach ((StreamFigures stream, string name) in thirds.Zip(Names))
        {
            foreach (ShownFrame frame in stream.Slowest)
                table.Add(name, frame.At.TotalSeconds, frame.MadeBy?.ToString() ?? "as it came", frame.DelayMs, trace.Describe(frame));
        }

        return table;
    }

    private static StreamFigures Add(BenchTable table, string name, ConferencePart part)
    {
        StreamFigures stream = part.Streams[0];
        string reasons = string.Join(' ', Enum.GetValues<ReasonCode>().Where(reason => stream.Reasons[(int)reason] > 0).Select(reason => $"{reason} {stream.Reasons[(int)reason]}"));
        table.Add(
        [
            name, stream.Frames, .. Methods.Select(method => (object)stream.Made(method)),
            stream.Late, stream.Dropped, stream.MeanMs, stream.P95DelayMs, reasons,
        ]);
        return stream;
    }
}
