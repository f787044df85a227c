using System.Net;
using System.Net.Sockets;

namespace RtcEnhance.Baresip;

/// <summary>Ports of 127.0.0.1 that nobody uses at the moment. Thread-safe.</summary>
internal static class FreePort
{
    public static int Tcp()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static int Udp() => Bind(0);

    /// <summary>An even port whose odd neighbour is free, too: for RTP and RTCP.</summary>
    public static int UdpPair()
    {
        while (true)
        {
            int port = Udp() & ~1;
            try
            {
                Bind(port);
                Bind(port + 1);
                return port;
            }
            catch (SocketException)
            {
                // One of the two is taken: another pair.
            }
        }
    }

    private static int Bind(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
