using System.Net;
using System.Net.Sockets;

namespace RtcEnhance.ConferencePage.Tests;

public class LossyPortTests
{
    private static readonly byte[] Sound = [128, 111, .. new byte[20]];
    private static readonly byte[] Picture = [128, 96, .. new byte[20]];
    private static readonly byte[] Report = [128, 200, .. new byte[20]];

    [Fact]
    public void Loss_Total_StopsItsMediaAlone_AndAnswersGoBack()
    {
        using var host = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var browser = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var port = new LossyPort((IPEndPoint)host.Client.LocalEndPoint!) { SoundPayloadType = 111, SoundLoss = 1 };
        var to = new IPEndPoint(IPAddress.Loopback, port.Port);

        foreach (byte[] packet in new[] { Sound, Picture, Sound, Report })
            browser.Send(packet, to);

        IPEndPoint? from = null;
        Assert.Equal(Picture, host.Receive(ref from));
        Assert.Equal(Report, host.Receive(ref from));
        host.Send(Report, from);
        Assert.Equal(Report, browser.Receive(ref from));
        Assert.Equal(to, from);
    }
}
