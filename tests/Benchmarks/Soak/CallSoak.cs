using RtcEnhance.Audio;
using RtcEnhance.Benchmarks.Receiver;
using RtcEnhance.Testing;

namespace RtcEnhance.Benchmarks.Soak;

/// <summary>
/// A long call on a virtual clock with loss, jitter, reordering, duplicates and drift: the statistics add up every
/// second, the delay stays where it is, nothing is allocated and memory does not grow. One thread at a time.
/// </summary>
public sealed class CallSoak
{
    // 15 ms of tolerance to both sides of the target, one block of correction, and what a minute's jitter moves the mean.
    private const double MaxDelayRangeMs = 30;
    private const long MaxGrowthBytes = 256 * 1024;
    private const int PullsPerSecond = 100;
    private const int PullsPerMinute = 60 * PullsPerSecond;

    private static readonly TimeSpan Block = TimeSpan.FromMilliseconds(10);

    private readonly ManualTimeProvider _clock = new();
    private readonly float[] _block = new float[480];
    private readonly List<long> _memory = [];
    private readonly double _driftPpm;
    private readonly bool _measuresHeap;
    private InboundAudioStats _minuteBegan;
    private long _inserted;

    private CallSoak(string name, double driftPpm, bool measuresHeap)
    {
        Result = new SoakResult(name);
        _driftPpm = driftPpm;
        _measuresHeap = measuresHeap;
    }

    /// <summary>Counts and broken promises.</summary>
    public SoakResult Result { get; }

    /// <summary>The receiver's statistics at the end.</summary>
    public InboundAudioStats Stats { get; private set; }

    /// <summary>Smallest and largest mean delay of a minute, in ms.</summary>
    public (double Min, double Max) DelayMs { get; private set; } = (double.MaxValue, 0);

    /// <summary>Largest sample.</summary>
    public float Peak { get; private set; }

    /// <summary>Bytes allocated by inserting and pulling, after the first ten seconds.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Growth of the live heap from the first tenth of the call to its end.</summary>
    public long MemoryGrowthBytes => _memory.Count > 1 ? _memory[^1] - _memory[0] : 0;

    /// <summary>Runs a call.</summary>
    /// <param name="codec">Its codec.</param>
    /// <param name="duration">Its length on the virtual clock; at least a minute.</param>
    /// <param name="driftPpm">How fast the sender's clock runs against the receiver's.</param>
    /// <param name="seed">Seed of the network.</param>
    /// <param name="measuresHeap">True where nothing else runs in the process, so that the heap is this call's.</param>
    /// <returns>What was seen.</returns>
    public static CallSoak Run(CallCodec codec, TimeSpan duration, double driftPpm, int seed, bool measuresHeap)
    {
        ArgumentNullException.ThrowIfNull(codec);
        var soak = new CallSoak($"{codec.Name} at {driftPpm:+0;-0} ppm", driftPpm, measuresHeap);
        using var receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Time = soak._clock,
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [codec.PayloadType] = codec.CreateDecoder },
        });
        soak.Play(receiver, new ImpairedCall(codec, Network(driftPpm, seed)), (int)(duration / Block));
        return soak;
    }

    private static ImpairmentOptions Network(double driftPpm, int seed) => new()
    {
        LossPercent = 5,
        BaseDelay = TimeSpan.FromMilliseconds(40),
        Jitter = TimeSpan.FromMilliseconds(15),
        ReorderPercent = 2,
        DuplicatePercent = 1,
        ClockDriftPpm = driftPpm,
        Seed = seed,
    };

    private void Play(AudioReceiver receiver, ImpairedCall call, int pulls)
    {
        int memoryInterval = Math.Max(1, pulls / 10);
        for (int i = 1; i <= pulls; i++)
        {
            Step(receiver, call);
            if (i % PullsPerSecond == 0)
                CheckStatistics(receiver.GetStats());
            if (i % PullsPerMinute == 0)
                CheckDelay(receiver.GetStats(), isFirst: i == PullsPerMinute);
            if (_measuresHeap && i % memoryInterval == 0)
                _memory.Add(GC.GetTotalMemory(forceFullCollection: true));
        }

        Stats = receiver.GetStats();
        CheckEnd(pulls);
    }

    private void Step(AudioReceiver receiver, ImpairedCall call)
    {
        long allocated = 0;
        while (call.TryReceive(_clock.Elapsed, out RtpPacket packet))
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            receiver.InsertPacket(packet);
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            _inserted++;
        }

        _block.AsSpan().Fill(float.NaN);
        long beforePull = GC.GetAllocatedBytesForCurrentThread();
        receiver.GetAudio(_block);
        allocated += GC.GetAllocatedBytesForCurrentThread() - beforePull;
        if (++Result.Steps > 10 * PullsPerSecond)
            AllocatedBytes += allocated;
        foreach (float sample in _block)
        {
            if (!(Math.Abs(sample) <= 1))
            {
                Result.Break($"a sample is {sample}");
                break;
            }

            Peak = Math.Max(Peak, Math.Abs(sample));
        }

        _clock.Advance(Block);
    }

    private void CheckStatistics(in InboundAudioStats stats)
    {
        if (stats.TotalSamplesReceived != stats.ReceivedSamples + stats.ConcealedSamples + stats.SilenceSamples)
            Result.Break($"{stats.TotalSamplesReceived} samples are not {stats.ReceivedSamples} received + {stats.ConcealedSamples} concealed + {stats.SilenceSamples} silent");
        if (stats.TotalSamplesReceived != Result.Steps * _block.Length)
            Result.Break($"{stats.TotalSamplesReceived} samples counted, {Result.Steps * _block.Length} pulled");
        if (stats.PacketsReceived != _inserted)
            Result.Break($"{stats.PacketsReceived} packets counted, {_inserted} inserted");
    }

    private void CheckDelay(in InboundAudioStats stats, bool isFirst)
    {
        double seconds = stats.JitterBufferDelay - _minuteBegan.JitterBufferDelay;
        long emitted = stats.JitterBufferEmittedCount - _minuteBegan.JitterBufferEmittedCount;
        _minuteBegan = stats;
        if (emitted == 0)
            Result.Break("a minute passed without a received sample");
        else if (!isFirst)
            DelayMs = (Math.Min(DelayMs.Min, 1000 * seconds / emitted), Math.Max(DelayMs.Max, 1000 * seconds / emitted));
    }

    private void CheckEnd(int pulls)
    {
        if (DelayMs.Max - DelayMs.Min > MaxDelayRangeMs)
            Result.Break($"the mean delay of a minute went from {DelayMs.Min:0.0} to {DelayMs.Max:0.0} ms");
        if (AllocatedBytes > 0)
            Result.Break($"{AllocatedBytes} bytes were allocated");
        if (MemoryGrowthBytes > MaxGrowthBytes)
            Result.Break($"the heap grew by {MemoryGrowthBytes} bytes");

        long due = (long)(pulls * Math.Abs(_driftPpm) * 1e-6);
        long corrected = (Stats.RemovedSamplesForAcceleration - Stats.InsertedSamplesForDeceleration) * Math.Sign(_driftPpm) / _block.Length;
        if (Math.Abs(corrected - due) > 8)
            Result.Break($"{corrected} blocks of drift were corrected, {due} were due");
        Result["concealed blocks"] = Stats.ConcealedSamples / _block.Length;
        Result["drift blocks"] = corrected;
    }
}
