using System.Diagnostics;
using RtcEnhance.Audio;
using RtcEnhance.Testing;
using RtcEnhance.Testing.Metrics;

namespace RtcEnhance.Benchmarks.Bwe;

/// <summary>
/// Compares bandwidth extension with plain resampling and with outside commands, on the same clips in the same run.
/// One thread at a time.
/// </summary>
public static class BweBenchmark
{
    private const int Rate = 48000;
    private const int Passes = 3;
    private const string Plain = "plain";
    private const string Classical = "classical";

    /// <summary>Runs every method on every clip.</summary>
    /// <param name="options">Clips, input rate and peers.</param>
    /// <param name="progress">Told each clip's name as it begins, or null.</param>
    /// <exception cref="InvalidDataException">No clips, or a clip or a peer failed.</exception>
    public static BweBenchmarkReport Run(BweBenchmarkOptions options, IProgress<string>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var paths = ClipFile.List(options.ClipsDirectory, options.Every);
        var results = new List<BweClipResult>();
        foreach (var path in paths)
        {
            progress?.Report(Path.GetFileName(path));
            results.AddRange(RunClip(path, options));
        }

        string[] methods = [Plain, Classical, .. options.Peers.Keys];
        return new BweBenchmarkReport(options.InputRateHz, results, [.. methods.Select(method => Summarise(method, results))]);
    }

    private static IEnumerable<BweClipResult> RunClip(string path, BweBenchmarkOptions options)
    {
        var factor = Rate / options.InputRateHz;
        var original = ClipFile.Read(path, Rate);
        original = original[..(original.Length / (Rate / 100) * (Rate / 100))];
        var input = Resampler.Convert(original, Rate, options.InputRateHz);
        var plain = ExtensionRunner.Extend(input, options.InputRateHz, new PlainExtender(options.InputRateHz));

        yield return Score(Plain, plain, Time(input, () => new PlainExtender(options.InputRateHz)));
        var classical = ExtensionRunner.Extend(input, options.InputRateHz, new SpectralExtender(options.InputRateHz));
        yield return Score(Classical, classical, Time(input, () => new SpectralExtender(options.InputRateHz)));
        foreach (var (name, command) in options.Peers)
            yield return Score(name, RunPeer(command), null);

        BweClipResult Score(string method, float[] output, double? microseconds)
        {
            var cutoff = options.InputRateHz / 2.0;
            var lsd = LogSpectralDistance.Measure(original, output, Rate, [(0, double.PositiveInfinity), (4000, 8000), (8000, 15000)]);
            return new BweClipResult(
                Path.GetFileName(path), method, lsd[0], lsd[1], lsd[2],
                BandLevels.SnrDb(plain, output, Rate, 0, 0.9 * cutoff), BandLevels.QuietExcessDb(original, output, Rate, cutoff, 15000), microseconds);
        }

        float[] RunPeer(string command)
        {
            var folder = Directory.CreateTempSubdirectory("rtc-bwe-");
            try
            {
                var (inputPath, outputPath) = (Path.Combine(folder.FullName, "in.wav"), Path.Combine(folder.FullName, "out.wav"));
                WavFile.Write(inputPath, input, options.InputRateHz);
                ExternalCommand.RunPeer(command, inputPath, outputPath);
                var output = ClipFile.Read(outputPath, Rate);
                Array.Resize(ref output, input.Length * factor);
                return output;
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        double Time(float[] samples, Func<IStage<BandwidthExtensionJob>> create)
        {
            var best = double.PositiveInfinity;
            for (var pass = 0; pass < Passes; pass++)
            {
                var stage = create();
                var start = Stopwatch.GetTimestamp();
                ExtensionRunner.Extend(samples, options.InputRateHz, stage);
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }

            return best / (samples.Length / (options.InputRateHz / 100.0));
        }
    }

    private static BweMethodSummary Summarise(string method, List<BweClipResult> results)
    {
        var own = results.Where(result => result.Method == method).ToArray();
        var plain = results.Where(result => result.Method == Plain).ToArray();
        var (gain4, ci4) = Paired(own.Zip(plain, (a, b) => a.Lsd4To8 - b.Lsd4To8));
        var (gain8, ci8) = Paired(own.Zip(plain, (a, b) => a.Lsd8To15 - b.Lsd8To15));
        return new BweMethodSummary(
            method, own.Length, own.Average(r => r.LsdFull), own.Average(r => r.Lsd4To8), own.Average(r => r.Lsd8To15),
            gain4, ci4, gain8, ci8, own.Min(r => r.LowBandSnrDb), own.Average(r => r.QuietExcessDb), own.Min(r => r.MicrosecondsPerBlock));
    }

    /// <summary>Mean of paired differences and half its 95 % confidence interval (normal approximation).</summary>
    private static (double Mean, double Ci95) Paired(IEnumerable<double> differences)
    {
        var values = differences.ToArray();
        var mean = values.Average();
        var variance = values.Sum(value => (value - mean) * (value - mean)) / Math.Max(1, values.Length - 1);
        return (mean, 1.96 * Math.Sqrt(variance / values.Length));
    }
}
