using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace RtcEnhance.Browser.Janus;

/// <summary>A session of Janus's HTTP API: requests, and a long poll for the events that answer some of them. Thread-safe.</summary>
internal sealed class JanusSession : IAsyncDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonObject>> _pending = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly Uri _server;
    private string _path = "";
    private Task _polling = Task.CompletedTask;
    private int _lastTransaction;

    private JanusSession(Uri server) => _server = server;

    public static async Task<JanusSession> OpenAsync(Uri server, CancellationToken cancel)
    {
        var session = new JanusSession(server);
        JsonObject answer = await session.PostAsync("", new JsonObject { ["janus"] = "create" }, cancel).ConfigureAwait(false);
        session._path = $"/{answer["data"]!["id"]}";
        session._polling = session.PollAsync();
        return session;
    }

    /// <summary>Attaches to a plugin.</summary>
    /// <returns>The handle's path.</returns>
    public async Task<string> AttachAsync(string plugin, CancellationToken cancel)
    {
        JsonObject answer = await PostAsync(_path, new JsonObject { ["janus"] = "attach", ["plugin"] = plugin }, cancel).ConfigureAwait(false);
        return $"{_path}/{answer["data"]!["id"]}";
    }

    /// <summary>Sends a plugin a message that may carry a session description.</summary>
    /// <returns>The plugin's answer: its data, and a session description where there is one.</returns>
    public async Task<(JsonObject Data, JsonObject? Jsep)> SendAsync(string handle, JsonObject body, JsonObject? jsep, CancellationToken cancel)
    {
        var message = new JsonObject { ["janus"] = "message", ["body"] = body };
        if (jsep is not null)
            message["jsep"] = jsep;
        JsonObject answer = await PostAsync(handle, message, cancel).ConfigureAwait(false);
        JsonObject data = answer["plugindata"]?["data"] as JsonObject ?? [];
        if (data["error"] is { } error)
            throw new InvalidOperationException($"Janus refused {body["request"]}: {error}");
        return (data, answer["jsep"] as JsonObject);
    }

    public Task DetachAsync(string handle, CancellationToken cancel) => PostAsync(handle, new JsonObject { ["janus"] = "detach" }, cancel);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _polling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
        _ending.Dispose();
    }

    private async Task<JsonObject> PostAsync(string path, JsonObject request, CancellationToken cancel)
    {
        string transaction = $"t{Interlocked.Increment(ref _lastTransaction)}";
        request["transaction"] = transaction;
        var pending = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[transaction] = pending;
        try
        {
            using HttpResponseMessage response = await _http.PostAsJsonAsync(new Uri(_server + path), request, cancel).ConfigureAwait(false);
            JsonObject answer = (await response.Content.ReadFromJsonAsync<JsonObject>(cancel).ConfigureAwait(false))!;
            return (string?)answer["janus"] switch
            {
                "ack" => await pending.Task.WaitAsync(TimeSpan.FromSeconds(30), cancel).ConfigureAwait(false),
                "error" => throw new InvalidOperationException($"Janus refused {request["janus"]}: {answer["error"]?["reason"]}"),
                _ => answer,
            };
        }
        finally
        {
            _pending.TryRemove(transaction, out _);
        }
    }

    private async Task PollAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            JsonObject? happened = await _http.GetFromJsonAsync<JsonObject>(new Uri($"{_server}{_path}?maxev=1"), _ending.Token).ConfigureAwait(false);
            if ((string?)happened?["transaction"] is { } transaction && _pending.TryRemove(transaction, out TaskCompletionSource<JsonObject>? pending))
                pending.TrySetResult(happened);
        }
    }
}
