namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>Item 4: timestamps wrap, jump, stand still, or run by the wrong clock.</summary>
public class Item04TimestampTests
{
    private const int MostWaitingPackets = 150;

    [Fact]
    public void Item04_Wrap_IsInvisible()
    {
        using var wrapping = new SimulatedCall { Timestamp = uint.MaxValue - 8000 };
        using var plain = new SimulatedCall();

        wrapping.Run(5000);
        plain.Run(5000);

        Assert.Equal(plain.Played, wrapping.Played);
        Assert.Equal(0, wrapping.Stats.ConcealedSamples);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(9_000)]
    [InlineData(60_000)]
    [InlineData(3_600_000)]
    [InlineData(-500)]
    [InlineData(-9_000)]
    [InlineData(-60_000)]
    [InlineData(-3_600_000)]
    public void Item04_JumpInSequence_ResynchronisesWithinASecond(int jumpMs)
    {
        using var call = new SimulatedCall { Timestamp = 200_000_000 };
        call.Run(5000);
        int jump = call.Played.Count;

        call.Timestamp = unchecked(call.Timestamp + (uint)(jumpMs * 8));
        call.Run(1000);
        InboundAudioStats back = call.Stats;
        call.Run(5000);

        Assert.Equal(back.ConcealedSamples, call.Stats.ConcealedSamples);
        Assert.Equal(back.LatePackets, call.Stats.LatePackets);
        Assert.InRange(call.LongestSilenceMs(jump), 0, 500);
        Assert.All(call.Steps, step => Assert.InRange(step.WaitingPackets, 0, MostWaitingPackets));
    }

    [Fact]
    public void Item04_Frozen_StaysBoundedAndRecovers()
    {
        using var call = new SimulatedCall();
        call.Run(5000);

        call.ExtraTicks = -160;
        call.Run(5000);
        call.ExtraTicks = 0;
        call.Run(2000);
        InboundAudioStats recovered = call.Stats;
        call.Run(3000);

        Assert.Equal(recovered.ConcealedSamples, call.Stats.ConcealedSamples);
        Assert.All(call.Steps, step => Assert.InRange(step.WaitingPackets, 0, MostWaitingPackets));
        Assert.InRange(call.LargestStep(), 0, 2 * SimulatedCall.ClickBound);
    }

    [Fact]
    public void Item04_G722ByItsClockOf8KHz_PlaysClean()
    {
        using var call = new SimulatedCall(new AudioFormat(16000)) { PayloadType = SimulatedCall.G722 };

        call.Run(5000);

        Assert.Equal(0, call.Stats.ConcealedSamples);
        Assert.InRange(call.LongestSilenceMs(16 * 200), 0, 0);
    }

    [Theory]
    [InlineData(160)]
    [InlineData(-80)]
    public void Item04_WrongClock_StaysBoundedAndIsHeard(int extraTicks)
    {
        using var call = new SimulatedCall(new AudioFormat(16000)) { PayloadType = SimulatedCall.G722, ExtraTicks = extraTicks };

        call.Run(30_000);

        Assert.All(call.Steps, step => Assert.InRange(step.WaitingPackets, 0, MostWaitingPackets));
        Assert.InRange((double)Origins.Spoken(call.Stats) / call.Stats.TotalSamplesReceived, 0.25, 1);
    }
}
