using System.Net;
using System.Net.Sockets;

namespace RtcEnhance.Loopback;

/// <summary>A UDP port on 127.0.0.1 whose datagrams are handed on by a thread of its own.</summary>
internal sealed class UdpPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
    private readonly Thread _thread;
    private volatile bool _stopping;

    public UdpPort(Action<ReadOnlyMemory<byte>> onDatagram)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.ReceiveTimeout = 100;
        _thread = new Thread(() => Run(onDatagram)) { Name = "loopback network", IsBackground = true, Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Run(Action<ReadOnlyMemory<byte>> onDatagram)
    {
        var buffer = new byte[65536];
        while (!_stopping)
        {
            try
            {
                int length = _socket.Receive(buffer);
                onDatagram(buffer.AsSpan(0, length).ToArray());
            }
            catch (SocketException)
            {
                // Nothing came, or an earlier datagram met a closed port: look whether the call is over.
            }
        }
    }
}
