using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>Item 9: bursty loss from 5 to 70 %.</summary>
public class Item09LossTests
{
    [Theory]
    [InlineData(5, 20)]
    [InlineData(5, 60)]
    [InlineData(10, 60)]
    [InlineData(30, 100)]
    [InlineData(30, 400)]
    [InlineData(70, 100)]
    [InlineData(70, 400)]
    public void Item09_GilbertElliottLoss_ConcealsEachRunOnceAndDoesNotClick(int percent, int meanBurstMs)
    {
        var loss = new GilbertElliott(
            percent, TimeSpan.FromMilliseconds(meanBurstMs), TimeSpan.FromMilliseconds(Math.Max(60, meanBurstMs)), TimeSpan.FromMilliseconds(20), seed: 9);
        long lost = 0;
        long runs = 0;
        bool wasLost = false;
        using var call = new SimulatedCall();
        call.Delay = n =>
        {
            bool isLost = n > 0 && loss.IsSlotLost(n);
            lost += isLost ? 1 : 0;
            runs += isLost && !wasLost ? 1 : 0;
            wasLost = isLost;
            return isLost ? null : 0;
        };

        call.Run(60_000);

        InboundAudioStats stats = call.Stats;
        Assert.InRange(stats.ConcealedSamples, (lost - 25) * 160, (lost + 25) * 160);
        Assert.InRange(stats.ConcealmentEvents, 0, runs);
        Assert.Equal(0, stats.PacketsDiscarded);
        Assert.InRange(call.LargestStep(), 0, SimulatedCall.ClickBound);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(1000)]
    public void Item09_Burst_FadesByItsLength(int burstMs)
    {
        using var call = new SimulatedCall(delay: SimulatedCall.Fixed(60)) { Delay = n => n >= 100 && n < 100 + (burstMs / 20) ? null : 0 };

        call.Run(5000);

        int concealment = call.Steps.FindIndex(step => step.Operation == PlayoutOperation.Expand) * 80;
        Assert.InRange(Peak(call.Played, concealment, 160), 0.3f, 0.5f);
        Assert.InRange(Peak(call.Played, concealment + (burstMs * 8) - 80, 80), 0, burstMs == 200 ? 0.15f : 0.05f);
        Assert.InRange(call.LargestStep(), 0, SimulatedCall.ClickBound);
    }

    private static float Peak(List<float> samples, int from, int count) => samples.Skip(from).Take(count).Max(Math.Abs);
}
