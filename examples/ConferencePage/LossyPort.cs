using System.Net;
using System.Net.Sockets;

namespace RtcEnhance.ConferencePage;

/// <summary>
/// A UDP port before the host's own: what the browser sends goes through it, some of its media packets are lost there, and
/// the host's answers go back. Thread-safe.
/// </summary>
internal sealed class LossyPort : IDisposable
{
    private readonly Socket _outside = Open();
    private readonly Socket _inside = Open();
    private readonly IPEndPoint _host;
    private readonly Random _random = new(3);
    private volatile EndPoint? _browser;
    private volatile bool _isDisposed;
    private double _soundLoss;
    private double _pictureLoss;

    public LossyPort(IPEndPoint host)
    {
        _host = host;
        Start(Forward);
        Start(Return);
    }

    public int Port => ((IPEndPoint)_outside.LocalEndPoint!).Port;

    /// <summary>Payload type of the sound; the rest are pictures.</summary>
    public int SoundPayloadType { get; set; }

    /// <summary>Share of the sound's packets that are lost, 0 to 1.</summary>
    public double SoundLoss
    {
        get => Volatile.Read(ref _soundLoss);
        set => Volatile.Write(ref _soundLoss, value);
    }

    /// <summary>Share of the pictures' packets that are lost, 0 to 1; SIPSorcery asks for none of them again.</summary>
    public double PictureLoss
    {
        get => Volatile.Read(ref _pictureLoss);
        set => Volatile.Write(ref _pictureLoss, value);
    }

    public void Dispose()
    {
        _isDisposed = true;
        _outside.Dispose();
        _inside.Dispose();
    }

    private void Forward(byte[] buffer)
    {
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        int length = _outside.ReceiveFrom(buffer, ref from);
        _browser = from;
        if (IsMedia(buffer.AsSpan(0, length)) && _random.NextDouble() < ((buffer[1] & 0x7F) == SoundPayloadType ? SoundLoss : PictureLoss))
            return;
        _inside.SendTo(buffer.AsSpan(0, length), _host);
    }

    private void Return(byte[] buffer)
    {
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        int length = _inside.ReceiveFrom(buffer, ref from);
        if (_browser is { } browser)
            _outside.SendTo(buffer.AsSpan(0, length), browser);
    }

    // RTP, and neither RTCP (RFC 5761 section 4) nor STUN nor DTLS (RFC 7983).
    private static bool IsMedia(ReadOnlySpan<byte> packet)
        => packet.Length > 12 && packet[0] is >= 128 and < 192 && (packet[1] & 0x7F) is < 64 or >= 96;

    private void Start(Action<byte[]> step) => new Thread(() =>
    {
        var buffer = new byte[65536];
        while (!_isDisposed)
        {
            try
            {
                step(buffer);
            }
            catch (SocketException)
            {
                // An earlier datagram met a closed port, or this one is being closed.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    })
    { Name = "lossy port", IsBackground = true }.Start();

    private static Socket Open()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }
}
