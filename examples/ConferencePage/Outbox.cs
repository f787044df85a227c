using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;

namespace RtcEnhance.ConferencePage;

/// <summary>
/// What goes to a page: text and sound in order, of each kind of picture the newest. A slow page sees fewer pictures and
/// hears gaps, but nothing late, and misses no text. Thread-safe.
/// </summary>
internal sealed class Outbox : IDisposable
{
    private const int MostMessages = 50;

    private readonly WebSocket _socket;
    private readonly Channel<(WebSocketMessageType Type, byte[] Data)> _messages = Channel.CreateUnbounded<(WebSocketMessageType, byte[])>();
    private readonly byte[]?[] _pictures = new byte[2][];
    private readonly Task _sending;

    public Outbox(WebSocket socket)
    {
        _socket = socket;
        _sending = SendAsync();
    }

    public void Post<T>(T message) => _messages.Writer.TryWrite((WebSocketMessageType.Text, JsonSerializer.SerializeToUtf8Bytes(message)));

    public void PostSound(byte[] data)
    {
        if (_messages.Reader.Count < MostMessages)
            _messages.Writer.TryWrite((WebSocketMessageType.Binary, data));
    }

    /// <summary>A picture in place of the one of its kind that is not sent yet.</summary>
    public void PostPicture(int kind, byte[] data)
    {
        if (Interlocked.Exchange(ref _pictures[kind], data) is null)
            _messages.Writer.TryWrite((WebSocketMessageType.Close, [(byte)kind]));
    }

    public void Dispose()
    {
        _messages.Writer.TryComplete();
        _socket.Abort();
        _sending.Wait();
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach ((WebSocketMessageType type, byte[] data) in _messages.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                // A note that a picture lies there: it is taken now, as new as it is by then.
                if (type != WebSocketMessageType.Close)
                    await _socket.SendAsync(data, type, true, default).ConfigureAwait(false);
                else if (Interlocked.Exchange(ref _pictures[data[0]], null) is { } picture)
                    await _socket.SendAsync(picture, WebSocketMessageType.Binary, true, default).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException or IOException or InvalidOperationException)
        {
            // The page is gone; whoever reads from it learns so, too.
        }
    }
}
