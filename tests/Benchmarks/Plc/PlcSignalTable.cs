using RtcEnhance.Audio;
using RtcEnhance.Testing;

namespace RtcEnhance.Benchmarks.Plc;

/// <summary>What the stage takes the losses in speech, in noisy speech and in music for. Thread-safe.</summary>
internal static class PlcSignalTable
{
    private const double NoiseDb = -15;

    /// <summary>A row a kind of clips, a column a kind of signal, in percent of the losses.</summary>
    public static BenchTable Make(IReadOnlyList<PlcClip> speech, IReadOnlyList<PlcClip>? music, ConcealmentModel model)
    {
        var table = new BenchTable("what losses are taken for, % of them; the network conceals speech alone", "clips", "losses", "speech", "music", "noise", "tone");
        Add(table, "speech", speech, model);
        Add(table, $"speech, white noise at {NoiseDb} dB", [.. speech.Select(WithNoise)], model);
        if (music is not null)
            Add(table, "music", music, model);
        return table;
    }

    private static void Add(BenchTable table, string name, IReadOnlyList<PlcClip> clips, ConcealmentModel model)
    {
        var counts = new int[4];
        foreach (PlcClip clip in clips)
        {
            var stage = new Watched(new NeuralConcealer(model, new AudioFormat(PlcBenchmark.RateHz)), counts);
            bool[] lost = [.. Enumerable.Range(0, (clip.Samples.Length / 320) + 1).Select(packet => packet % 10 == 9)];
            ConcealmentRunner.Conceal(clip.Samples, new AudioFormat(PlcBenchmark.RateHz), lost, PlcBenchmark.PacketMs, stage);
        }

        double all = counts.Sum();
        table.Add(name, (int)all, 100 * counts[(int)SignalKind.Speech] / all, 100 * counts[(int)SignalKind.Music] / all, 100 * counts[(int)SignalKind.Noise] / all, 100 * counts[(int)SignalKind.Tone] / all);
    }

    private static PlcClip WithNoise(PlcClip clip)
    {
        var random = new Random(1);
        double level = Math.Sqrt(3 * clip.Samples.Average(x => x * x) * Math.Pow(10, NoiseDb / 10));
        return clip with { Samples = [.. clip.Samples.Select(x => x + (float)(level * ((2 * random.NextDouble()) - 1)))] };
    }

    /// <summary>Counts the kind of each loss at its first block.</summary>
    private sealed class Watched(NeuralConcealer inner, int[] counts) : IStage<ConcealmentJob>
    {
        private bool _isLost;

        public string Name => inner.Name;

        public void Process(scoped ref ConcealmentJob job)
        {
            inner.Process(ref job);
            if (!_isLost)
                counts[(int)inner.LastSignal]++;
            _isLost = job.IsConcealed;
        }

        public void Observe(scoped in ConcealmentJob job) => inner.Observe(in job);

        public void Reset() => inner.Reset();
    }
}
