namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>Item 6: the sender's clock and the device's differ. The full hour at 200 ppm runs in <c>bench soak</c>.</summary>
public class Item06ClockDriftTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    [InlineData(1000)]
    [InlineData(-1000)]
    public void Item06_SenderDrifts_DelayStaysWithinAFrameAndNothingIsConcealed(int ppm)
    {
        using var call = new SimulatedCall { SenderRate = 1 + (ppm * 1e-6) };
        call.Run(60_000);
        int settled = call.Steps.Count;
        long concealed = call.Stats.ConcealedSamples;

        call.Run(240_000);

        int[] delays = [.. call.Steps.Skip(settled).Select(step => step.DelayMs)];
        Assert.InRange(delays.Max() - delays.Min(), 0, 40);
        Assert.Equal(concealed, call.Stats.ConcealedSamples);
        InboundAudioStats stats = call.Stats;
        long corrected = stats.RemovedSamplesForAcceleration - stats.InsertedSamplesForDeceleration;
        Assert.InRange(corrected / 8.0 * Math.Sign(ppm), (0.3 * Math.Abs(ppm)) - 80, (0.3 * Math.Abs(ppm)) + 60);
        Assert.InRange(call.LargestStep(), 0, SimulatedCall.ClickBound);
    }

    [Theory]
    [InlineData(72)]
    [InlineData(88)]
    public void Item06_DevicePullsTenPercentOff_DelayDoesNotAccumulate(int pullSamples)
    {
        using var call = new SimulatedCall { PullSamples = pullSamples };
        call.Run(20_000);
        int settled = call.Steps.Count;
        InboundAudioStats before = call.Stats;

        call.Run(60_000);

        int[] delays = [.. call.Steps.Skip(settled).Select(step => step.DelayMs)];
        Assert.InRange(delays.Max(), 0, 400);
        Assert.InRange(call.Steps.Skip(settled).Max(step => step.WaitingPackets), 0, 30);
        InboundAudioStats stats = call.Stats;
        Assert.InRange((double)(stats.ConcealedSamples - before.ConcealedSamples) / (stats.TotalSamplesReceived - before.TotalSamplesReceived), 0, 0.05);
        Assert.InRange(call.LargestStep(), 0, SimulatedCall.ClickBound);
    }
}
