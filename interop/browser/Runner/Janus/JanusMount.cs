using System.Text.Json.Nodes;

namespace RtcEnhance.Browser.Janus;

/// <summary>
/// A streaming mount of one stream: plain RTP in, one browser watches. Sound and pictures have a mount each, as a browser
/// that gets both in one stream delays the one for the other. One thread at a time.
/// </summary>
/// <param name="session">Janus.</param>
/// <param name="kind">audio or video.</param>
/// <param name="codec">As Janus names it.</param>
internal sealed class JanusMount(JanusSession session, string kind, string codec)
{
    private readonly int _id = Random.Shared.Next(1, int.MaxValue);
    private string _handle = "";

    /// <summary>Where its RTP is sent to.</summary>
    public int Port { get; } = FreePort.Udp();

    /// <summary>What is sent there names the address that requests for key frames go to.</summary>
    public int RtcpPort { get; } = FreePort.Udp();

    /// <summary>Makes the mount and asks to watch it.</summary>
    /// <returns>Janus's offer.</returns>
    public async Task<JsonObject> WatchAsync(byte payloadType, CancellationToken cancel)
    {
        _handle = await session.AttachAsync("janus.plugin.streaming", cancel).ConfigureAwait(false);
        await session.SendAsync(_handle, new JsonObject
        {
            ["request"] = "create",
            ["type"] = "rtp",
            ["id"] = _id,
            ["is_private"] = true,
            ["media"] = new JsonArray(new JsonObject
            {
                ["type"] = kind,
                ["mid"] = "0",
                ["iface"] = "127.0.0.1",
                ["port"] = Port,
                ["rtcpport"] = RtcpPort,
                ["pt"] = payloadType,
                ["codec"] = codec,
                ["fmtp"] = codec == "opus" ? "useinbandfec=1" : "",
            }),
        }, null, cancel).ConfigureAwait(false);
        (_, JsonObject? offer) = await session.SendAsync(_handle, new JsonObject { ["request"] = "watch", ["id"] = _id }, null, cancel).ConfigureAwait(false);
        return (JsonObject)offer!.DeepClone();
    }

    /// <summary>Takes the browser's answer; media flows from then on.</summary>
    public Task StartAsync(JsonObject answer, CancellationToken cancel)
        => session.SendAsync(_handle, new JsonObject { ["request"] = "start" }, answer, cancel);

    /// <summary>Ends the call and frees the mount's port.</summary>
    public async Task CloseAsync(CancellationToken cancel)
    {
        await session.SendAsync(_handle, new JsonObject { ["request"] = "destroy", ["id"] = _id }, null, cancel).ConfigureAwait(false);
        await session.DetachAsync(_handle, cancel).ConfigureAwait(false);
    }
}
