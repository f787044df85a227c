namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>Item 8: the network's latency steps, or it freezes and delivers in a burst.</summary>
public class Item08DelayStepTests
{
    private const int SettledAfterMs = 5000;

    [Theory]
    [InlineData(200, false)]
    [InlineData(-200, false)]
    [InlineData(-200, true)]
    public void Item08_LatencySteps_DelayIsBackAtTheTargetWithinFiveSeconds(int stepMs, bool overtakes)
    {
        // Where the way becomes shorter, the first packets on it overtake the last ones on the old way or queue behind them.
        using var call = new SimulatedCall
        {
            Delay = n => n < 500 ? Math.Max(0, -stepMs) : overtakes ? 0 : Math.Max(Math.Max(0, stepMs), Math.Max(0, -stepMs) - (20 * (n - 499))),
        };
        call.Run(10_000);
        InboundAudioStats before = call.Stats;
        int step = call.Played.Count;

        call.Run(SettledAfterMs);
        AssertSettled(call);
        InboundAudioStats after = call.Stats;
        call.Run(5000);

        // The step itself is a gap of 200 ms at most; a shorter way costs nothing.
        Assert.InRange(after.ConcealedSamples - before.ConcealedSamples, 0, Math.Max(0, stepMs) * 8);
        Assert.InRange(after.ConcealmentEvents - before.ConcealmentEvents, 0, 1);
        Assert.InRange(call.LongestSilenceMs(step), 0, 100);
        Assert.Equal(after.ConcealedSamples, call.Stats.ConcealedSamples);
        Assert.Equal(0, call.Stats.PacketsDiscarded);
        Assert.InRange(call.LargestStep(), 0, SimulatedCall.ClickBound);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(50)]
    [InlineData(70)]
    [InlineData(100)]
    [InlineData(150)]
    public void Item08_SmallStep_IsOneConcealmentAndNothingIsRemovedAfterIt(int stepMs)
    {
        using var call = new SimulatedCall { Delay = n => n >= 500 ? stepMs : 0 };
        call.Run(9500);
        InboundAudioStats before = call.Stats;

        call.Run(5000);

        Assert.InRange(call.Stats.ConcealmentEvents - before.ConcealmentEvents, 0, 1);
        Assert.InRange(call.Stats.ConcealedSamples - before.ConcealedSamples, 0, stepMs * 8);
        Assert.Equal(before.RemovedSamplesForAcceleration, call.Stats.RemovedSamplesForAcceleration);
        Assert.InRange(call.LargestStep(), 0, SimulatedCall.ClickBound);
        AssertSettled(call);
    }

    [Theory]
    [InlineData(900)]
    [InlineData(1000)]
    [InlineData(5000)]
    public void Item08_FreezeThenBurst_DelayIsBackWithinFiveSecondsAndNotSilent(int freezeMs)
    {
        using var call = new SimulatedCall { Delay = n => n < 500 || n * 20 >= 10_000 + freezeMs ? 0 : 10_000 + freezeMs - (n * 20) };
        call.Run(10_000 + freezeMs);
        int burst = call.Played.Count;
        InboundAudioStats before = call.Stats;

        call.Run(SettledAfterMs);
        AssertSettled(call);
        InboundAudioStats after = call.Stats;
        call.Run(10_000);

        Assert.InRange(call.LongestSilenceMs(burst + 800), 0, 20);
        Assert.InRange(after.ConcealedSamples - before.ConcealedSamples, 0, 8 * 200);
        Assert.Equal(after.ConcealedSamples, call.Stats.ConcealedSamples);
        Assert.InRange(call.LargestStep(), 0, SimulatedCall.ClickBound);
    }

    [Fact]
    public void Item08_FreezeEveryTenSeconds_NeverGrowsTheDelay()
    {
        // 600 ms of every 10 s: too rare to wait for.
        using var call = new SimulatedCall { Delay = n => n % 500 is >= 200 and < 230 ? 600 - ((n % 500 - 200) * 20) : 0 };

        call.Run(120_000);

        PlayoutStep[] beforeFreezes = [.. call.Steps.Where((_, i) => i > 2000 && i % 1000 == 390)];
        Assert.All(beforeFreezes, step => Assert.InRange(step.DelayMs, 0, step.TargetMs + 40));
        Assert.All(beforeFreezes, step => Assert.InRange(step.TargetMs, 0, 700));
    }

    private static void AssertSettled(SimulatedCall call)
    {
        PlayoutStep last = call.Steps[^1];
        Assert.InRange(last.DelayMs, 0, last.TargetMs + 40);
        Assert.InRange(last.TargetMs, 0, 250);
    }
}
