using System.Diagnostics;
using RtcEnhance.Audio;
using RtcEnhance.Benchmarks.Receiver;

namespace RtcEnhance.Benchmarks.Receivers;

/// <summary>What the classical stages of a receiver take per block of 10 ms, the shortest of many repetitions each. One thread at a time.</summary>
internal static class StageCosts
{
    private const int Repetitions = 30;
    private const int Blocks = 300;
    private const int LossEvery = 10;

    public static BenchTable Measure()
    {
        var table = new BenchTable(
            "Classical stages, microseconds per 10 ms", "stage", "8 kHz", "16 kHz", "48 kHz");
        int[] rates = [8000, 16000, 48000];
        double?[][] columns = [.. rates.Select(MeasureRate)];
        string[] stages = ["concealment: received block", "concealment: first lost block", "concealment: later lost block", "concealment: merge", "bandwidth extension", "resampling to 48 kHz"];
        for (int i = 0; i < stages.Length; i++)
            table.Add(stages[i], columns[0][i], columns[1][i], columns[2][i]);
        return table;
    }

    private static double?[] MeasureRate(int rateHz)
    {
        var costs = new BlockCosts(VoiceSignal.Create(Blocks / 100.0, rateHz), rateHz);
        for (int i = 0; i < Repetitions; i++)
            costs.Repeat();
        return
        [
            BlockCosts.Mean(costs.Concealment, i => i % LossEvery > 2),
            BlockCosts.Mean(costs.Concealment, i => i % LossEvery == 0),
            BlockCosts.Mean(costs.Concealment, i => i % LossEvery == 1),
            BlockCosts.Mean(costs.Concealment, i => i % LossEvery == 2),
            rateHz == 48000 ? null : BlockCosts.Mean(costs.Extension, _ => true),
            rateHz == 48000 ? null : BlockCosts.Mean(costs.Resampling, _ => true),
        ];
    }

    /// <summary>Of every ten blocks two are lost and one is merged.</summary>
    private sealed class BlockCosts(float[] signal, int rateHz)
    {
        private readonly AudioFormat _format = new(rateHz);

        public long[] Concealment { get; } = Unmeasured();

        public long[] Extension { get; } = Unmeasured();

        public long[] Resampling { get; } = Unmeasured();

        public static double? Mean(long[] ticks, Func<int, bool> counts)
            => ticks.Where((_, i) => counts(i)).Average() * 1e6 / Stopwatch.Frequency;

        public void Repeat()
        {
            var concealer = new PitchConcealer(_format);
            SpectralExtender? extender = rateHz == 48000 ? null : new SpectralExtender(rateHz);
            var resampler = new Resampler(rateHz, 48000);
            var block = new float[_format.BlockLength];
            var output = new float[480];
            for (int i = 0; i < Blocks; i++)
            {
                ReadOnlySpan<float> received = signal.AsSpan(i * block.Length, block.Length);
                received.CopyTo(block);
                var job = new ConcealmentJob { Output = block, Received = i % LossEvery == 2 ? received : default };
                long start = Stopwatch.GetTimestamp();
                if (i % LossEvery > 2)
                    concealer.Observe(job);
                else
                    concealer.Process(ref job);
                Keep(ref Concealment[i], start);
                if (extender is null)
                    continue;
                var extension = new BandwidthExtensionJob { Input = block, Output = output, IsConcealed = i % LossEvery < 2 };
                start = Stopwatch.GetTimestamp();
                extender.Process(ref extension);
                Keep(ref Extension[i], start);
                start = Stopwatch.GetTimestamp();
                resampler.Process(block, output);
                Keep(ref Resampling[i], start);
            }
        }

        private static void Keep(ref long shortest, long start) => shortest = Math.Min(shortest, Stopwatch.GetTimestamp() - start);

        private static long[] Unmeasured()
        {
            var ticks = new long[Blocks];
            Array.Fill(ticks, long.MaxValue);
            return ticks;
        }
    }
}
