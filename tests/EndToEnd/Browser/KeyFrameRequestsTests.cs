using System.Net;
using System.Net.Sockets;
using RtcEnhance.Browser.Network;

namespace RtcEnhance.EndToEnd.Tests.Browser;

/// <summary>Requests for key frames find their way from both receivers to the sender.</summary>
public sealed class KeyFrameRequestsTests
{
    private const uint Ssrc = 0x0102_0304;

    private static readonly byte[] PictureLoss = [0x81, 206, 0, 2, 0, 0, 0, 1, 1, 2, 3, 4];

    [Fact]
    public void Send_OurReceiver_AsksTheSender()
    {
        using Socket mount = Bind();
        using Socket sender = Bind();
        using var requests = new KeyFrameRequests(Port(mount), Ssrc) { SenderPort = Port(sender) };

        requests.Send();

        Assert.Equal(PictureLoss, Receive(sender, out _));
        Assert.Equal((1, 0), (requests.Ours, requests.Browsers));
    }

    [Fact]
    public void Receive_RequestBehindAReport_IsHandedOn()
    {
        using Socket mount = Bind();
        using Socket sender = Bind();
        using var requests = new KeyFrameRequests(Port(mount), Ssrc) { SenderPort = Port(sender) };
        byte[] hello = Receive(mount, out EndPoint from);
        Assert.Equal([0x80, 201, 0, 1, 1, 2, 3, 4], hello);

        mount.SendTo([0x80, 201, 0, 1, 0, 0, 0, 9], from);
        mount.SendTo([0x80, 201, 0, 1, 0, 0, 0, 9, 0x81, 206, 0, 2, 0, 0, 0, 9, 1, 2, 3, 4], from);

        Assert.Equal(PictureLoss, Receive(sender, out _));
        Assert.Equal((0, 1), (requests.Ours, requests.Browsers));
    }

    private static Socket Bind()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 30_000 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static int Port(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private static byte[] Receive(Socket socket, out EndPoint from)
    {
        from = new IPEndPoint(IPAddress.Any, 0);
        var buffer = new byte[100];
        int length = socket.ReceiveFrom(buffer, ref from);
        return buffer[..length];
    }
}
