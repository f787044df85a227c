using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace RtcEnhance.Browser.Network;

/// <summary>
/// Brings both receivers' requests for key frames to the sender: ours by <see cref="Send"/>, the browser's as the mount's
/// RTCP tells them. Thread-safe.
/// </summary>
internal sealed class KeyFrameRequests : IDisposable
{
    private static readonly TimeSpan HelloInterval = TimeSpan.FromSeconds(1);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 100 };
    private readonly EndPoint _mount;
    private readonly Thread _thread;
    private readonly uint _ssrc;
    private volatile EndPoint? _sender;
    private volatile bool _stopping;
    private int _ours;
    private int _browsers;

    /// <param name="mountRtcpPort">The mount's RTCP port.</param>
    /// <param name="ssrc">SSRC of the video.</param>
    public KeyFrameRequests(int mountRtcpPort, uint ssrc)
    {
        _ssrc = ssrc;
        _mount = new IPEndPoint(IPAddress.Loopback, mountRtcpPort);
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _thread = new Thread(Run) { Name = "key frame requests", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The sender's RTCP port, once it is known.</summary>
    public int SenderPort { set => _sender = new IPEndPoint(IPAddress.Loopback, value); }

    /// <summary>Requests of our receiver.</summary>
    public int Ours => Volatile.Read(ref _ours);

    /// <summary>Requests of the browser.</summary>
    public int Browsers => Volatile.Read(ref _browsers);

    /// <summary>Our receiver needs a key frame.</summary>
    public void Send()
    {
        Interlocked.Increment(ref _ours);
        Forward();
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Run()
    {
        var buffer = new byte[2048];
        long hello = 0;
        while (!_stopping)
        {
            try
            {
                if (TimeProvider.System.GetTimestamp() >= hello)
                {
                    // The mount sends its RTCP to wherever RTCP came from.
                    _socket.SendTo(EmptyReport(), _mount);
                    hello = TimeProvider.System.GetTimestamp() + (long)(HelloInterval.TotalSeconds * TimeProvider.System.TimestampFrequency);
                }

                int length = _socket.Receive(buffer);
                if (!AsksForKeyFrame(buffer.AsSpan(0, length)))
                    continue;
                Interlocked.Increment(ref _browsers);
                Forward();
            }
            catch (SocketException)
            {
                // Nothing came, or the other side is not there yet.
            }
        }
    }

    private void Forward()
    {
        if (_sender is not { } sender)
            return;
        try
        {
            _socket.SendTo(PictureLoss(), sender);
        }
        catch (SocketException)
        {
            // The call has ended.
        }
    }

    /// <summary>A compound packet with PLI (RFC 4585 section 6.3.1) or FIR (RFC 5104 section 4.3.1) in it.</summary>
    private static bool AsksForKeyFrame(ReadOnlySpan<byte> compound)
    {
        while (compound.Length >= 4)
        {
            if (compound[1] == 206 && (compound[0] & 31) is 1 or 4)
                return true;
            int bytes = 4 * (BinaryPrimitives.ReadUInt16BigEndian(compound[2..]) + 1);
            if (bytes > compound.Length)
                return false;
            compound = compound[bytes..];
        }

        return false;
    }

    private byte[] PictureLoss()
    {
        var packet = new byte[12];
        packet[0] = 0x81;
        packet[1] = 206;
        packet[3] = 2;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), _ssrc);
        return packet;
    }

    /// <summary>A receiver report about nobody.</summary>
    private byte[] EmptyReport()
    {
        var packet = new byte[8];
        packet[0] = 0x80;
        packet[1] = 201;
        packet[3] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), _ssrc);
        return packet;
    }
}
