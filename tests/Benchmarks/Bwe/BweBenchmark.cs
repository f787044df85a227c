using RtcEnhance.Audio;
using RtcEnhance.Testing.Metrics;

namespace RtcEnhance.Benchmarks.Bwe;

/// <summary>Bandwidth extension by several methods, on the same clips under the same conditions. One thread at a time.</summary>
/// <param name="paths">48 kHz recordings that ffmpeg reads.</param>
/// <param name="methods">The first is plain resampling.</param>
internal sealed class BweBenchmark(IReadOnlyList<string> paths, IReadOnlyList<BweMethod> methods)
{
    private const int Rate = 48000;
    private const int Block = Rate / 100;

    private readonly List<(string Name, float[] Samples)> _clips = [.. paths.Select(path => (Path.GetFileNameWithoutExtension(path), ReadBlocks(path)))];

    /// <summary>Methods that take a condition: outside commands extend from 16 kHz.</summary>
    public IEnumerable<BweMethod> MethodsFor(BweCondition condition) => methods.Where(method => !method.IsPeer || condition.RateHz == 16000);

    /// <summary>Every method on every clip.</summary>
    public List<BweClipResult> Measure(BweCondition condition)
    {
        var results = new List<BweClipResult>();
        foreach ((string name, float[] original) in _clips)
        {
            float[] input = condition.Degrade(original);
            float[] plain = methods[0].Extend(input, condition.RateHz);
            foreach (BweMethod method in MethodsFor(condition))
            {
                float[] output = method == methods[0] ? plain : method.Extend(input, condition.RateHz);
                double[] lsd = LogSpectralDistance.Measure(original, output, Rate, [(0, double.PositiveInfinity), (4000, 8000), (8000, 15000)]);
                results.Add(new BweClipResult(
                    condition.Name, name, method.Name, lsd[0], lsd[1], lsd[2],
                    BandLevels.SnrDb(plain, output, Rate, 0, 0.9 * condition.CutoffHz),
                    BandLevels.QuietExcessDb(original, output, Rate, condition.CutoffHz, 15000)));
            }
        }

        return results;
    }

    /// <summary>The worst clip's SNR of a method's output against the input, dB; 200 where all are equal.</summary>
    public double LeastSnrDb(BweCondition condition, BweMethod method) => _clips.Min(clip =>
    {
        float[] input = condition.Degrade(clip.Samples);
        return BandLevels.SnrDb(methods[0].Extend(input, condition.RateHz), method.Extend(input, condition.RateHz), Rate, 0, Rate / 2.0);
    });

    /// <summary>Mean and 99th percentile of the time of a block; null where a command does not say.</summary>
    public (double Mean, double P99)? Time(BweCondition condition, BweMethod method)
        => method.Time([.. _clips.Select(clip => condition.Degrade(clip.Samples))], condition.RateHz);

    /// <summary>The loudest sample from a tenth of a second after speech has turned into digital silence.</summary>
    public double PeakOfSilence(BweCondition condition, BweMethod method)
    {
        float[] input = condition.Degrade(_clips[0].Samples);
        float[] output = method.Extend([.. input, .. new float[condition.RateHz]], condition.RateHz);
        return output.Skip((input.Length * (Rate / condition.RateHz)) + (Rate / 10)).Max(Math.Abs);
    }

    /// <summary>DNSMOS P.835 of the original and of each method, means over the clips: signal, background, overall.</summary>
    public IEnumerable<(string Method, double[] Scores)> Judge(BweCondition condition, string scorerDirectory, string scratch)
    {
        yield return ("original", Judge("original", clip => clip));
        foreach (BweMethod method in MethodsFor(condition))
            yield return (method.Name, Judge(method.Name, clip => method.Extend(condition.Degrade(clip), condition.RateHz)));

        double[] Judge(string name, Func<float[], float[]> make)
        {
            var files = new List<string>();
            foreach ((string clip, float[] samples) in _clips)
            {
                files.Add(Path.Combine(scratch, $"{name}-{clip}.wav"));
                WavFile.Write(files[^1], Resampler.Convert(make(samples), Rate, 16000), 16000);
            }

            IReadOnlyList<double[]> scores = DnsmosScorer.Score(scorerDirectory, files);
            return [.. Enumerable.Range(0, 3).Select(i => scores.Average(score => score[i]))];
        }
    }

    private static float[] ReadBlocks(string path)
    {
        float[] samples = ClipFile.Read(path, Rate);
        return samples[..(samples.Length / Block * Block)];
    }
}
