using System.Diagnostics;
using RtcEnhance.Audio;
using RtcEnhance.Opus;

namespace RtcEnhance.Benchmarks.Plc;

/// <summary>
/// What a loss costs after a long clean stretch, when nothing of the concealment is in the caches any more. Thread-safe.
/// </summary>
internal static class PlcCostTable
{
    private const int Losses = 12;
    private const int CleanBlocks = 300;
    private const int LostBlocks = 6;

    // Of so many runs the shortest time of each call counts.
    private const int Runs = 3;

    // More than a core's share of any cache.
    private static readonly byte[] Elsewhere = new byte[64 << 20];

    /// <summary>Rows for the stages at three rates, and for libopus's decoder where it is there.</summary>
    public static BenchTable Make(float[] speech, IReadOnlyList<(string Name, ConcealmentModel Model)> models)
    {
        var table = new BenchTable(
            $"cost, mono: {Losses} losses of {LostBlocks * 10} ms, each after {CleanBlocks / 100} s without one and with cold caches; us",
            "method", "kHz", "first 10 ms", "slowest first", "later 10 ms", "slowest later", "merge", "received 10 ms");
        foreach (int rateHz in (ReadOnlySpan<int>)[8000, 16000, 48000])
        {
            var format = new AudioFormat(rateHz);
            float[] samples = Resampler.Convert(speech, PlcBenchmark.RateHz, rateHz);
            Add(table, "classical", rateHz, () => Run(new PitchConcealer(format), format, samples));
            foreach ((string name, ConcealmentModel model) in models)
                Add(table, name, rateHz, () => Run(new NeuralConcealer(model, format), format, samples));
        }

        if (OpusLibrary.IsAvailable)
        {
            byte[][] packets = PlcCodec.Opus(hasFec: false).Encode(Resampler.Convert(speech, PlcBenchmark.RateHz, 48000));
            Add(table, "opus", 48000, () => RunDecoder(packets, 0));
            Add(table, "opus-deep", 48000, () => RunDecoder(packets, 10));
        }

        return table;
    }

    private static void Add(BenchTable table, string name, int rateHz, Func<Times> run)
    {
        run();
        Times shortest = run();
        for (int i = 1; i < Runs; i++)
            shortest.Shorten(run());
        table.Add(
            name, rateHz / 1000, Us(shortest.First.Average()), Us(shortest.First.Max()), Us(shortest.Later.Average()), Us(shortest.Later.Max()), shortest.Merge.Count == 0 ? null : Us(shortest.Merge.Average()), shortest.Received.Count == 0 ? null : Us(shortest.Received.Average()));
    }

    private static double Us(double ticks) => 1e6 * ticks / Stopwatch.Frequency;

    private static Times Run(IStage<ConcealmentJob> stage, AudioFormat format, float[] samples)
    {
        var times = new Times();
        int blocks = samples.Length / format.BlockLength;
        var output = new float[format.BlockLength];
        int at = 0;
        for (int loss = 0; loss < Losses; loss++)
        {
            for (int i = 0; i < CleanBlocks; i++)
            {
                Next().CopyTo(output);
                var observed = new ConcealmentJob { Output = output };
                long start = Stopwatch.GetTimestamp();
                stage.Observe(in observed);
                times.Received.Add(Stopwatch.GetTimestamp() - start);
            }

            Evict();
            for (int i = 0; i < LostBlocks; i++)
            {
                Next();
                var lost = new ConcealmentJob { Output = output, IsConcealed = true };
                long start = Stopwatch.GetTimestamp();
                stage.Process(ref lost);
                (i == 0 ? times.First : times.Later).Add(Stopwatch.GetTimestamp() - start);
            }

            var merge = new ConcealmentJob { Output = output, Received = Next() };
            long mergeStart = Stopwatch.GetTimestamp();
            stage.Process(ref merge);
            times.Merge.Add(Stopwatch.GetTimestamp() - mergeStart);
        }

        return times;

        ReadOnlySpan<float> Next() => samples.AsSpan(at++ % blocks * format.BlockLength, format.BlockLength);
    }

    private static Times RunDecoder(byte[][] packets, int complexity)
    {
        var times = new Times();
        using var decoder = new OpusDecoder(48000, 1, complexity);
        var samples = new float[960];
        int at = 0;
        for (int loss = 0; loss < Losses; loss++)
        {
            for (int i = 0; i < CleanBlocks / 2; i++)
                decoder.Decode(packets[at++ % packets.Length], samples);
            Evict();
            for (int i = 0; i < LostBlocks; i++)
            {
                long start = Stopwatch.GetTimestamp();
                decoder.Conceal(samples.AsSpan(0, 480));
                (i == 0 ? times.First : times.Later).Add(Stopwatch.GetTimestamp() - start);
            }

            at += LostBlocks / 2;
        }

        return times;
    }

    private static void Evict()
    {
        for (int i = 0; i < Elsewhere.Length; i += 64)
            Elsewhere[i]++;
    }

    private sealed class Times
    {
        public List<long> First { get; } = [];

        public List<long> Later { get; } = [];

        public List<long> Merge { get; } = [];

        public List<long> Received { get; } = [];

        public void Shorten(Times other)
        {
            Shorten(First, other.First);
            Shorten(Later, other.Later);
            Shorten(Merge, other.Merge);
            Shorten(Received, other.Received);
        }

        private static void Shorten(List<long> mine, List<long> others)
        {
            for (int i = 0; i < mine.Count; i++)
                mine[i] = Math.Min(mine[i], others[i]);
        }
    }
}
