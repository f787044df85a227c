using System.Net;
using System.Net.Sockets;
using RtcEnhance.Testing;

namespace RtcEnhance.Tests.Impairment;

public class ImpairmentRelayTests
{
    private const int Packets = 60;

    private static readonly ImpairmentOptions Doubling = new() { BaseDelay = TimeSpan.FromMilliseconds(5), DuplicatePercent = 100 };

    private static UdpClient Receiver()
    {
        var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        client.Client.ReceiveTimeout = 30_000;
        return client;
    }

    private static IPEndPoint EndPoint(UdpClient client) => (IPEndPoint)client.Client.LocalEndPoint!;

    [Fact]
    public void Streams_ThroughTheRelay_ReachTheirOwnDestinations()
    {
        using UdpClient audio = Receiver(), video = Receiver(), sender = Receiver();
        using var relay = new ImpairmentRelay();
        IPEndPoint toAudio = relay.AddStream(new ImpairmentModel(Doubling, null, 0), EndPoint(audio));
        IPEndPoint toVideo = relay.AddStream(new ImpairmentModel(new ImpairmentOptions(), null, 1), EndPoint(video));
        relay.Start();

        for (byte i = 0; i < Packets; i++)
        {
            sender.Send([i], toAudio);
            sender.Send([i, 1], toVideo);
        }

        IPEndPoint? from = null;
        int[] copies = new int[Packets];
        for (int i = 0; i < 2 * Packets; i++)
            copies[Assert.Single(audio.Receive(ref from))]++;
        for (byte i = 0; i < Packets; i++)
            Assert.Equal([i, 1], video.Receive(ref from));
        Assert.All(copies, c => Assert.Equal(2, c));
        Assert.Equal(0, relay.Undeliverable);

        IReadOnlyList<PacketRecord> log = relay.GetLog();
        Assert.Equal(2 * Packets, log.Count);
        Assert.Equal(Enumerable.Range(0, Packets), log.Where(r => r.Stream == 0).Select(r => r.Index));
        Assert.All(log.Where(r => r.Stream == 1), r => Assert.Equal((2, r.Fate.SentAt), (r.Bytes, r.Fate.DeliveredAt)));
    }

    [Fact]
    public void LostAndEmptyDatagrams_AreLoggedAndTheRelayGoesOn()
    {
        using UdpClient receiver = Receiver(), sender = Receiver();
        using var relay = new ImpairmentRelay();
        var allLost = new LossTrace([true], TimeSpan.FromMilliseconds(20));
        IPEndPoint lossy = relay.AddStream(new ImpairmentModel(new ImpairmentOptions(), allLost, 0), EndPoint(receiver));
        IPEndPoint clean = relay.AddStream(new ImpairmentModel(new ImpairmentOptions(), null, 1), EndPoint(receiver));
        relay.Start();

        sender.Send([1, 2, 3], lossy);
        sender.Send([], clean);
        sender.Send([9], clean);

        IPEndPoint? from = null;
        Assert.Empty(receiver.Receive(ref from));
        Assert.Equal([9], receiver.Receive(ref from));
        Assert.True(Assert.Single(relay.GetLog(), r => r.Stream == 0).Fate.IsLost);
    }

    [Fact]
    public void Relay_WronglySetUp_SaysWhatIsWrong()
    {
        using var relay = new ImpairmentRelay();
        var model = new ImpairmentModel(new ImpairmentOptions(), null, 0);

        Assert.Throws<InvalidOperationException>(relay.Start);
        Assert.Contains("10.1.2.3", Assert.Throws<ArgumentException>(
            () => relay.AddStream(model, new IPEndPoint(IPAddress.Parse("10.1.2.3"), 9))).Message, StringComparison.Ordinal);

        relay.AddStream(model, new IPEndPoint(IPAddress.Loopback, 9));
        relay.Start();
        Assert.Throws<InvalidOperationException>(relay.Start);
        Assert.Throws<InvalidOperationException>(() => relay.AddStream(model, new IPEndPoint(IPAddress.Loopback, 9)));
    }
}
