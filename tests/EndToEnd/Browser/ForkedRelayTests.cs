using System.Net;
using System.Net.Sockets;
using RtcEnhance.Browser.Network;
using RtcEnhance.Testing;

namespace RtcEnhance.EndToEnd.Tests.Browser;

/// <summary>What our receiver gets is what the browser's mount gets.</summary>
public sealed class ForkedRelayTests
{
    private const int Packets = 200;

    [Fact]
    public void Forward_LossyNetwork_BothGetTheSamePackets()
    {
        var ours = new List<int>();
        using var mount = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 30_000 };
        mount.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)mount.LocalEndPoint!).Port;
        var network = new ImpairmentOptions { LossPercent = 30, MeanBurst = TimeSpan.FromMilliseconds(2), LossSlot = TimeSpan.FromMilliseconds(1) };
        using var relay = new ForkedRelay(network, datagram => Add(ours, datagram), port, port);
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (int i = 0; i < Packets; i++)
        {
            sender.SendTo(BitConverter.GetBytes(i), new IPEndPoint(IPAddress.Loopback, relay.AudioPort));
            Thread.Sleep(1);
        }

        Assert.True(SpinWait.SpinUntil(() => relay.GetLog().Count == Packets, TimeSpan.FromSeconds(30)));
        int delivered = relay.GetLog().Count(packet => !packet.Fate.IsLost);
        Assert.InRange(delivered, 1, Packets - 1);
        var mounts = new List<int>();
        var buffer = new byte[sizeof(int)];
        while (mounts.Count < delivered)
        {
            mount.Receive(buffer);
            Add(mounts, buffer);
        }

        Assert.Equal(ours, mounts);
    }

    private static void Add(List<int> packets, ReadOnlyMemory<byte> datagram) => packets.Add(BitConverter.ToInt32(datagram.Span));
}
