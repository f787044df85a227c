using System.Globalization;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace RtcEnhance.Browser.Browsers;

/// <summary>
/// What the page looks like, by the browser's own remote protocol: Chromium's DevTools protocol, WebDriver BiDi in Firefox.
/// </summary>
internal sealed class Screenshot : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private int _lastId;

    private Screenshot()
    {
    }

    /// <summary>Takes a picture of the page.</summary>
    /// <param name="kind">The browser.</param>
    /// <param name="debugPort">Port of its remote protocol on 127.0.0.1.</param>
    /// <param name="path">Where the PNG file goes.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task TakeAsync(BrowserKind kind, int debugPort, string path, CancellationToken cancel)
    {
        using var screenshot = new Screenshot();
        string data = kind == BrowserKind.Chromium
            ? await screenshot.OfChromiumAsync(debugPort, cancel).ConfigureAwait(false)
            : await screenshot.OfFirefoxAsync(debugPort, cancel).ConfigureAwait(false);
        await File.WriteAllBytesAsync(path, Convert.FromBase64String(data), cancel).ConfigureAwait(false);
    }

    public void Dispose() => _socket.Dispose();

    private async Task<string> OfChromiumAsync(int port, CancellationToken cancel)
    {
        using var http = new HttpClient();
        JsonArray? targets = await http.GetFromJsonAsync<JsonArray>(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/json/list")), cancel).ConfigureAwait(false);
        JsonNode page = targets!.First(target => (string?)target!["type"] == "page")!;
        await _socket.ConnectAsync(new Uri((string)page["webSocketDebuggerUrl"]!), cancel).ConfigureAwait(false);
        return (string)(await CallAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png" }, cancel).ConfigureAwait(false))["data"]!;
    }

    private async Task<string> OfFirefoxAsync(int port, CancellationToken cancel)
    {
        await _socket.ConnectAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{port}/session")), cancel).ConfigureAwait(false);
        await CallAsync("session.new", new JsonObject { ["capabilities"] = new JsonObject() }, cancel).ConfigureAwait(false);
        JsonNode tree = await CallAsync("browsingContext.getTree", [], cancel).ConfigureAwait(false);
        string context = (string)tree["contexts"]![0]!["context"]!;
        string data = (string)(await CallAsync("browsingContext.captureScreenshot", new JsonObject { ["context"] = context }, cancel).ConfigureAwait(false))["data"]!;

        // A second session would be refused.
        await CallAsync("session.end", [], cancel).ConfigureAwait(false);
        return data;
    }

    private async Task<JsonNode> CallAsync(string method, JsonObject parameters, CancellationToken cancel)
    {
        int id = ++_lastId;
        string call = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters }.ToJsonString();
        await _socket.SendAsync(Encoding.UTF8.GetBytes(call), WebSocketMessageType.Text, true, cancel).ConfigureAwait(false);
        while (true)
        {
            JsonNode answer = await ReceiveAsync(cancel).ConfigureAwait(false);
            if ((int?)answer["id"] == id)
                return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer.ToJsonString()}");
        }
    }

    private async Task<JsonNode> ReceiveAsync(CancellationToken cancel)
    {
        using var message = new MemoryStream();
        var buffer = new byte[1 << 16];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), cancel).ConfigureAwait(false);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonNode.Parse(message.ToArray()) ?? throw new InvalidOperationException("The browser closed its remote protocol.");
    }
}
