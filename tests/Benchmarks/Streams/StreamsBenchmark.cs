using RtcEnhance.ConferenceView;
using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.Streams;

/// <summary>Conferences of 1 to 9 streams in real time under one budget. One thread at a time.</summary>
internal static class StreamsBenchmark
{
    private const double Budget = 0.5;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Half = TimeSpan.FromSeconds(8);

    private static readonly UpscaleMethod[] Methods =
        [UpscaleMethod.Neural, UpscaleMethod.NeuralFast, UpscaleMethod.Easu, UpscaleMethod.Bicubic, UpscaleMethod.PassThrough];

    public static BenchReport Run(BenchArguments arguments)
    {
        var report = new BenchReport();
        var table = new BenchTable(
            $"1 to {ConferenceOptions.MaxStreams} streams, 30 frames a second, a budget of {Budget} cores; in the middle another one becomes the active speaker",
            "streams", "speaker", "cores taken", "worst second", "whole process", "frames", "neural %", "fast %", "easu %", "bicubic %", "passed %", "speaker neural %", "late", "dropped");
        for (int streams = 1; streams <= ConferenceOptions.MaxStreams; streams += arguments.Every)
        {
            using var call = new ConferenceCall(new ConferenceOptions { Streams = streams, Budget = Budget });
            call.Run(WarmUp);
            Add(table, call, call.Run(Half));
            if (streams == 1)
                continue;
            call.Speaker = 1;
            Add(table, call, call.Run(Half));
        }

        report.Tables.Add(table);
        report.Notes.Add("cores taken: time that enlarging took, by the clock, over the time gone by; whole process: processor time, copying pictures and all.");
        return report;
    }

    private static void Add(BenchTable table, ConferenceCall call, ConferencePart part)
    {
        StreamFigures speaker = part.Streams[call.Speaker];
        long shown = part.Streams.Sum(stream => stream.MadeBy.Sum());
        table.Add(
        [
            part.Streams.Count, call.Speaker + 1, part.CpuShare, part.WorstSecondShare, part.ProcessCpuShare, part.Streams.Sum(stream => stream.Frames),
            .. Methods.Select(method => (object)(100.0 * part.Streams.Sum(stream => stream.Made(method)) / shown)),
            100.0 * speaker.Made(UpscaleMethod.Neural) / speaker.MadeBy.Sum(),
            part.Streams.Sum(stream => stream.Late), part.Streams.Sum(stream => stream.Dropped),
        ]);
    }
}
