using System.Net;
using System.Net.WebSockets;

namespace RtcEnhance.ConferencePage;

/// <summary>Serves the page, and a WebSocket to each that is open. One thread at a time.</summary>
internal sealed class PageServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Action<string> _say;

    public PageServer(int port, Action<string> say)
    {
        _say = say;
        _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        _listener.Start();
    }

    public async Task RunAsync(CancellationToken stop)
    {
        using CancellationTokenRegistration end = stop.Register(_listener.Stop);
        while (!stop.IsCancellationRequested)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync().ConfigureAwait(false);
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                return;
            }

            _ = ServeAsync(context, stop);
        }
    }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync(HttpListenerContext context, CancellationToken stop)
    {
        try
        {
            if (context.Request.IsWebSocketRequest)
                await CallAsync(context, stop).ConfigureAwait(false);
            else
                await SendPageAsync(context).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or HttpListenerException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            _say($"a page is gone: {e.Message}");
        }
    }

    private async Task CallAsync(HttpListenerContext context, CancellationToken stop)
    {
        // A page of another origin must not use the camera that was granted to this one's.
        string? origin = context.Request.Headers["Origin"];
        if (origin is not null && new Uri(origin).Authority != context.Request.Url!.Authority)
        {
            context.Response.StatusCode = 403;
            context.Response.Close();
            return;
        }

        HttpListenerWebSocketContext socket = await context.AcceptWebSocketAsync(null).ConfigureAwait(false);
        using var outbox = new Outbox(socket.WebSocket);
        using var call = new PageCall(outbox, _say);
        _say("a page is here");
        await call.RunAsync(socket.WebSocket, stop).ConfigureAwait(false);
        _say("a page is gone");
    }

    private static async Task SendPageAsync(HttpListenerContext context)
    {
        HttpListenerResponse response = context.Response;
        if (context.Request.Url?.AbsolutePath == "/")
        {
            response.ContentType = "text/html; charset=utf-8";
            using Stream page = typeof(PageServer).Assembly.GetManifestResourceStream("page.html")!;
            await page.CopyToAsync(response.OutputStream).ConfigureAwait(false);
        }
        else
        {
            response.StatusCode = 404;
        }

        response.Close();
    }
}
