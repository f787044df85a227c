using RtcEnhance.Audio;
using RtcEnhance.Testing;
using RtcEnhance.Testing.Metrics;

namespace RtcEnhance.Benchmarks.Plc;

/// <summary>
/// Conceals every clip of a setting under every loss trace by every method, and scores what is heard: all methods on the
/// same clips with the same losses. Clip number n, in order of file name, starts at packet 97 n of the trace. Thread-safe.
/// </summary>
internal static class PlcBenchmark
{
    /// <summary>Rate that is scored at.</summary>
    public const int RateHz = 16000;

    /// <summary>Length of a packet.</summary>
    public const int PacketMs = 20;

    private const int PacketSamples = RateHz * PacketMs / 1000;

    // Clips start this many packets apart, so that a set of clips meets all of a trace.
    private const int TraceStride = 97;

    /// <summary>Runs a setting under one trace; a row a method.</summary>
    /// <param name="setting">What runs.</param>
    /// <param name="trace">The trace's name.</param>
    /// <param name="path">The trace's file.</param>
    /// <param name="scorerDirectory">Folder of <c>plcmos.js</c> and its model; null for none.</param>
    /// <exception cref="InvalidOperationException">A peer, ffmpeg or the scorer failed.</exception>
    public static IReadOnlyList<PlcBenchmarkRow> Run(PlcSetting setting, string trace, string path, string? scorerDirectory)
    {
        LossTrace flags = LossTrace.Load(path, TimeSpan.FromMilliseconds(PacketMs));
        List<bool[]> losses = [.. setting.References.Select((reference, n) => ForClip(flags, n, (reference.Length + PacketSamples - 1) / PacketSamples))];
        double lossPercent = 100.0 * losses.Sum(loss => loss.Count(lost => lost)) / losses.Sum(loss => loss.Length);
        string[] metrics = [.. scorerDirectory is null ? (string[])[] : ["PLCMOS"], "STOI", "ESTOI", "LSD"];
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("rtc-bench-plc");
        var rows = new List<PlcBenchmarkRow>();
        try
        {
            foreach (PlcMethod method in setting.CreateMethods())
            {
                Console.Error.WriteLine($"{setting.Title}, {trace}: {method.Name}");
                List<float[]> outputs = [.. setting.Clips.Select((clip, i) => method.Conceal(clip, losses[i], scratch.FullName))];
                var gates = setting.References.Select((reference, i) => PlcGates.Count(reference, outputs[i], losses[i])).ToArray();
                double count = Math.Max(1, gates.Sum(gate => gate.Losses));
                rows.Add(new PlcBenchmarkRow(
                    method.Name,
                    trace,
                    outputs.Count,
                    lossPercent,
                    metrics,
                    Score(setting.References, outputs, scorerDirectory, scratch.FullName),
                    100 * gates.Sum(gate => gate.Clicks) / count,
                    100 * gates.Sum(gate => gate.Loud) / count,
                    method.Costs));
            }
        }
        finally
        {
            scratch.Delete(recursive: true);
        }

        return rows;
    }

    /// <summary>The packets of clip number <paramref name="clip"/>; a trace begins again at its end.</summary>
    private static bool[] ForClip(LossTrace trace, int clip, int packets)
    {
        var lost = new bool[packets];
        for (int p = 0; p < packets; p++)
            lost[p] = trace[((clip * TraceStride) + p) % trace.Count];
        return lost;
    }

    private static List<double[]> Score(IReadOnlyList<float[]> references, List<float[]> outputs, string? scorerDirectory, string scratch)
    {
        var scores = new List<double[]>();
        if (scorerDirectory is not null)
        {
            List<string> files = [];
            for (int i = 0; i < outputs.Count; i++)
            {
                files.Add(Path.Combine(scratch, $"{i}.wav"));
                WavFile.Write(files[i], outputs[i], RateHz);
            }

            scores.Add(PlcmosScorer.Score(scorerDirectory, files, scratch));
        }

        foreach (Func<float[], float[], double> metric in (Func<float[], float[], double>[])[
            (a, b) => Stoi.Score(a, b, RateHz),
            (a, b) => Stoi.ExtendedScore(a, b, RateHz),
            (a, b) => LogSpectralDistance.Measure(a, b, RateHz)])
        {
            var values = new double[outputs.Count];
            for (int i = 0; i < values.Length; i++)
            {
                int length = Math.Min(references[i].Length, outputs[i].Length);
                values[i] = metric(references[i][..length], outputs[i][..length]);
            }

            scores.Add(values);
        }

        return scores;
    }
}
