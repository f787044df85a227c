using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video.Reliability;

/// <summary>
/// Item 20 for the steps of the ladder: a step that throws, hangs or overruns is replaced by the one below it, at most
/// one frame is late; where it is the step's habit its circuit opens, and probes bring it back.
/// </summary>
public class Item20FaultTests
{
    [Fact]
    public void Item20_QualityNetworkThrows_TheFastOneMakesThatVeryFrame()
    {
        using var call = new LadderCall();
        call.Run(TimeSpan.FromSeconds(5));
        int before = call.Made.Count;

        call.Throwing.Add(UpscaleMethod.Neural);
        call.Run(TimeSpan.FromSeconds(1.0 / 60));

        Assert.Equal([UpscaleMethod.NeuralFast], call.Made.Skip(before));
        Assert.Equal((ReasonCode.Faulted, CircuitState.Open), (call.Stats.LastReason, call.Enhancer.GetStageStats().Circuit));
        Assert.Equal(ReasonCode.Ok, call.Enhancer.GetStageStats(UpscaleMethod.NeuralFast)?.LastReason);

        call.Run(TimeSpan.FromSeconds(10));
        call.Throwing.Clear();
        call.Run(TimeSpan.FromSeconds(20));

        Assert.Equal([UpscaleMethod.Neural, UpscaleMethod.NeuralFast, UpscaleMethod.Neural], call.Steps);
        Assert.Equal((0, 0), (call.Stats.DeadlineMisses, call.Stats.FramesDropped));
        Assert.InRange(call.Enhancer.GetStageStats().Faults, 4, 5);
    }

    [Theory]
    [InlineData(1, UpscaleMethod.NeuralFast)]
    [InlineData(2, UpscaleMethod.Easu)]
    [InlineData(3, UpscaleMethod.Bicubic)]
    [InlineData(4, UpscaleMethod.PassThrough)]
    public void Item20_StepsThrow_TheNextOneMakesEveryFrame(int broken, UpscaleMethod expected)
    {
        using var call = new LadderCall();
        for (int i = 0; i < broken; i++)
            call.Throwing.Add((UpscaleMethod)i);

        call.Run(TimeSpan.FromSeconds(5));

        Assert.Equal([expected], call.Steps);
        Assert.Equal((0, 0), (call.Stats.DeadlineMisses, call.Stats.FramesDropped));
        Assert.Equal(call.Stats.FramesRendered, call.Stats.FramesMadeBy(expected));
    }

    [Theory]
    [InlineData(2000, true)]
    [InlineData(60, false)]
    public void Item20_QualityNetworkHangsOrOverruns_AtMostOneFrameIsLateAndAProbeBringsItBack(double costMs, bool once)
    {
        using var call = new LadderCall();
        call.Run(TimeSpan.FromSeconds(2));

        if (once)
            call.Pause = TimeSpan.FromMilliseconds(costMs);
        else
            call.CostMs[UpscaleMethod.Neural] = costMs;
        call.Run(TimeSpan.FromSeconds(2));
        CircuitState during = call.Enhancer.GetStageStats().Circuit;
        call.CostMs[UpscaleMethod.Neural] = 10;
        call.Run(TimeSpan.FromSeconds(10));

        Assert.InRange(call.Stats.DeadlineMisses, once ? 1 : 0, 1);
        Assert.Equal(once ? CircuitState.Closed : CircuitState.Open, during);
        Assert.Equal((CircuitState.Closed, UpscaleMethod.Neural), (call.Enhancer.GetStageStats().Circuit, call.Made[^1]));
    }
}
