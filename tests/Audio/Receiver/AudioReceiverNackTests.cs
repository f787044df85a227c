namespace RtcEnhance.Audio.Tests.Receiver;

/// <summary>Lists of packets to ask for again, and what becomes of them.</summary>
public class AudioReceiverNackTests
{
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(60);

    [Fact]
    public void GetNackList_LossWithTimeLeft_IsAskedForOncePerRoundTripAndHeardWhenItComes()
    {
        using CallHarness call = Call(300);
        var asked = new List<(int Block, ushort Sequence)>();
        var list = new ushort[8];
        for (int block = 0; block < 400; block++)
        {
            if (block % 2 == 0 && block / 2 is not (50 or 52))
                Assert.Equal(InsertResult.Accepted, call.Receiver.InsertPacket(Packet(call, block / 2)));

            // The sender answers the second request for each.
            int count = call.Receiver.GetNackList(RoundTrip, list);
            for (int i = 0; i < count; i++)
            {
                asked.Add((block, list[i]));
                if (asked.Count(request => request.Sequence == list[i]) == 2)
                    Assert.Equal(InsertResult.Accepted, call.Receiver.InsertPacket(Packet(call, list[i])));
            }

            call.Pull();
        }

        Assert.Equal([50, 50, 52, 52], asked.Select(request => (int)request.Sequence).Order());
        foreach (IGrouping<ushort, (int Block, ushort Sequence)> requests in asked.GroupBy(request => request.Sequence))
            Assert.InRange(requests.Last().Block - requests.First().Block, 6, 7);
        InboundAudioStats stats = call.Receiver.GetStats();
        Assert.Equal((0, 0), (stats.ConcealedSamples, stats.PacketsLost));
        Assert.Equal(asked.Select(request => request.Block).Distinct().Count(), stats.NackCount);
    }

    [Fact]
    public void GetNackList_TooLateForARoundTrip_IsEmpty()
    {
        using CallHarness call = Call(60);
        var list = new ushort[8];
        for (int block = 0; block < 200; block++)
        {
            if (block % 2 == 0 && block != 100)
                call.Receiver.InsertPacket(Packet(call, block / 2));
            Assert.Equal(0, call.Receiver.GetNackList(TimeSpan.FromMilliseconds(100), list));
            call.Pull();
        }

        Assert.Equal(0, call.Receiver.GetStats().NackCount);
        Assert.Equal(160, call.Receiver.GetStats().ConcealedSamples);
    }

    [Fact]
    public void GetNackList_NewStream_IsNotMeasuredByThePlaceInTheOldOne()
    {
        using CallHarness call = Call(300);
        var list = new ushort[8];
        for (int block = 0; block < 200; block++)
        {
            if (block % 2 == 0)
                call.Receiver.InsertPacket(Packet(call, block / 2));
            call.Pull();
        }

        // The old stream's timestamps are far below; nothing of the new one was decoded yet.
        for (int block = 0; block < 20; block++)
        {
            if (block % 2 == 0 && block != 6)
                call.Receiver.InsertPacket(Packet(call, (block / 2) + 1000, ssrc: 2, timestamp: 4_000_000));
            Assert.Equal(0, call.Receiver.GetNackList(RoundTrip, list));
            call.Pull();
        }
    }

    private static CallHarness Call(int delayMs) => new(options => new AudioReceiverOptions
    {
        Time = options.Time,
        OutputFormat = options.OutputFormat,
        Decoders = options.Decoders,
        Enhancement = new EnhancementOptions { PlayoutDelay = PlayoutDelayOptions.Fixed(TimeSpan.FromMilliseconds(delayMs)) },
    });

    private static RtpPacket Packet(CallHarness call, int sequence, uint ssrc = 1, uint timestamp = 0)
        => new(ssrc, (ushort)sequence, timestamp + (uint)(sequence * 160), 0, false, call.Clock.GetTimestamp(), ToneCodec.Encode(sequence));
}
