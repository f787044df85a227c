using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace RtcEnhance.Browser.Browsers;

/// <summary>
/// Serves the page and the clips on 127.0.0.1, and calls the page's functions: the page asks what to do next and posts
/// what came of it. One page for one server. Thread-safe.
/// </summary>
internal sealed class PageServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _media;
    private readonly BlockingCollection<JsonObject> _calls = [];
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode?>> _pending = [];
    private readonly ConcurrentDictionary<string, byte[]> _uploads = [];
    private readonly TaskCompletionSource _isOpen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<string> _log;
    private int _lastCall;

    /// <param name="media">Directory of the clips.</param>
    /// <param name="log">Told what the page reports.</param>
    public PageServer(string media, Action<string> log)
    {
        _media = media;
        _log = log;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Tcp()}/"));
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    public Uri Address { get; }

    /// <summary>Ends when the page has been opened.</summary>
    public Task Opened => _isOpen.Task;

    /// <summary>Calls a function of the page.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="arguments">Its only argument.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>What it returned.</returns>
    public async Task<JsonNode?> CallAsync(string function, JsonObject arguments, CancellationToken cancel)
    {
        int id = Interlocked.Increment(ref _lastCall);
        var pending = new TaskCompletionSource<JsonNode?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = pending;
        _calls.Add(new JsonObject { ["id"] = id, ["call"] = function, ["args"] = arguments }, cancel);
        return await pending.Task.WaitAsync(TimeSpan.FromSeconds(60), cancel).ConfigureAwait(false);
    }

    /// <summary>Takes what the page uploaded under a name.</summary>
    public byte[]? TakeUpload(string name) => _uploads.TryRemove(name, out byte[]? data) ? data : null;

    public void Dispose()
    {
        _listener.Close();
        _calls.Dispose();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync().ConfigureAwait(false);
                _ = Task.Run(() => AnswerAsync(context));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            string path = context.Request.Url!.AbsolutePath;
            byte[] body = [];
            if (context.Request.HasEntityBody)
            {
                using var memory = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(memory).ConfigureAwait(false);
                body = memory.ToArray();
            }

            (byte[] content, string type) = Answer(path, body);
            context.Response.ContentType = type;
            context.Response.Headers["Cache-Control"] = "no-store";
            context.Response.StatusCode = type.Length == 0 ? 404 : 200;
            context.Response.ContentLength64 = content.Length;
            await context.Response.OutputStream.WriteAsync(content).ConfigureAwait(false);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The browser went away in the middle of an answer.
        }
    }

    private (byte[] Content, string Type) Answer(string path, byte[] body)
    {
        switch (path)
        {
            case "/":
                _isOpen.TrySetResult();
                return (Resource("page/index.html"), "text/html; charset=utf-8");
            case "/page.js":
                return (Resource("page/page.js"), "text/javascript; charset=utf-8");
            case "/next":
                return (_calls.TryTake(out JsonObject? call, 500) ? Encoding.UTF8.GetBytes(call.ToJsonString()) : "null"u8.ToArray(), "application/json");
            case "/done":
                Complete(JsonNode.Parse(body)!.AsObject());
                return ([], "text/plain");
            case "/log":
                _log(Encoding.UTF8.GetString(body));
                return ([], "text/plain");
        }

        if (path.StartsWith("/upload/", StringComparison.Ordinal))
        {
            _uploads[path["/upload/".Length..]] = body;
            return ([], "text/plain");
        }

        string file = Path.Combine(_media, Path.GetFileName(path));
        return File.Exists(file) ? (File.ReadAllBytes(file), path.EndsWith(".webm", StringComparison.Ordinal) ? "video/webm" : "audio/wav") : ([], "");
    }

    private void Complete(JsonObject result)
    {
        if (!_pending.TryRemove((int)result["id"]!, out TaskCompletionSource<JsonNode?>? pending))
            return;
        if ((string?)result["error"] is { } error)
            pending.TrySetException(new InvalidOperationException($"the page: {error}"));
        else
            pending.TrySetResult(result["result"]?.DeepClone());
    }

    private static byte[] Resource(string name)
    {
        using Stream stream = typeof(PageServer).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
