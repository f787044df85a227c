namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>Item 7: pauses, announced by comfort noise or by the codec, are no loss.</summary>
public class Item07SilenceTests
{
    private static readonly byte[] NoiseAtMinus60 = [60];

    [Theory]
    [InlineData(0)]
    [InlineData(400)]
    public void Item07_PausesWithComfortNoise_ConcealNothing(int updateMs)
    {
        using var call = new SimulatedCall();
        for (int i = 0; i < 10; i++)
        {
            call.Run(1500);
            PauseWithNoise(call, 2000, updateMs);
        }

        call.Run(1000);

        InboundAudioStats stats = call.Stats;
        Assert.Equal(0, stats.ConcealedSamples);
        Assert.Equal(0, stats.ConcealmentEvents);
        Assert.InRange(stats.ComfortNoiseSamples, 8 * 15_000, 8 * 21_000);
        Assert.Equal(0, stats.PacketsLost);
        Assert.InRange(call.LargestStep(), 0, 0.45f);
    }

    [Fact]
    public void Item07_CodecsOwnPauses_ConcealNothing()
    {
        using var call = new SimulatedCall { PayloadType = SimulatedCall.Pausing };
        for (int i = 0; i < 10; i++)
        {
            call.Run(1500);
            call.IsTalking = false;
            for (int update = 0; update < 5; update++)
            {
                call.Send(SimulatedCall.Pausing, [0]);
                call.Run(400);
            }

            call.IsTalking = true;
        }

        call.Run(1000);

        Assert.Equal(0, call.Stats.ConcealedSamples);
        Assert.InRange(call.Stats.ComfortNoiseSamples, 8 * 15_000, 8 * 21_000);
        Assert.Equal(0, call.Stats.PacketsLost);
    }

    [Fact]
    public void Item07_ComfortNoiseFirst_StartsTheStreamWithoutConcealment()
    {
        using var call = new SimulatedCall { IsTalking = false };
        call.Send(SimulatedCall.ComfortNoise, NoiseAtMinus60);
        call.Run(1000);
        int talk = call.Played.Count;
        call.IsTalking = true;
        call.Run(2000);

        Assert.Equal(0, call.Stats.ConcealedSamples);
        Assert.Equal(call.Stats.TotalSamplesReceived, Origins.Spoken(call.Stats) + call.Stats.ComfortNoiseSamples + call.Stats.SilenceSamples);
        Assert.InRange(call.LongestSilenceMs(talk), 0, 200);
        Assert.InRange(Origins.Spoken(call.Stats), 8 * 1800, 8 * 2000);
    }

    [Fact]
    public void Item07_LongPauseThenFreeze_IsComfortNoiseToItsEnd()
    {
        using var call = new SimulatedCall();
        call.Run(2000);
        PauseWithNoise(call, 30_000, 0);

        // The network holds back the next talk spurt for 3 s, then delivers it at once.
        long first = call.Sent;
        call.Delay = n => Math.Max(0, 3000 - ((n - first) * 20));
        call.Run(8000);

        Assert.Equal(0, call.Stats.ConcealedSamples);
        Assert.InRange(call.Stats.ComfortNoiseSamples, 8 * 30_000, 8 * 33_500);
        PlayoutStep last = call.Steps[^1];
        Assert.InRange(last.DelayMs, 0, last.TargetMs + 40);
    }

    [Fact]
    public void Item07_LossWithinATalkSpurt_IsStillConcealed()
    {
        using var call = new SimulatedCall();
        call.Run(1000);
        PauseWithNoise(call, 1000, 400);
        long first = call.Sent;
        call.Delay = n => n == first + 20 ? null : 0;
        call.Run(2000);

        Assert.InRange(call.Stats.ConcealedSamples, 80, 160);
        Assert.Equal(1, call.Stats.ConcealmentEvents);
    }

    [Fact]
    public void Item07_FirstPacketOfATalkSpurtIsLost_IsNoConcealment()
    {
        using var call = new SimulatedCall();
        call.Run(1000);
        PauseWithNoise(call, 1000, 400);
        long first = call.Sent;
        call.Delay = n => n == first ? null : 0;
        call.Run(2000);

        Assert.Equal(0, call.Stats.ConcealedSamples);
        Assert.Equal(1, call.Stats.PacketsLost);
    }

    private static void PauseWithNoise(SimulatedCall call, int ms, int updateMs)
    {
        call.IsTalking = false;
        int step = updateMs == 0 ? ms : updateMs;
        for (int elapsed = 0; elapsed < ms; elapsed += step)
        {
            call.Send(SimulatedCall.ComfortNoise, NoiseAtMinus60);
            call.Run(Math.Min(step, ms - elapsed));
        }

        call.IsTalking = true;
    }
}
