using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>Item 11: payloads and headers that are nonsense. A million of them run in <c>bench fuzz</c>.</summary>
public class Item11MalformedTests
{
    [Theory]
    [InlineData(SimulatedCall.L16Wide, 0)]
    [InlineData(SimulatedCall.L16Wide, 1)]
    [InlineData(SimulatedCall.L16Wide, 65_535)]
    [InlineData(SimulatedCall.Pcmu, 0)]
    [InlineData(SimulatedCall.Pcmu, 65_535)]
    [InlineData(SimulatedCall.G722, 0)]
    [InlineData(SimulatedCall.G722, 65_535)]
    [InlineData(SimulatedCall.ComfortNoise, 0)]
    [InlineData(SimulatedCall.ComfortNoise, 65_535)]
    [InlineData(SimulatedCall.Events, 1)]
    [InlineData(SimulatedCall.Events, 65_535)]
    public void Item11_PayloadOfAnySize_IsPlayedOrCountedAndTheCallGoesOn(byte payloadType, int bytes)
    {
        using var call = new SimulatedCall();
        call.Run(1000);
        for (int i = 0; i < 20; i++)
        {
            call.Send(payloadType, new byte[bytes]);
            call.Timestamp += 160;
            call.Run(100);
        }

        call.Run(2000);
        InboundAudioStats before = call.Stats;
        call.Run(2000);

        Assert.Equal(before.ConcealedSamples, call.Stats.ConcealedSamples);
        Assert.Equal(8 * 2000, Origins.Spoken(call.Stats) - Origins.Spoken(before));
    }

    [Fact]
    public void Item11_UndecodablePayloads_AreCounted()
    {
        using var call = new SimulatedCall();
        call.Run(1000);
        for (int i = 0; i < 10; i++)
        {
            call.Send(SimulatedCall.Pcmu, []);
            call.Timestamp += 160;
            call.Run(20);
        }

        call.Run(1000);

        Assert.Equal(10, call.Stats.UndecodablePackets);
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("80000001000000000000")]
    [InlineData("A00000010000000000000001FF")]
    [InlineData("A0000001000000000000000100")]
    [InlineData("A00000010000000000000001AA05")]
    [InlineData("90000001000000000000000100")]
    [InlineData("900000010000000000000001BEDEFFFF00000000")]
    [InlineData("8F0000010000000000000001AABBCCDD")]
    [InlineData("000000010000000000000001AA")]
    public void Item11_BrokenHeader_IsRefusedByTheParser(string hex)
        => Assert.False(RtpPacket.TryParse(Convert.FromHexString(hex), 0, out _));

    [Fact]
    public void Item11_RandomHeadersAmongACall_NeverBreakItForLong()
    {
        var random = new Random(11);
        using var call = new SimulatedCall();
        for (int i = 0; i < 20_000; i++)
        {
            var datagram = new byte[12 + (random.Next(50) == 0 ? random.Next(65_524) : random.Next(300))];
            random.NextBytes(datagram.AsSpan(1, 11));
            datagram[0] = 0x80;
            if (RtpPacket.TryParse(datagram, call.Clock.GetTimestamp(), out RtpPacket packet))
                call.Enqueue(packet, call.Clock.Elapsed.TotalMilliseconds + random.Next(30));
            if (random.Next(3) == 0)
                call.Run(10);
        }

        call.Run(3000);
        InboundAudioStats before = call.Stats;
        call.Run(2000);

        Assert.Equal(8 * 2000, Origins.Spoken(call.Stats) - Origins.Spoken(before));
    }

    [Fact]
    public void Item11_Parser_TwentyThousandDatagrams_AddUp()
        => Assert.InRange(RtpFuzz.Run(20_000, 11).Packets, 1, 20_000);
}
