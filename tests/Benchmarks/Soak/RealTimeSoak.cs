using System.Diagnostics;
using RtcEnhance.Audio;
using RtcEnhance.Benchmarks.Receiver;
using RtcEnhance.Testing;
using RtcEnhance.Tests;

namespace RtcEnhance.Benchmarks.Soak;

/// <summary>
/// A call on the machine's clock: a sender and a device, each on a thread of its own, over a network of some jitter and
/// no loss. Nothing is missing, the delay of its minutes does not drift, and nothing is allocated. One thread at a time.
/// </summary>
public sealed class RealTimeSoak : IDisposable
{
    /// <summary>A lock makes its event when two threads meet at it for the first time.</summary>
    public const int ContendedLocksBytes = 1024;

    private const double MaxDelayRangeMs = 40;
    private const double MaxConcealedShare = 0.01;
    private const int PullsPerMinute = 6000;
    private const int WarmUpPulls = 100;
    private const int WarmUpPasses = 1000;

    // The sender passes once a millisecond; where it could not for so long, the machine stood still and not the library.
    private const int StallMs = 30;

    // A shorter one cannot make an interruption, which is 150 ms of concealment.
    private const int InterruptingStallMs = 100;

    private static readonly TimeSpan Block = TimeSpan.FromMilliseconds(10);

    private readonly SoakResult _result;
    private readonly AudioReceiver _receiver;
    private readonly ImpairedCall _call;
    private readonly TimeSpan _duration;
    private readonly float[] _block = new float[480];
    private readonly List<double> _delaysMs = [];
    private readonly long _start = Stopwatch.GetTimestamp();
    private InboundAudioStats _minuteBegan;
    private long _stallsBefore;
    private bool _wasStalled;
    private long _allocatedInserting;
    private long _stalls;
    private long _interruptingStalls;
    private long _stalledMs;
    private long _longestStallMs;
    private volatile bool _isOver;

    private RealTimeSoak(TimeSpan duration)
    {
        CallCodec codec = CallCodec.Pcmu();
        _duration = duration;
        _result = new SoakResult($"{duration.TotalMinutes:0.#} minutes in real time");
        _call = new ImpairedCall(codec, new ImpairmentOptions { BaseDelay = TimeSpan.FromMilliseconds(20), Jitter = TimeSpan.FromMilliseconds(5) });
        _receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [codec.PayloadType] = codec.CreateDecoder },
        });
    }

    /// <summary>Runs a call.</summary>
    /// <param name="duration">Its length.</param>
    /// <returns>Counts and broken promises.</returns>
    public static SoakResult Run(TimeSpan duration)
    {
        using var soak = new RealTimeSoak(duration);
        var sender = new Thread(soak.Send) { Name = "sender", IsBackground = true, Priority = ThreadPriority.AboveNormal };
        var device = new Thread(soak.Play) { Name = "device", Priority = ThreadPriority.Highest };
        sender.Start();
        device.Start();
        device.Join();
        sender.Join();
        soak.CheckEnd();
        return soak._result;
    }

    /// <summary>Ends the call.</summary>
    public void Dispose() => _receiver.Dispose();

    private void Send()
    {
        TimeSpan passed = TimeSpan.Zero;
        for (int n = 0; !_isOver; n++)
        {
            Thread.Sleep(1);
            TimeSpan now = Stopwatch.GetElapsedTime(_start);
            CountStall(now - passed);
            passed = now;
            while (_call.TryReceive(Stopwatch.GetElapsedTime(_start), out RtpPacket packet))
            {
                var stamped = new RtpPacket(packet.Ssrc, packet.SequenceNumber, packet.Timestamp, packet.PayloadType, false, Stopwatch.GetTimestamp(), packet.Payload);
                long before = GC.GetAllocatedBytesForCurrentThread();
                _receiver.InsertPacket(stamped);
                if (n > WarmUpPasses)
                    _allocatedInserting += GC.GetAllocatedBytesForCurrentThread() - before;
            }
        }
    }

    private void CountStall(TimeSpan gap)
    {
        if (gap.TotalMilliseconds < StallMs)
            return;
        Interlocked.Increment(ref _stalls);
        if (gap.TotalMilliseconds >= InterruptingStallMs)
            _interruptingStalls++;
        _stalledMs += (long)gap.TotalMilliseconds;
        _longestStallMs = Math.Max(_longestStallMs, (long)gap.TotalMilliseconds);
    }

    private void Play()
    {
        int pulls = (int)(_duration / Block);
        for (int i = 1; i <= pulls; i++)
        {
            TimeSpan due = i * Block;
            SleepUntil(due);
            if (Stopwatch.GetElapsedTime(_start) - due > Block)
                _result["late callbacks"]++;
            _block.AsSpan().Fill(float.NaN);
            long before = GC.GetAllocatedBytesForCurrentThread();
            long began = Stopwatch.GetTimestamp();
            _receiver.GetAudio(_block);
            TimeSpan took = Stopwatch.GetElapsedTime(began);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (i > WarmUpPulls)
                _result["allocated bytes"] += allocated;
            if (took > Block)
                _result["pulls over 10 ms"]++;
            Check(i);
        }

        _isOver = true;
    }

    /// <summary>Sleeps short of the time, then spins: a sleep alone is late by the system's tick.</summary>
    private void SleepUntil(TimeSpan time)
    {
        TimeSpan left = time - Stopwatch.GetElapsedTime(_start);
        if (left.TotalMilliseconds > 2)
            Thread.Sleep((int)left.TotalMilliseconds - 1);
        while (Stopwatch.GetElapsedTime(_start) < time)
            Thread.SpinWait(20);
    }

    private void Check(int pull)
    {
        _result.Steps++;
        foreach (float sample in _block)
        {
            if (!(Math.Abs(sample) <= 1))
            {
                _result.Break($"a sample is {sample}");
                break;
            }
        }

        if (pull % PullsPerMinute != 0)
            return;
        InboundAudioStats stats = _receiver.GetStats();
        double delayMs = 1000 * (stats.JitterBufferDelay - _minuteBegan.JitterBufferDelay) / Math.Max(1, stats.JitterBufferEmittedCount - _minuteBegan.JitterBufferEmittedCount);
        _minuteBegan = stats;

        // A delay grows with a stall, rightly, and takes the next minute to come back: drift is what is left without them.
        bool isStalled = Interlocked.Read(ref _stalls) > _stallsBefore;
        _stallsBefore = Interlocked.Read(ref _stalls);
        if (!isStalled && !_wasStalled)
            _delaysMs.Add(delayMs);
        _wasStalled = isStalled;
        Console.Error.WriteLine($"soak: minute {pull / PullsPerMinute}, delay {delayMs:0.0} ms, concealed {stats.ConcealedSamples / 48} ms, {_stallsBefore} stalls");
    }

    private void CheckEnd()
    {
        InboundAudioStats stats = _receiver.GetStats();
        _result["pulls"] = _result.Steps;
        _result["allocated bytes"] += _allocatedInserting;
        _result["concealed ms"] = stats.ConcealedSamples / 48;
        _result["removed ms"] = stats.RemovedSamplesForAcceleration / 48;
        _result["inserted ms"] = stats.InsertedSamplesForDeceleration / 48;
        _result["interruptions"] = stats.InterruptionCount;
        _result["late packets"] = stats.LatePackets;
        _result[$"stalls of the sender over {StallMs} ms"] = _stalls;
        _result["longest stall of the sender, ms"] = _longestStallMs;
        _result["minutes without a stall in them or before them"] = _delaysMs.Count;
        if (_delaysMs.Count > 2)
        {
            double range = _delaysMs.Skip(1).Max() - _delaysMs.Skip(1).Min();
            _result["delay of a minute, most ms"] = (long)Math.Ceiling(_delaysMs.Skip(1).Max());
            _result["delay of a minute, least ms"] = (long)_delaysMs.Skip(1).Min();
            if (range > MaxDelayRangeMs)
                _result.Break($"the mean delay of a minute moved by {range:0.0} ms");
        }

        if (stats.TotalSamplesReceived != Origins.Sum(stats))
            _result.Break("the samples do not add up");
        if (stats.ConcealedSamples / 48 > (MaxConcealedShare * stats.TotalSamplesReceived / 48) + _stalledMs)
            _result.Break($"{stats.ConcealedSamples / 48} ms were concealed although nothing was lost");
        if (stats.InterruptionCount > _interruptingStalls)
            _result.Break($"{stats.InterruptionCount} interruptions, and {_interruptingStalls} stalls of the sender over {InterruptingStallMs} ms");
        if (_result["allocated bytes"] > ContendedLocksBytes)
            _result.Break($"{_result["allocated bytes"]} bytes were allocated");
    }
}
