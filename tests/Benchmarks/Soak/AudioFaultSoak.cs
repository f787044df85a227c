using RtcEnhance.Audio;
using RtcEnhance.Benchmarks.Receiver;
using RtcEnhance.Testing;
using RtcEnhance.Tests;

namespace RtcEnhance.Benchmarks.Soak;

/// <summary>
/// A lossy call whose concealment or bandwidth extension breaks once a minute, by the whole receiver on a virtual clock:
/// audio is never missing, no pull is late but one that ran the broken stage, the circuit opens for the right reason,
/// the classical stage takes over, and the circuit closes again. One thread at a time.
/// </summary>
public sealed class AudioFaultSoak : IDisposable
{
    /// <summary>Pulls from one fault to the next: a circuit closed for as long forgets its last break.</summary>
    public const int PullsPerCycle = 6000;

    private const int FaultBegins = 1500;
    private const int FaultEnds = 2000;
    private const int Recovered = 2900;
    private const int MostRunsUntilOpen = 3;

    private static readonly TimeSpan Block = TimeSpan.FromMilliseconds(10);

    private readonly ManualTimeProvider _clock = new();
    private readonly float[] _block = new float[480];
    private readonly StageFault _fault;
    private readonly bool _isConcealment;
    private readonly FaultSwitch _faults = new();
    private readonly SoakResult _result;
    private readonly ImpairedCall _call;
    private readonly AudioReceiver _receiver;
    private TimeSpan? _lastLate;
    private long _lateInCycle;
    private long _faultyBefore;
    private long _fallbacksBefore;

    private AudioFaultSoak(StageFault fault, bool isConcealment, int seed)
    {
        _fault = fault;
        _isConcealment = isConcealment;
        _result = new SoakResult($"{(isConcealment ? "concealment" : "bandwidth extension")} {fault}");
        CallCodec codec = CallCodec.Pcmu();
        _call = new ImpairedCall(codec, new ImpairmentOptions { LossPercent = 20, Jitter = TimeSpan.FromMilliseconds(10), BaseDelay = TimeSpan.FromMilliseconds(40), Seed = seed });
        _receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Time = _clock,
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [codec.PayloadType] = codec.CreateDecoder },
            ConcealmentFactory = isConcealment ? format => Inject(new PitchConcealer(format), TimeSpan.FromMilliseconds(2)) : null,
            BandwidthExtensionFactory = isConcealment ? null : rate => Inject(new SpectralExtender(rate), TimeSpan.FromMilliseconds(1)),
        });
    }

    private ReasonCode ExpectedReason => _fault == StageFault.Throws ? ReasonCode.Faulted : ReasonCode.OverBudget;

    /// <summary>Runs a call.</summary>
    /// <param name="fault">How the stage breaks.</param>
    /// <param name="isConcealment">True for concealment, false for bandwidth extension.</param>
    /// <param name="pulls">Length of the call in blocks; at least 3000, with one fault in each 6000.</param>
    /// <param name="seed">Seed of the network.</param>
    /// <returns>Counts and broken promises.</returns>
    public static SoakResult Run(StageFault fault, bool isConcealment, int pulls, int seed)
    {
        using var soak = new AudioFaultSoak(fault, isConcealment, seed);
        for (int i = 0; i < pulls; i++)
            soak.Step(i);
        return soak._result;
    }

    /// <summary>Ends the call.</summary>
    public void Dispose() => _receiver.Dispose();

    private InjectedStage<TJob> Inject<TJob>(IStage<TJob> inner, TimeSpan budget)
        where TJob : struct, allows ref struct
        => new(inner, _faults, budget, _clock.Advance);

    private void Step(int number)
    {
        int inCycle = number % PullsPerCycle;
        if (inCycle == FaultBegins)
        {
            _faults.Fault = _fault;
            _lateInCycle = 0;
            _faultyBefore = _faults.FaultyRuns;
            _fallbacksBefore = GetStage().FallbackCount(ExpectedReason);
        }

        // The device asks at its own pace, whatever the last pull took: after a stall it catches up.
        TimeSpan due = number * Block;
        if (_clock.Elapsed < due)
            _clock.Advance(due - _clock.Elapsed);
        while (_call.TryReceive(_clock.Elapsed, out RtpPacket packet))
            _receiver.InsertPacket(packet);
        Pull();
        if (inCycle == FaultEnds)
            EndFault();
        if (inCycle == Recovered)
            CheckRecovered();
    }

    private void Pull()
    {
        long faultyRuns = _faults.FaultyRuns;
        TimeSpan start = _clock.Elapsed;
        _block.AsSpan().Fill(float.NaN);
        _receiver.GetAudio(_block);
        TimeSpan took = _clock.Elapsed - start;
        _result.Steps++;

        foreach (float sample in _block)
        {
            if (!(Math.Abs(sample) <= 1))
            {
                _result.Break($"a sample is {sample}");
                break;
            }
        }

        InboundAudioStats stats = _receiver.GetStats();
        if (stats.TotalSamplesReceived != Origins.Sum(stats))
            _result.Break("the samples do not add up");
        bool ranFaulty = _faults.FaultyRuns > faultyRuns;
        if (took > Block)
        {
            if (!ranFaulty)
                _result.Break($"a pull took {took.TotalMilliseconds} ms although the broken stage did not run");
            if (start - _lastLate is { TotalSeconds: < 1 } gap)
                _result.Break($"two pulls were late within {gap.TotalMilliseconds} ms");
            _lastLate = _clock.Elapsed;
            _lateInCycle++;
            _result["late pulls"]++;
        }

        if (ranFaulty)
            CheckOpen();
    }

    private void CheckOpen()
    {
        StageStats stage = GetStage();
        bool mustBeOpen = _fault != StageFault.OverBudget || _faults.FaultyRuns - _faultyBefore >= MostRunsUntilOpen;
        if (mustBeOpen && stage.Circuit != CircuitState.Open)
            _result.Break($"after {_faults.FaultyRuns - _faultyBefore} faulty runs the circuit is {stage.Circuit}");
        if (_fault == StageFault.Throws && stage.LastReason != ReasonCode.Faulted)
            _result.Break($"the reason of a fault is {stage.LastReason}");
    }

    private void EndFault()
    {
        _faults.Fault = StageFault.None;
        StageStats stage = GetStage();
        long fallbacks = stage.FallbackCount(ExpectedReason) - _fallbacksBefore;
        if (fallbacks == 0)
            _result.Break($"the classical stage never ran with reason {ExpectedReason}; the last one is {stage.LastReason}");
        if (_faults.FaultyRuns == _faultyBefore)
            _result.Break("the fault never came to pass");
        long mostLate = _fault switch { StageFault.StallsOnce => 1, StageFault.Hangs => 3, _ => 0 };
        if (_lateInCycle > mostLate || (mostLate > 0 && _lateInCycle == 0))
            _result.Break($"{_lateInCycle} pulls were late");
        _result["faulty runs"] += _faults.FaultyRuns - _faultyBefore;
        _result["classical blocks"] += fallbacks;
    }

    private void CheckRecovered()
    {
        StageStats stage = GetStage();
        if (stage.Circuit != CircuitState.Closed || stage.LastReason != ReasonCode.Ok)
            _result.Break($"after the fault the circuit is {stage.Circuit} and the reason {stage.LastReason}");
        else
            _result["recoveries"]++;
    }

    private StageStats GetStage()
    {
        InboundAudioStats stats = _receiver.GetStats();
        return _isConcealment ? stats.Concealment : stats.BandwidthExtension;
    }
}
