using RtcEnhance.Testing;

namespace RtcEnhance.Tests.Impairment;

public class VirtualNetworkTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private static readonly ImpairmentOptions Rough = new()
    {
        LossPercent = 20,
        BaseDelay = TimeSpan.FromMilliseconds(40),
        Jitter = TimeSpan.FromMilliseconds(30),
        ReorderPercent = 2,
        DuplicatePercent = 5,
        Seed = 3,
    };

    /// <summary>A call of two streams: an audio packet every 20 ms, a video packet every 10 ms.</summary>
    private static (List<DeliveredPacket> Received, IReadOnlyList<PacketRecord> Log) Call(ImpairmentOptions options, int steps)
    {
        var time = new ManualTimeProvider();
        time.Advance(TimeSpan.FromSeconds(7));
        ILossModel loss = options.CreateLossModel();
        var network = new VirtualNetwork(time);
        int audio = network.AddStream(new ImpairmentModel(options, loss, 0));
        int video = network.AddStream(new ImpairmentModel(options, loss, 1));
        var received = new List<DeliveredPacket>();
        for (int i = 0; i < steps + 100; i++)
        {
            if (i < steps && i % 2 == 0)
                network.Send(audio, [(byte)(i / 2), 0xA0]);
            if (i < steps)
                network.Send(video, [(byte)i, 0x71, 0]);
            time.Advance(Step);
            while (network.TryReceive(out DeliveredPacket packet))
            {
                Assert.True(packet.DueTimestamp <= time.GetTimestamp());
                received.Add(packet);
            }
        }

        Assert.Null(network.NextDueTimestamp);
        return (received, network.Log);
    }

    [Fact]
    public void Call_Repeated_IsTheSame()
    {
        var first = Call(Rough, 2000);
        var second = Call(Rough, 2000);

        Assert.Equal(first.Log, second.Log);
        Assert.Equal(
            first.Received.Select(p => (p.Stream, p.Index, p.DueTimestamp, p.IsDuplicate)),
            second.Received.Select(p => (p.Stream, p.Index, p.DueTimestamp, p.IsDuplicate)));
    }

    [Fact]
    public void Call_OverARoughNetwork_DeliversWhatItsLogSays()
    {
        (List<DeliveredPacket> received, IReadOnlyList<PacketRecord> log) = Call(Rough, 2000);

        Assert.Equal(3000, log.Count);
        Assert.Contains(log, r => r.Fate.IsLost);
        Assert.Equal(log.Count(r => !r.Fate.IsLost), received.Count(p => !p.IsDuplicate));
        Assert.Equal(log.Count(r => r.Fate.DuplicateAt is not null), received.Count(p => p.IsDuplicate));
        Assert.All(received, p => Assert.Equal((byte)p.Index, p.Data.Span[0]));
        Assert.All(received, p => Assert.Equal(p.Stream == 0 ? 2 : 3, p.Data.Length));
    }

    [Fact]
    public void Packets_ComeOutInTheOrderOfTheirArrival()
    {
        List<DeliveredPacket> received = Call(Rough, 2000).Received;

        Assert.True(received.Zip(received.Skip(1), (a, b) => a.DueTimestamp <= b.DueTimestamp).All(inOrder => inOrder));
        Assert.Contains(received.Zip(received.Skip(1)), pair => pair.First.Stream == pair.Second.Stream && pair.Second.Index < pair.First.Index);
    }

    [Fact]
    public void Packet_OnItsWay_ComesNotBeforeItsTime()
    {
        var time = new ManualTimeProvider();
        var network = new VirtualNetwork(time);
        network.AddStream(new ImpairmentModel(new ImpairmentOptions { BaseDelay = TimeSpan.FromMilliseconds(40) }, null, 0));
        network.Send(0, [1]);

        Assert.Equal(TimeSpan.FromMilliseconds(40).Ticks, network.NextDueTimestamp);
        time.Advance(TimeSpan.FromTicks(399_999));
        Assert.False(network.TryReceive(out _));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.True(network.TryReceive(out DeliveredPacket packet));
        Assert.Equal(1, packet.Data.Span[0]);
    }
}
