using System.Diagnostics;
using RtcEnhance.Audio;
using RtcEnhance.Loopback.Report;
using RtcEnhance.Loopback.Scoring;
using RtcEnhance.Loopback.Sending;

namespace RtcEnhance.Loopback;

/// <summary>`rtc demo`: the call, its scores and its report.</summary>
public static class LoopbackVerb
{
    /// <summary>Runs the verb.</summary>
    /// <param name="args">Arguments after the verb.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (args.Contains("--help") || args.Contains("-h"))
        {
            Console.WriteLine(CallOptions.Usage);
            return 0;
        }

        CallOptions options = CallOptions.Parse(args);
        DemoReport report = Run(options, new ConsoleProgress());
        CallSummary.Print(report, Console.Out);
        Console.WriteLine();
        foreach (string file in new[] { "report.html", "report.json", "original.wav", "before.wav", "after.wav", "before.mp4", "after.mp4" })
            Console.WriteLine($"  {Path.Combine(options.OutputDirectory, file)}");
        return 0;
    }

    /// <summary>Runs a call and writes its results into the output directory.</summary>
    /// <param name="options">The call.</param>
    /// <param name="progress">Told where the call is.</param>
    /// <returns>The report.</returns>
    public static DemoReport Run(CallOptions options, ICallProgress progress)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        string directory = options.OutputDirectory;
        Directory.CreateDirectory(directory);
        progress.Begin("preparing");
        string media = Path.Combine(AppContext.BaseDirectory, "media");
        SourceClip clip = SourceClip.Load(Path.Combine(media, "speech-nl.opus"), Path.Combine(media, "talking-head-720.mp4"));
        List<TimedDatagram> audio = AudioPackets.Encode(clip.Speech, options);

        progress.Begin("call");
        using CallRecording call = options.Fast
            ? VirtualCall.Run(options, clip, audio, progress)
            : RealTimeCall.Run(options, clip, audio, progress);

        progress.Begin("scoring");
        var heard = new AudioScore(call, clip.Speech, audio);
        VideoScore seen;
        using (var writer = new VideoClipWriter(Path.Combine(directory, "before.mp4"), Path.Combine(directory, "after.mp4")))
            seen = new VideoScore(call, clip, writer);
        WavFile.Write(Path.Combine(directory, "original.wav"), heard.Original, SourceClip.SpeechRateHz);
        WavFile.Write(Path.Combine(directory, "before.wav"), heard.ZeroFillHeard, SourceClip.SpeechRateHz);
        WavFile.Write(Path.Combine(directory, "after.wav"), heard.Heard, SourceClip.SpeechRateHz);
        DemoReport report = ReportBuilder.Build(call, heard, seen);
        report.Write(directory);
        progress.End();
        return report;
    }
}
