namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>
/// Item 22: a call with everything in it, in short; <c>bench soak</c> runs 24 hours on the virtual clock and half an hour
/// in real time. The harness checks the statistics after every pull.
/// </summary>
public class Item22SteadyCallTests
{
    [Fact]
    public void Item22_TenMinutesOfEverything_StaysNearItsTarget()
    {
        var random = new Random(22);
        using var call = new SimulatedCall { SenderRate = 1.0002 };
        call.Delay = _ => random.Next(100) switch { < 4 => null, < 8 => 80 + random.Next(80), _ => 20 + random.Next(20) };
        for (int minute = 0; minute < 10; minute++)
        {
            call.PayloadType = minute % 3 == 1 ? SimulatedCall.G722 : SimulatedCall.Pcmu;
            call.Run(50_000);
            call.IsTalking = false;
            call.Send(SimulatedCall.ComfortNoise, [55]);
            call.Run(9_900);
            call.IsTalking = true;
            call.Run(100);
        }

        InboundAudioStats stats = call.Stats;
        Assert.InRange((double)stats.ConcealedSamples / stats.TotalSamplesReceived, 0.01, 0.08);
        Assert.InRange((double)stats.ComfortNoiseSamples / stats.TotalSamplesReceived, 0.14, 0.18);
        Assert.Equal(0, stats.Flushes);
        int[] delays = [.. call.Steps.Where((step, i) => i > 3000 && step.Operation == PlayoutOperation.Normal).Select(step => step.DelayMs)];
        Assert.InRange(delays.Average(), 40, 200);
        Assert.InRange(delays.Max(), 0, 350);
    }
}
