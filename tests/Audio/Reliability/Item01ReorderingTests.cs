namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>Item 1: reordering by 1 to 20 packets, duplicates, a duplicate of a packet whose turn is over.</summary>
public class Item01ReorderingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(20)]
    public void Item01_ReorderedWithinTheDelay_PlaysTheSameSamples(int depth)
    {
        using var inOrder = new SimulatedCall(delay: SimulatedCall.Fixed(500));
        using var reordered = new SimulatedCall(delay: SimulatedCall.Fixed(500)) { Delay = n => n > 0 && n % (depth + 1) == 0 ? (depth * 20) + 1 : 0 };

        inOrder.Run(5000);
        reordered.Run(5000);

        Assert.Equal(inOrder.Played, reordered.Played);
        Assert.Equal(0, reordered.Stats.ConcealedSamples);
        Assert.Equal(0, reordered.Stats.DuplicatePackets);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(20)]
    public void Item01_ReorderedBeyondTheDelay_TheDelayFollowsAndTheOrderIsKept(int depth)
    {
        using var call = new SimulatedCall { Delay = n => n > 0 && n % (depth + 1) == 0 ? (depth * 20) + 1 : 0 };
        call.Run(20_000);
        InboundAudioStats adapted = call.Stats;

        call.Run(10_000);

        Assert.Equal(adapted.ConcealedSamples, call.Stats.ConcealedSamples);
        Assert.Equal(adapted.LatePackets, call.Stats.LatePackets);
        Assert.InRange(call.LargestStep(), 0, SimulatedCall.ClickBound);
        for (int i = 1; i < call.Steps.Count; i++)
            Assert.InRange(RtpArithmetic.Distance(call.Steps[i].RtpTimestamp, call.Steps[i - 1].RtpTimestamp) + call.Steps[i].StretchedSamples, 0, 480);
    }

    [Fact]
    public void Item01_EveryPacketTwice_IsCountedAndChangesNothing()
    {
        using var once = new SimulatedCall();
        using var twice = new SimulatedCall();
        twice.OnSent = packet => twice.Enqueue(packet, twice.Clock.Elapsed.TotalMilliseconds + 1);

        once.Run(5000);
        twice.Run(5000);

        Assert.Equal(once.Played, twice.Played);
        Assert.InRange(twice.Stats.DuplicatePackets, twice.Sent - 2, twice.Sent);
        Assert.Equal(0, twice.Stats.LatePackets);
    }

    [Fact]
    public void Item01_CopiesOfAPacketWhoseTurnIsOver_AreCountedAndNotHeard()
    {
        using var call = new SimulatedCall(delay: SimulatedCall.Fixed(60)) { Delay = n => n == 100 ? 300 : 0 };
        call.OnSent = packet =>
        {
            if (packet.SequenceNumber is 100 or 120)
                call.Enqueue(packet, call.Clock.Elapsed.TotalMilliseconds + 400);
        };

        call.Run(5000);

        InboundAudioStats stats = call.Stats;
        Assert.Equal(1, stats.LatePackets);
        Assert.Equal(1, stats.PacketsDiscarded);
        Assert.Equal(2, stats.DuplicatePackets);
        Assert.Equal(160, stats.ConcealedSamples);
        Assert.InRange(call.LargestStep(), 0, SimulatedCall.ClickBound);
    }
}
