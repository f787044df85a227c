using System.Globalization;
using RtcEnhance.Video;

namespace RtcEnhance.ConferenceView;

/// <summary>Prints what was measured. Thread-safe.</summary>
internal static class ConferenceTable
{
    private static readonly UpscaleMethod[] Methods =
        [UpscaleMethod.Neural, UpscaleMethod.NeuralFast, UpscaleMethod.Easu, UpscaleMethod.Bicubic, UpscaleMethod.PassThrough];

    public static void Print(ConferencePart part, string title, TextWriter writer)
    {
        writer.WriteLine();
        writer.WriteLine(title);
        writer.WriteLine($"{"stream",-8}{"size",9}{"speaks",8}{"frames",8}{"neural",8}{"fast",7}{"easu",7}{"bicubic",9}{"passed",8}{"mean ms",9}{"p95 ms",8}{"late",6}{"dropped",9}{"core",8}");
        for (int i = 0; i < part.Streams.Count; i++)
        {
            StreamFigures stream = part.Streams[i];
            string[] made = [.. Methods.Select((method, m) => stream.Made(method).ToString(CultureInfo.InvariantCulture).PadLeft(m is 0 or 4 ? 8 : m == 3 ? 9 : 7))];
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{i + 1,-8}{$"{stream.Width}x{stream.Height}",9}{(stream.Priority > 0 ? "*" : ""),8}{stream.Frames,8}{string.Concat(made)}{stream.MeanMs,9:0.0}{stream.P95DelayMs,8:0.0}{stream.Late,6}{stream.Dropped,9}{stream.CpuShare,8:0.0%}"));
        }

        string budget = part.Budget is { } cores ? string.Create(CultureInfo.InvariantCulture, $"; budget {cores:0%}") : "";
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"all: {part.CpuShare:0.0%} of a core{budget}; in the worst second {part.WorstSecondShare:0.0%}; the whole process {part.ProcessCpuShare:0.0%}"));
    }
}
