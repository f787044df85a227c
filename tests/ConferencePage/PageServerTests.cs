using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace RtcEnhance.ConferencePage.Tests;

public sealed class PageServerTests : IDisposable
{
    private readonly int _port = FreePort();
    private readonly PageServer _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public PageServerTests()
    {
        _server = new PageServer(_port, static _ => { });
        _running = _server.RunAsync(_stop.Token);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _running.GetAwaiter().GetResult();
        _server.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task Get_TheRoot_IsThePage()
    {
        using var client = new HttpClient();

        Assert.Contains("<canvas", await client.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/")), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri($"http://127.0.0.1:{_port}/other"))).StatusCode);
    }

    [Theory]
    [InlineData("no JSON at all", "no JSON")]
    [InlineData("{}", "neither an offer")]
    [InlineData("null", "neither an offer")]
    [InlineData("""{"type":"loss","sound":99,"pictures":0}""", "neither an offer")]
    [InlineData("""{"type":"offer","sdp":"v=0\nnonsense"}""", "the offer")]
    [InlineData("""{"type":"offer","sdp":""}""", "the offer")]
    public async Task Message_Nonsense_IsRefusedInWords_AndThePageIsKept(string message, string reason)
    {
        using var page = new ClientWebSocket();
        await page.ConnectAsync(new Uri($"ws://127.0.0.1:{_port}/call"), default);

        await page.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, default);
        Assert.Contains(reason, await ErrorAsync(page), StringComparison.Ordinal);
        await page.SendAsync(Encoding.UTF8.GetBytes("{}"), WebSocketMessageType.Text, true, default);
        Assert.Contains("neither", await ErrorAsync(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_FromAnotherOrigin_IsForbidden()
    {
        using var page = new ClientWebSocket();
        page.Options.SetRequestHeader("Origin", "http://example.org");

        var e = await Assert.ThrowsAsync<WebSocketException>(() => page.ConnectAsync(new Uri($"ws://127.0.0.1:{_port}/call"), default));

        Assert.Contains("403", e.Message, StringComparison.Ordinal);
    }

    private static async Task<string> ErrorAsync(ClientWebSocket page)
    {
        var buffer = new byte[1 << 16];
        while (true)
        {
            WebSocketReceiveResult result = await page.ReceiveAsync(new ArraySegment<byte>(buffer), default);
            string text = Encoding.UTF8.GetString(buffer, 0, result.Count);
            if (result.MessageType == WebSocketMessageType.Text && text.Contains("error", StringComparison.Ordinal))
                return text;
            Assert.NotEqual(WebSocketMessageType.Close, result.MessageType);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
