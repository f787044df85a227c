using System.Net;
using System.Net.Sockets;
using RtcEnhance.Loopback;
using RtcEnhance.Testing;

namespace RtcEnhance.Browser.Network;

/// <summary>
/// The lossy network before both receivers: each packet that survives is handed to ours and sent to the mount that the
/// browser watches, at the same moment. Thread-safe.
/// </summary>
internal sealed class ForkedRelay : IDisposable
{
    public const int AudioStream = 0;
    public const int VideoStream = 1;

    private readonly ImpairmentRelay _relay = new();
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly UdpPort _audioOut;
    private readonly UdpPort _videoOut;

    /// <param name="network">What happens to the packets.</param>
    /// <param name="ours">Our receiver.</param>
    /// <param name="audioMount">The mount's audio port.</param>
    /// <param name="videoMount">The mount's video port.</param>
    public ForkedRelay(ImpairmentOptions network, Action<ReadOnlyMemory<byte>> ours, int audioMount, int videoMount)
    {
        _audioOut = new UdpPort(Fork(ours, audioMount));
        _videoOut = new UdpPort(Fork(ours, videoMount));
        ILossModel loss = network.CreateLossModel();
        AudioPort = _relay.AddStream(new ImpairmentModel(network, loss, AudioStream), _audioOut.EndPoint).Port;
        VideoPort = _relay.AddStream(new ImpairmentModel(network, loss, VideoStream), _videoOut.EndPoint).Port;
        _relay.Start();
    }

    /// <summary>Takes audio.</summary>
    public int AudioPort { get; }

    /// <summary>Takes video.</summary>
    public int VideoPort { get; }

    /// <summary>Every packet so far.</summary>
    public IReadOnlyList<PacketRecord> GetLog() => _relay.GetLog();

    public void Dispose()
    {
        _relay.Dispose();
        _audioOut.Dispose();
        _videoOut.Dispose();
        _socket.Dispose();
    }

    private Action<ReadOnlyMemory<byte>> Fork(Action<ReadOnlyMemory<byte>> ours, int mount)
    {
        var to = new IPEndPoint(IPAddress.Loopback, mount);
        return datagram =>
        {
            ours(datagram);
            try
            {
                _socket.SendTo(datagram.Span, to);
            }
            catch (SocketException)
            {
                // The mount is not there yet, or not any more.
            }
        };
    }
}
