using RtcEnhance.Audio;
using RtcEnhance.Benchmarks.Receiver;
using RtcEnhance.Testing;
using RtcEnhance.Tests;

namespace RtcEnhance.Benchmarks.Soak;

/// <summary>
/// A long call on a virtual clock with loss, jitter, reordering, duplicates and drift, with pauses, other codecs and
/// sources: the statistics add up every second, the delay stays near its target, nothing is allocated and memory does not
/// grow. One thread at a time.
/// </summary>
public sealed class CallSoak : IPlayoutLog
{
    // The target moves with a minute's jitter; what drift adds up to would pass this within hours.
    private const double MaxDelayRangeMs = 100;
    private const int MaxDelayOverTargetMs = 400;
    private const long MaxGrowthBytes = 256 * 1024;
    private const int PullsPerSecond = 100;
    private const int PullsPerMinute = 60 * PullsPerSecond;
    private const int WarmUpPulls = 10 * PullsPerSecond;

    private static readonly TimeSpan Block = TimeSpan.FromMilliseconds(10);

    private readonly ManualTimeProvider _clock = new();
    private readonly List<long> _memory = [];
    private readonly CallSoakOptions _options;
    private readonly float[] _block;
    private InboundAudioStats _minuteBegan;
    private long _pulled;
    private long _inserted;
    private int _overTargetMs;
    private int _part;

    private CallSoak(CallSoakOptions options)
    {
        Result = new SoakResult(options.Name);
        _options = options;
        _block = new float[options.PullSamples];
    }

    /// <summary>Counts and broken promises.</summary>
    public SoakResult Result { get; }

    /// <summary>The receiver's statistics at the end.</summary>
    public InboundAudioStats Stats { get; private set; }

    /// <summary>Smallest and largest mean delay of a minute, in ms.</summary>
    public (double Min, double Max) DelayMs { get; private set; } = (double.MaxValue, 0);

    /// <summary>Largest sample.</summary>
    public float Peak { get; private set; }

    /// <summary>Bytes allocated by inserting and pulling, after each part's first ten seconds.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Growth of the live heap from the first tenth of the call to its end.</summary>
    public long MemoryGrowthBytes => _memory.Count > 1 ? _memory[^1] - _memory[0] : 0;

    /// <summary>Runs a call.</summary>
    /// <param name="options">The call.</param>
    /// <returns>What was seen.</returns>
    public static CallSoak Run(CallSoakOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var soak = new CallSoak(options);
        using var receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Time = soak._clock,
            Decoders = options.Codecs.ToDictionary(codec => codec.PayloadType, codec => codec.CreateDecoder),
            PlayoutLog = soak,
        });
        soak.Play(receiver, (int)(options.Duration / Block));
        return soak;
    }

    /// <summary>Keeps the largest distance from the target.</summary>
    /// <param name="step">A block.</param>
    public void OnBlock(in PlayoutStep step)
    {
        if (Result.Steps > WarmUpPulls && step.Operation == PlayoutOperation.Normal)
            _overTargetMs = Math.Max(_overTargetMs, step.DelayMs - step.TargetMs);
    }

    private ImpairedCall StartPart()
    {
        var network = new ImpairmentOptions
        {
            LossPercent = 5,
            BaseDelay = TimeSpan.FromMilliseconds(40),
            Jitter = TimeSpan.FromMilliseconds(15),
            ReorderPercent = 2,
            DuplicatePercent = 1,
            ClockDriftPpm = _options.DriftPpm,
            Seed = _options.Seed + _part,
        };
        return new ImpairedCall(_options.Codecs[_part % _options.Codecs.Count], network, (uint)++_part, _clock.Elapsed, _options.HasPauses);
    }

    private void Play(AudioReceiver receiver, int pulls)
    {
        int memoryInterval = Math.Max(1, pulls / 10);
        var partPulls = (long)(_options.PartDuration / Block);
        ImpairedCall call = StartPart();
        for (int i = 1; i <= pulls; i++)
        {
            Step(receiver, call, isWarm: i % partPulls > WarmUpPulls);
            if (i % PullsPerSecond == 0)
                CheckStatistics(receiver.GetStats());
            if (i % PullsPerMinute == 0)
                CheckDelay(receiver.GetStats(), isFirst: i == PullsPerMinute);
            if (_options.MeasuresHeap && i % memoryInterval == 0)
                _memory.Add(GC.GetTotalMemory(forceFullCollection: true));
            if (i % partPulls == 0)
                call = StartPart();
        }

        Stats = receiver.GetStats();
        CheckEnd();
    }

    private void Step(AudioReceiver receiver, ImpairedCall call, bool isWarm)
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
        Result.Steps++;
        _pulled += _block.Length;
        if (isWarm)
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
        if (stats.TotalSamplesReceived != Origins.Sum(stats))
            Result.Break($"{stats.TotalSamplesReceived} samples are not the sum of their origins, {Origins.Sum(stats)}");
        if (stats.TotalSamplesReceived - _pulled is < 0 or >= 480)
            Result.Break($"{stats.TotalSamplesReceived} samples counted, {_pulled} pulled");
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

    private void CheckEnd()
    {
        if (DelayMs.Max - DelayMs.Min > MaxDelayRangeMs)
            Result.Break($"the mean delay of a minute went from {DelayMs.Min:0.0} to {DelayMs.Max:0.0} ms");
        if (_overTargetMs > MaxDelayOverTargetMs)
            Result.Break($"the delay was {_overTargetMs} ms over its target");
        if (AllocatedBytes > 0)
            Result.Break($"{AllocatedBytes} bytes were allocated");
        if (MemoryGrowthBytes > MaxGrowthBytes)
            Result.Break($"the heap grew by {MemoryGrowthBytes} bytes");
        Result["concealed ms"] = Stats.ConcealedSamples / 48;
        Result["removed ms"] = Stats.RemovedSamplesForAcceleration / 48;
        Result["inserted ms"] = Stats.InsertedSamplesForDeceleration / 48;
        Result["ms over the target at most"] = _overTargetMs;
    }
}
