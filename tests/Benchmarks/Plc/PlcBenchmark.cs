using System.Diagnostics;
using RtcEnhance.Audio;
using RtcEnhance.Testing;

namespace RtcEnhance.Benchmarks.Plc;

/// <summary>
/// Conceals every test clip under every loss trace by every method, writes what it heard, and scores it: the first
/// method and all others on the same clips with the same losses. Packets are 20 ms. Clip number n, in order of file
/// name, starts at packet 97 n of the trace. Thread-safe.
/// </summary>
public static class PlcBenchmark
{
    private const int Rate = 16000;
    private const int PacketMs = 20;
    // Clips start this many packets apart, so that a set of clips meets all of a trace.
    private const int TraceStride = 97;
    private const int PacketLength = Rate * PacketMs / 1000;

    /// <summary>Runs the benchmark; one row a method and trace, methods before peers.</summary>
    /// <exception cref="InvalidOperationException">There are no clips, or a peer, ffmpeg or the scorer failed.</exception>
    public static IReadOnlyList<PlcBenchmarkRow> Run(PlcBenchmarkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<Clip> clips = ReadClips(options);
        var rows = new List<PlcBenchmarkRow>();
        foreach (string trace in options.Traces)
        {
            LossTrace flags = LossTrace.Load(Path.Combine(options.TracesDirectory, trace + ".txt"), TimeSpan.FromMilliseconds(PacketMs));
            List<bool[]> losses = [.. clips.Select((clip, n) => ForClip(flags, n, (clip.Samples.Length + PacketLength - 1) / PacketLength))];
            int lostPackets = losses.Sum(loss => loss.Count(lost => lost));
            double lossPercent = 100.0 * lostPackets / losses.Sum(loss => loss.Length);
            List<double[]>? first = null;
            foreach (string method in (IEnumerable<string>)[.. options.Methods, .. options.Models.Select(model => model.Name)])
            {
                options.Progress?.Invoke($"{trace}: {method}");
                double seconds = RunMethod(options, clips, losses, method, trace);
                AddRow(method, 1e6 * seconds / (2 * lostPackets));
            }
            foreach ((string name, string command) in options.Peers)
            {
                options.Progress?.Invoke($"{trace}: {name}");
                RunPeer(options, clips, losses, name, command, trace);
                AddRow(name, null);
            }

            void AddRow(string method, double? microseconds)
            {
                List<double[]> scores = Score(options, clips, method, trace);
                first ??= scores;
                List<PlcScore> summary = [];
                foreach ((string metric, int index) in MetricNames(options).Select((metric, index) => (metric, index)))
                    summary.Add(PlcScore.FromClips(metric, scores[index], first[index]));
                rows.Add(new PlcBenchmarkRow(method, trace, clips.Count, lossPercent, microseconds, summary));
            }
        }
        return rows;
    }

    private static List<Clip> ReadClips(PlcBenchmarkOptions options)
        => [.. ClipFile.List(options.ClipsDirectory, options.Every).Select(path => new Clip(Path.GetFileNameWithoutExtension(path), ClipFile.Read(path, Rate)))];

    /// <summary>The packets of clip number <paramref name="clip"/>; a trace begins again at its end.</summary>
    private static bool[] ForClip(LossTrace trace, int clip, int packets)
    {
        var lost = new bool[packets];
        for (int p = 0; p < packets; p++)
            lost[p] = trace[((clip * TraceStride) + p) % trace.Count];
        return lost;
    }

    private static double RunMethod(PlcBenchmarkOptions options, List<Clip> clips, List<bool[]> losses, string method, string trace)
    {
        var format = new AudioFormat(Rate);
        // Compiled before it is timed.
        ConcealmentRunner.Conceal(clips[0].Samples, format, losses[0], PacketMs, CreateStage(options, method, format));
        long ticks = 0;
        for (int i = 0; i < clips.Count; i++)
        {
            var stage = new TimedStage<ConcealmentJob>(CreateStage(options, method, format));
            float[] output = ConcealmentRunner.Conceal(clips[i].Samples, format, losses[i], PacketMs, stage);
            ticks += stage.Ticks;
            WriteWav(OutputPath(options, method, trace, clips[i]), output);
        }
        return ticks / (double)Stopwatch.Frequency;
    }

    private static IStage<ConcealmentJob> CreateStage(PlcBenchmarkOptions options, string method, AudioFormat format)
    {
        foreach ((string name, ConcealmentModel model) in options.Models)
        {
            if (name == method)
                return new NeuralConcealer(model, format);
        }

        return method switch
        {
            "classical" => new PitchConcealer(format),
            "zero" => new ZeroConcealer(),
            _ => throw new ArgumentException($"'{method}' is not a method; there are classical and zero."),
        };
    }

    private static void RunPeer(PlcBenchmarkOptions options, List<Clip> clips, List<bool[]> losses, string name, string command, string trace)
    {
        for (int i = 0; i < clips.Count; i++)
        {
            string input = OutputPath(options, "input", "", clips[i]);
            string loss = Path.ChangeExtension(OutputPath(options, "input", trace, clips[i]), ".txt");
            string output = OutputPath(options, name, trace, clips[i]);
            WriteWav(input, clips[i].Samples);
            Directory.CreateDirectory(Path.GetDirectoryName(loss)!);
            Directory.CreateDirectory(Path.GetDirectoryName(output)!);
            File.WriteAllLines(loss, losses[i].Select(lost => lost ? "1" : "0"));
            ExternalCommand.RunPeer(command, input, loss, output);
        }
    }

    private static IEnumerable<string> MetricNames(PlcBenchmarkOptions options)
    {
        if (options.ScorerDirectory is not null)
            yield return "PLCMOS";
        foreach ((string name, _) in options.Metrics)
            yield return name;
    }

    // One array a metric, one value a clip; a peer's file may be shorter or longer than its input.
    private static List<double[]> Score(PlcBenchmarkOptions options, List<Clip> clips, string method, string trace)
    {
        List<string> files = [.. clips.Select(clip => OutputPath(options, method, trace, clip))];
        List<double[]> scores = [];
        if (options.ScorerDirectory is not null)
            scores.Add(PlcmosScorer.Score(options.ScorerDirectory, files, options.OutputDirectory));
        if (options.Metrics.Count == 0)
            return scores;

        List<float[]> degraded = [.. files.Select(file => ClipFile.Read(file, Rate))];
        foreach ((_, Func<float[], float[], int, double> score) in options.Metrics)
        {
            var values = new double[clips.Count];
            for (int i = 0; i < values.Length; i++)
            {
                int length = Math.Min(clips[i].Samples.Length, degraded[i].Length);
                values[i] = score(clips[i].Samples[..length], degraded[i][..length], Rate);
            }
            scores.Add(values);
        }
        return scores;
    }

    private static void WriteWav(string path, float[] samples)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        WavFile.Write(path, samples, Rate);
    }

    private static string OutputPath(PlcBenchmarkOptions options, string method, string trace, Clip clip) =>
        Path.Combine(Path.GetFullPath(options.OutputDirectory), method, trace, clip.Name + ".wav");

    private sealed record Clip(string Name, float[] Samples);
}
