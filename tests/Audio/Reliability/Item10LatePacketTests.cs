using RtcEnhance.Audio.Tests.Receiver;
using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>Item 10: a packet comes when its place is already concealed; in-band redundancy holds the last missing packet only.</summary>
public class Item10LatePacketTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Item10_LateForItsConcealedPlace_IsCountedDiscardedAndMergedRight(int late)
    {
        using var call = new SimulatedCall(delay: SimulatedCall.Fixed(60)) { Delay = n => n >= 100 && n < 100 + late ? 250 : 0 };

        call.Run(5000);

        InboundAudioStats stats = call.Stats;
        Assert.Equal(late, stats.LatePackets);
        Assert.Equal(late, stats.PacketsDiscarded);
        Assert.Equal(late * 160, stats.ConcealedSamples);
        Assert.Equal(1, stats.ConcealmentEvents);
        Assert.Equal(0, stats.PacketsLost);
        Assert.InRange(call.LargestStep(), 0, SimulatedCall.ClickBound);
    }

    [Fact]
    public void Item10_PacketArrivesWhileItsPlaceIsConcealed_IsHeardFromThere()
    {
        using var call = new SimulatedCall { Delay = n => n >= 100 ? 70 : 0 };

        call.Run(5000);

        // Nothing is missing: the stream waits for what is late, once.
        Assert.InRange(call.Stats.ConcealedSamples, 80, 80 * 8);
        Assert.Equal(1, call.Stats.ConcealmentEvents);
        Assert.Equal(0, call.Stats.PacketsDiscarded);
        Assert.InRange(call.LargestStep(), 0, SimulatedCall.ClickBound);
    }

    [Theory]
    [InlineData(1, true, 1)]
    [InlineData(2, true, 1)]
    [InlineData(5, true, 1)]
    [InlineData(1, false, 0)]
    public void Item10_InBandRedundancy_ServesExactlyTheLastMissingPacket(int lost, bool hasFec, int recovered)
    {
        var clock = new ManualTimeProvider();
        var decoder = new ScriptedDecoder { HasFec = hasFec };
        using var receiver = new AudioReceiver(new AudioReceiverOptions
        {
            Time = clock,
            OutputFormat = new AudioFormat(8000),
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [0] = () => decoder },
            Enhancement = new EnhancementOptions { PlayoutDelay = SimulatedCall.Fixed(60) },
        });
        var block = new float[80];
        for (int i = 0; i < 200; i++)
        {
            // Each packet has its own level, so that a recovered one is told from a concealed one.
            var payload = new byte[160];
            payload[0] = (byte)(i % 50);
            if (i is < 100 || i >= 100 + lost)
                receiver.InsertPacket(new RtpPacket(1, (ushort)i, (uint)(i * 160), 0, false, clock.GetTimestamp(), payload));
            receiver.GetAudio(block);
            clock.Advance(TimeSpan.FromMilliseconds(10));
            receiver.GetAudio(block);
            clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        InboundAudioStats stats = receiver.GetStats();
        Assert.Equal(recovered, stats.FecPacketsReceived);
        Assert.Equal((lost - recovered) * 160, stats.ConcealedSamples);
    }
}
