namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>Item 2: the sequence number wraps, and the packets around it are lost; elsewhere losing 65535 stalls for 327 s.</summary>
public class Item02SequenceWrapTests
{
    private const ushort FirstSequence = 65_400;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(65_535, 1)]
    [InlineData(65_536, 1)]
    [InlineData(65_535, 2)]
    [InlineData(65_530, 6)]
    [InlineData(65_530, 12)]
    public void Item02_LossAroundTheWrap_CostsExactlyTheMissingTime(int firstLost, int lost)
    {
        using var call = new SimulatedCall(delay: SimulatedCall.Fixed(60))
        {
            Sequence = FirstSequence,
            Delay = n => n + FirstSequence >= firstLost && n + FirstSequence < firstLost + lost ? null : 0,
        };

        call.Run(10_000);

        InboundAudioStats stats = call.Stats;
        Assert.Equal(lost * 160, stats.ConcealedSamples);
        Assert.Equal(lost > 0 ? 1 : 0, stats.ConcealmentEvents);
        Assert.Equal(lost, stats.PacketsLost);
        Assert.Equal(0, stats.PacketsDiscarded);
        Assert.InRange(call.LargestStep(), 0, SimulatedCall.ClickBound);
    }
}
