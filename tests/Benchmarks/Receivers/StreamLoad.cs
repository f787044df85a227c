using System.Diagnostics;
using RtcEnhance.Audio;
using RtcEnhance.Benchmarks.Receiver;
using RtcEnhance.Testing;

namespace RtcEnhance.Benchmarks.Receivers;

/// <summary>
/// Streams of lossy calls, played in real time by two threads: every 10 ms each thread hands its streams the packets
/// that have arrived and pulls them one after another. One thread's half.
/// </summary>
internal sealed class StreamLoad
{
    private const int Threads = 2;
    private const double MostBehindSeconds = 0.1;

    private static readonly long Block = Stopwatch.Frequency / 100;

    private readonly Stream[] _streams;
    private readonly int _ticks;
    private readonly List<long> _pulls;
    private readonly List<long> _lateness;
    private readonly float[] _block = new float[480];
    private long _misses;

    private StreamLoad(Stream[] streams, int ticks)
    {
        _streams = streams;
        _ticks = ticks;
        _pulls = new List<long>(streams.Length * ticks);
        _lateness = new List<long>(streams.Length * ticks);
    }

    /// <summary>The network of every stream in these benchmarks.</summary>
    public static ImpairmentOptions Network(int seed) => new()
    {
        LossPercent = 10,
        Jitter = TimeSpan.FromMilliseconds(20),
        BaseDelay = TimeSpan.FromMilliseconds(40),
        Seed = seed,
    };

    /// <summary>Plays as many streams as long.</summary>
    public static LoadResult Run(CallCodec codec, int streams, double seconds)
    {
        int ticks = (int)(seconds * 100);
        Stream[] all = [.. Enumerable.Range(1, streams).Select(seed => new Stream(codec, seed, ticks))];
        StreamLoad[] halves = [.. Enumerable.Range(0, Threads).Select(t => new StreamLoad([.. all.Where((_, i) => i % Threads == t)], ticks))];
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        TimeSpan cpuBefore = process.TotalProcessorTime;
        long start = Stopwatch.GetTimestamp() + Block;
        Thread[] threads = [.. halves.Select(half => new Thread(() => half.Play(start)) { IsBackground = true, Priority = ThreadPriority.Highest })];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        process.Refresh();
        double cpu = (process.TotalProcessorTime - cpuBefore).TotalSeconds;
        foreach (Stream stream in all)
            stream.Dispose();
        return new LoadResult(elapsed, 100 * cpu / elapsed, Merge(halves, half => half._pulls), Merge(halves, half => half._lateness), halves.Sum(half => half._misses));
    }

    private static Durations Merge(StreamLoad[] halves, Func<StreamLoad, List<long>> select)
    {
        var merged = new Durations(halves.Sum(half => select(half).Count));
        foreach (StreamLoad half in halves)
        {
            foreach (long ticks in select(half))
                merged.Add(ticks);
        }

        return merged;
    }

    private void Play(long start)
    {
        for (int tick = 0; tick < _ticks; tick++)
        {
            long due = start + (tick * Block);
            WaitUntil(due);
            if (Stopwatch.GetElapsedTime(due).TotalSeconds > MostBehindSeconds)
            {
                _misses += _streams.Length;
                continue;
            }

            foreach (Stream stream in _streams)
            {
                long pullStart = stream.Insert(tick);
                stream.Receiver.GetAudio(_block);
                long end = Stopwatch.GetTimestamp();
                _pulls.Add(end - pullStart);
                _lateness.Add(end - due);
                if (end - due > Block)
                    _misses++;
            }
        }
    }

    private static void WaitUntil(long due)
    {
        // A sleep in whole milliseconds, rounded up: no core is kept busy by waiting.
        long left = due - Stopwatch.GetTimestamp();
        if (left > 0)
            Thread.Sleep((int)Math.Ceiling(left * 1000.0 / Stopwatch.Frequency));
    }

    /// <summary>A receiver and the packets of its call, made beforehand.</summary>
    private sealed class Stream : IDisposable
    {
        private readonly List<RtpPacket> _packets = [];
        private readonly int[] _arrivedBy;
        private int _next;

        public Stream(CallCodec codec, int seed, int ticks)
        {
            Receiver = new AudioReceiver(new AudioReceiverOptions
            {
                Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [codec.PayloadType] = codec.CreateDecoder },
            });
            var call = new ImpairedCall(codec, Network(seed));
            _arrivedBy = new int[ticks];
            for (int tick = 0; tick < ticks; tick++)
            {
                // Not all at the same moment: every stream has its place within the packet's 20 ms.
                while (call.TryReceive(TimeSpan.FromMilliseconds((10 * tick) + (seed % 20)), out RtpPacket packet))
                    _packets.Add(packet);
                _arrivedBy[tick] = _packets.Count;
            }
        }

        public AudioReceiver Receiver { get; }

        /// <summary>Hands over what has arrived by a tick; returns the time when that was done.</summary>
        public long Insert(int tick)
        {
            long now = Stopwatch.GetTimestamp();
            if (_next == _arrivedBy[tick])
                return now;
            for (; _next < _arrivedBy[tick]; _next++)
            {
                RtpPacket packet = _packets[_next];
                Receiver.InsertPacket(new RtpPacket(
                    packet.Ssrc, packet.SequenceNumber, packet.Timestamp, packet.PayloadType, packet.Marker, now, packet.Payload));
            }

            return Stopwatch.GetTimestamp();
        }

        public void Dispose() => Receiver.Dispose();
    }
}
