using System.Diagnostics;
using RtcEnhance.Audio;
using RtcEnhance.Benchmarks.Receiver;
using RtcEnhance.Testing;

namespace RtcEnhance.Benchmarks.Receivers;

/// <summary>What one receiver takes of a core, its decoder's share apart. Thread-safe: immutable.</summary>
internal sealed record ReceiverCost(
    double AllMicroseconds, double DecodingMicroseconds, double InsertMicroseconds, double MeanMicroseconds, double ConcealedPercent)
{
    private const int Repetitions = 6;

    private static readonly TimeSpan Block = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Plays one call over and over on a virtual clock: block i is the same work each time, so that its shortest time is
    /// what it costs on a machine that does nothing else.
    /// </summary>
    public static ReceiverCost Measure(CallCodec codec, int blocks)
    {
        var all = Longest(blocks);
        var decoding = Longest(blocks);
        var inserting = Longest(blocks);
        double meanTicks = 0;
        InboundAudioStats stats = default;
        for (int i = 0; i < Repetitions; i++)
        {
            var run = new ReceiverRun(codec, blocks);
            stats = run.Play();
            Shorten(all, run.All);
            Shorten(decoding, run.Decoding);
            Shorten(inserting, run.Inserting);
            meanTicks = run.All.Average();
        }

        return new ReceiverCost(
            ToMicroseconds(all.Average()), ToMicroseconds(decoding.Average()), ToMicroseconds(inserting.Average()), ToMicroseconds(meanTicks),
            100.0 * stats.ConcealedSamples / stats.TotalSamplesReceived);
    }

    private static double ToMicroseconds(double ticks) => ticks * 1e6 / Stopwatch.Frequency;

    private static long[] Longest(int count)
    {
        var ticks = new long[count];
        Array.Fill(ticks, long.MaxValue);
        return ticks;
    }

    private static void Shorten(long[] shortest, long[] ticks)
    {
        for (int i = 0; i < ticks.Length; i++)
            shortest[i] = Math.Min(shortest[i], ticks[i]);
    }

    private sealed class ReceiverRun(CallCodec codec, int blocks)
    {
        public long[] All { get; } = new long[blocks];

        public long[] Decoding { get; } = new long[blocks];

        public long[] Inserting { get; } = new long[blocks];

        public InboundAudioStats Play()
        {
            var clock = new ManualTimeProvider();
            var call = new ImpairedCall(codec, StreamLoad.Network(seed: 1));
            using var decoder = new TimedDecoder(codec.CreateDecoder());
            using var receiver = new AudioReceiver(new AudioReceiverOptions
            {
                Time = clock,
                Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [codec.PayloadType] = () => decoder },
            });
            var block = new float[receiver.OutputFormat.BlockLength];
            for (int i = 0; i < blocks; i++)
            {
                while (call.TryReceive(clock.Elapsed, out RtpPacket packet))
                {
                    long insertStart = Stopwatch.GetTimestamp();
                    receiver.InsertPacket(packet);
                    Inserting[i] += Stopwatch.GetTimestamp() - insertStart;
                }

                long start = Stopwatch.GetTimestamp();
                receiver.GetAudio(block);
                All[i] = Stopwatch.GetTimestamp() - start + Inserting[i];
                Decoding[i] = decoder.TakeTicks();
                clock.Advance(Block);
            }

            return receiver.GetStats();
        }
    }
}
