namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>Item 5: payload type, codec, rate and packet time change in the middle of a call.</summary>
public class Item05ChangeTests
{
    [Fact]
    public void Item05_CodecAndRateChange_CostsAtMostOneFadeEach()
    {
        // All clocks run at the same time, as RFC 3551 has it; each change starts a packet.
        using var call = new SimulatedCall(new AudioFormat(48000));
        byte[] types = [SimulatedCall.Pcmu, SimulatedCall.Pcma, SimulatedCall.G722, SimulatedCall.Pcmu, SimulatedCall.Pausing];
        call.Run(2000);
        for (int i = 0; i < 20; i++)
        {
            call.PayloadType = types[i % types.Length];
            call.Run(1000);
        }

        InboundAudioStats stats = call.Stats;
        Assert.InRange(stats.ConcealmentEvents, 0, 20);
        Assert.InRange(stats.ConcealedSamples, 0, 20 * 480);
        Assert.InRange(call.LongestSilenceMs(48 * 200), 0, 0);
        Assert.InRange(call.LargestStep(), 0, SimulatedCall.ClickBound);
        Assert.Equal(0, stats.LatePackets);
    }

    [Theory]
    [InlineData(SimulatedCall.Pcmu, SimulatedCall.L16Wide)]
    [InlineData(SimulatedCall.L16Wide, SimulatedCall.G722)]
    [InlineData(SimulatedCall.G722, SimulatedCall.L16Stereo)]
    public void Item05_RtpClockRateChanges_AudioIsBackWithin200Ms(byte before, byte after)
    {
        using var call = new SimulatedCall(new AudioFormat(48000)) { PayloadType = before };
        call.Run(3000);
        int change = call.Played.Count;

        call.PayloadType = after;
        call.Run(200);
        long concealed = call.Stats.ConcealedSamples;
        call.Run(3000);

        Assert.Equal(concealed, call.Stats.ConcealedSamples);
        Assert.InRange(call.LongestSilenceMs(change), 0, 200);
        Assert.InRange(call.LargestStep(), 0, SimulatedCall.ClickBound);
    }

    [Theory]
    [InlineData(20, 10)]
    [InlineData(20, 40)]
    [InlineData(20, 60)]
    [InlineData(20, 120)]
    [InlineData(120, 10)]
    [InlineData(60, 20)]
    [InlineData(10, 120)]
    public void Item05_PacketTimeChanges_CostsAtMostOneConcealment(int beforeMs, int afterMs)
    {
        using var call = new SimulatedCall { PacketMs = beforeMs };
        call.Run(5000);
        long before = call.Stats.ConcealmentEvents;

        call.PacketMs = afterMs;
        call.Run(10_000);

        Assert.InRange(call.Stats.ConcealmentEvents - before, 0, 1);
        Assert.InRange(call.Stats.ConcealedSamples, 0, 8 * 240);
        Assert.Equal(0, call.Stats.LatePackets);
        Assert.InRange(call.LargestStep(), 0, SimulatedCall.ClickBound);
        Assert.InRange(call.Steps[^1].DelayMs, 0, call.Steps[^1].TargetMs + 40);
    }
}
