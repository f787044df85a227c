using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.Soak;

/// <summary>
/// A stream of 30 frames a second whose super-resolution breaks once a minute, by the whole enhancer on a virtual clock:
/// every frame is rendered or counted as dropped, none is late but those that ran the broken stage, the circuit opens for
/// the right reason, the filter takes over, and the circuit closes again. One thread at a time.
/// </summary>
public sealed class VideoFaultSoak : IDisposable
{
    /// <summary>Frames from one fault to the next.</summary>
    public const int FramesPerCycle = 1800;

    private const int FaultBegins = 150;
    private const int FaultEnds = 300;
    private const int Recovered = 600;
    private const uint RtpStep = 3000;

    private static readonly TimeSpan FrameInterval = TimeSpan.FromSeconds(1) / 30;
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(16);

    private readonly ManualTimeProvider _clock = new();
    private readonly VideoFramePool _pool = new();
    private readonly StageFault _fault;
    private readonly SoakResult _result;
    private readonly FaultSwitch _faults = new();
    private readonly VideoEnhancer _enhancer;
    private long _submitted;
    private uint? _lastRendered;
    private long _missesBefore;
    private long _droppedBefore;
    private long _faultyBefore;
    private long _fallbacksBefore;

    private VideoFaultSoak(StageFault fault)
    {
        _fault = fault;
        _result = new SoakResult($"super-resolution {fault}");
        var stage = new InjectedStage<SuperResolutionJob>(new BicubicUpscaler(), _faults, Budget, Spend);
        _enhancer = new VideoEnhancer(
            new CheckingSink(CheckOrder),
            new VideoEnhancerOptions { SuperResolutionFactory = () => stage, Method = UpscaleMethod.Easu, OwnThread = false, Time = _clock });
    }

    private ReasonCode ExpectedReason => _fault == StageFault.Throws ? ReasonCode.Faulted : ReasonCode.OverBudget;

    /// <summary>Runs a stream.</summary>
    /// <param name="fault">How the stage breaks.</param>
    /// <param name="frames">Length of the stream; at least 601, with one fault in each 1800.</param>
    /// <returns>Counts and broken promises.</returns>
    public static SoakResult Run(StageFault fault, int frames)
    {
        using var soak = new VideoFaultSoak(fault);
        for (int i = 0; i < frames; i++)
            soak.Step(i);
        while (soak._enhancer.RunStep())
        {
        }

        soak.CheckEnd();
        return soak._result;
    }

    /// <summary>Ends the stream.</summary>
    public void Dispose() => _enhancer.Dispose();

    private void Step(int number)
    {
        _result.Steps++;
        InboundVideoStats before = _enhancer.GetStats();
        if (number % FramesPerCycle == FaultBegins)
        {
            _faults.Fault = _fault;
            _faultyBefore = _faults.FaultyRuns;
            _missesBefore = before.DeadlineMisses;
            _droppedBefore = before.FramesDropped;
            _fallbacksBefore = _enhancer.GetStageStats().FallbackCount(ExpectedReason);
        }

        SubmitUntil(FrameInterval * (number + 1));
        long faultyRuns = _faults.FaultyRuns;
        _enhancer.RunStep();
        bool ranFaulty = _faults.FaultyRuns > faultyRuns;
        InboundVideoStats after = _enhancer.GetStats();
        if (after.DeadlineMisses > before.DeadlineMisses && !ranFaulty)
            _result.Break("a frame was late although the broken stage did not run");
        if (ranFaulty && _fault is not StageFault.OverBudget && _enhancer.GetStageStats().Circuit != CircuitState.Open)
            _result.Break($"after a faulty run the circuit is {_enhancer.GetStageStats().Circuit}");
        if (number % FramesPerCycle == FaultEnds)
            EndFault(after);
        if (number % FramesPerCycle == Recovered)
            CheckRecovered();
    }

    /// <summary>The decoder goes on at its own pace while a stage takes its time.</summary>
    private void Spend(TimeSpan span)
    {
        TimeSpan end = _clock.Elapsed + span;
        SubmitUntil(end);
        _clock.Advance(end - _clock.Elapsed);
    }

    private void SubmitUntil(TimeSpan end)
    {
        while (FrameInterval * (_submitted + 1) <= end)
        {
            TimeSpan due = FrameInterval * ++_submitted;
            if (_clock.Elapsed < due)
                _clock.Advance(due - _clock.Elapsed);
            VideoFrame? frame = _pool.Rent(32, 24);
            if (frame is null)
            {
                _result.Break("the decoder's pool ran out: frames are held back");
                return;
            }

            frame.Y.Data.Fill(90);
            frame.U.Data.Fill(128);
            frame.V.Data.Fill(128);
            frame.RtpTimestamp = (uint)(_submitted * RtpStep);
            _enhancer.Submit(frame);
        }
    }

    private void CheckOrder(VideoFrame frame)
    {
        if (_lastRendered is { } last && frame.RtpTimestamp <= last)
            _result.Break($"frame {frame.RtpTimestamp} came after {last}");
        _lastRendered = frame.RtpTimestamp;
        if (frame.Width != 64 || frame.Height != 48)
            _result.Break($"a frame is {frame.Width}x{frame.Height}");
    }

    private void EndFault(in InboundVideoStats stats)
    {
        _faults.Fault = StageFault.None;
        long faulty = _faults.FaultyRuns - _faultyBefore;
        long misses = stats.DeadlineMisses - _missesBefore;
        long dropped = stats.FramesDropped - _droppedBefore;
        long fallbacks = _enhancer.GetStageStats().FallbackCount(ExpectedReason) - _fallbacksBefore;
        if (faulty == 0)
            _result.Break("the fault never came to pass");
        if (fallbacks == 0)
            _result.Break($"the filter never ran with reason {ExpectedReason}; the last one is {_enhancer.GetStageStats().LastReason}");
        if (misses != (_fault == StageFault.Throws ? 0 : faulty))
            _result.Break($"{faulty} faulty runs made {misses} frames late");
        if ((dropped > 0) != (_fault is StageFault.StallsOnce or StageFault.Hangs))
            _result.Break($"{dropped} frames were dropped");
        _result["faulty runs"] += faulty;
        _result["late frames"] += misses;
        _result["dropped frames"] += dropped;
        _result["frames by the filter"] += fallbacks;
    }

    private void CheckRecovered()
    {
        StageStats stage = _enhancer.GetStageStats();
        if (stage.Circuit != CircuitState.Closed || stage.LastReason != ReasonCode.Ok)
            _result.Break($"after the fault the circuit is {stage.Circuit} and the reason {stage.LastReason}");
        else
            _result["recoveries"]++;
    }

    private void CheckEnd()
    {
        InboundVideoStats stats = _enhancer.GetStats();
        if (stats.FramesReceived != _submitted || stats.FramesReceived != stats.FramesRendered + stats.FramesDropped)
            _result.Break($"{_submitted} frames submitted, {stats.FramesReceived} received, {stats.FramesRendered} rendered, {stats.FramesDropped} dropped");
        if (_pool.Rented != 0)
            _result.Break($"{_pool.Rented} frames were not given back");
    }
}
