using System.Net;
using System.Net.Sockets;

namespace RtcEnhance.Testing;

/// <summary>
/// A UDP relay on 127.0.0.1 that impairs what it forwards, in real time on a thread of its own; datagrams leave within
/// about a millisecond of their time. Each stream has a port of its own. Add the streams, then <see cref="Start"/>;
/// <see cref="GetLog"/> and <see cref="Dispose"/> from any thread.
/// </summary>
public sealed class ImpairmentRelay : IDisposable
{
    private const int LargestDatagram = 65_535;

    // The longest the thread waits without looking whether it is to end.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly Lock _lock = new();
    private readonly VirtualNetwork _network;
    private readonly List<Socket> _sockets = [];
    private readonly List<IPEndPoint> _destinations = [];
    private readonly byte[] _buffer = new byte[LargestDatagram];
    private Thread? _thread;
    private volatile bool _stopping;
    private long _undeliverable;

    /// <summary>A relay without streams.</summary>
    public ImpairmentRelay() => _network = new VirtualNetwork(_time);

    /// <summary>Datagrams that the machine refused to send on, as when nobody listens at the destination.</summary>
    public long Undeliverable => Interlocked.Read(ref _undeliverable);

    /// <summary>Adds a stream; before <see cref="Start"/>.</summary>
    /// <param name="model">Decides its packets' fates; used by this stream alone.</param>
    /// <param name="destination">Where its packets go, on 127.0.0.1.</param>
    /// <returns>Where to send its packets.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is not on 127.0.0.1.</exception>
    /// <exception cref="InvalidOperationException">The relay runs.</exception>
    public IPEndPoint AddStream(ImpairmentModel model, IPEndPoint destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (!destination.Address.Equals(IPAddress.Loopback))
            throw new ArgumentException($"The relay forwards to 127.0.0.1 alone, not to {destination.Address}.", nameof(destination));
        if (_thread is not null)
            throw new InvalidOperationException("Streams are added before the relay starts.");

        _network.AddStream(model);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveBufferSize = 1 << 20,
            Blocking = false,
        };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _sockets.Add(socket);
        _destinations.Add(destination);
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>Starts to forward.</summary>
    /// <exception cref="InvalidOperationException">The relay has no stream or was started before.</exception>
    public void Start()
    {
        if (_sockets.Count == 0)
            throw new InvalidOperationException("The relay has no stream.");
        if (_thread is not null)
            throw new InvalidOperationException("The relay was started before.");
        _thread = new Thread(Run) { Name = "RtcEnhance impairment relay", IsBackground = true, Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>Every packet that came to the relay so far, in the order it came.</summary>
    /// <returns>A copy.</returns>
    public IReadOnlyList<PacketRecord> GetLog()
    {
        lock (_lock)
            return [.. _network.Log];
    }

    /// <summary>Ends the thread and closes the ports; packets on their way are lost. A second call does nothing.</summary>
    public void Dispose()
    {
        _stopping = true;
        _thread?.Join();
        foreach (Socket socket in _sockets)
            socket.Dispose();
    }

    private void Run()
    {
        var readable = new List<Socket>(_sockets.Count);
        while (!_stopping)
        {
            Forward();
            readable.Clear();
            readable.AddRange(_sockets);
            Socket.Select(readable, null, null, NextWait());
            foreach (Socket socket in readable)
                Receive(_sockets.IndexOf(socket), socket);
        }
    }

    // Some systems round a wait down to whole milliseconds: less than one would turn the wait into a busy loop.
    private TimeSpan NextWait()
    {
        if (_network.NextDueTimestamp is not { } due)
            return LongestWait;
        TimeSpan left = _time.GetElapsedTime(_time.GetTimestamp(), due);
        return left < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1)
            : left < LongestWait ? left
            : LongestWait;
    }

    private void Receive(int stream, Socket socket)
    {
        try
        {
            // An empty datagram makes a socket readable with nothing available: read before asking.
            do
            {
                int bytes = socket.Receive(_buffer);
                lock (_lock)
                    _network.Send(stream, _buffer.AsSpan(0, bytes));
            }
            while (socket.Available > 0);
        }
        catch (SocketException e) when (e.SocketErrorCode != SocketError.WouldBlock)
        {
            // The system reports here that an earlier datagram met a closed port.
            Interlocked.Increment(ref _undeliverable);
        }
        catch (SocketException)
        {
            // Readable, but the datagram's checksum was wrong and the system dropped it.
        }
    }

    private void Forward()
    {
        while (_network.TryReceive(out DeliveredPacket packet))
        {
            try
            {
                _sockets[packet.Stream].SendTo(packet.Data.Span, _destinations[packet.Stream]);
            }
            catch (SocketException)
            {
                Interlocked.Increment(ref _undeliverable);
            }
        }
    }
}
