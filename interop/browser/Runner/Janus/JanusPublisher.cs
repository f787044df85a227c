using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace RtcEnhance.Browser.Janus;

/// <summary>A videoroom with one publisher, whose packets leave as plain RTP. One thread at a time.</summary>
internal sealed partial class JanusPublisher(JanusSession session)
{
    private readonly int _room = Random.Shared.Next(1, int.MaxValue);
    private string _handle = "";
    private JsonNode? _publisher;
    private (string Audio, string Video) _mids;

    /// <summary>Takes the browser's offer.</summary>
    /// <returns>The answer; media flows once the browser has it.</returns>
    public async Task<JsonObject> PublishAsync(JsonObject offer, CancellationToken cancel)
    {
        _handle = await session.AttachAsync("janus.plugin.videoroom", cancel).ConfigureAwait(false);
        await session.SendAsync(_handle, new JsonObject
        {
            ["request"] = "create",
            ["room"] = _room,
            ["publishers"] = 1,
            ["audiocodec"] = "opus",
            ["videocodec"] = "vp8",
            ["opus_fec"] = true,
            ["bitrate"] = 1_000_000,
        }, null, cancel).ConfigureAwait(false);
        (JsonObject data, JsonObject? answer) = await session.SendAsync(_handle, new JsonObject
        {
            ["request"] = "joinandconfigure",
            ["ptype"] = "publisher",
            ["room"] = _room,
        }, offer, cancel).ConfigureAwait(false);
        _publisher = data["id"]!.DeepClone();
        string sdp = (string)offer["sdp"]!;
        _mids = (Mid(sdp, "audio"), Mid(sdp, "video"));
        return (JsonObject)answer!.DeepClone();
    }

    /// <summary>Sends what the browser sends on to 127.0.0.1.</summary>
    /// <returns>Where key frames are asked for: a port that takes RTCP.</returns>
    public async Task<int> ForwardAsync(ForwardTarget audio, ForwardTarget video, CancellationToken cancel)
    {
        (JsonObject data, _) = await session.SendAsync(_handle, new JsonObject
        {
            ["request"] = "rtp_forward",
            ["room"] = _room,
            ["publisher_id"] = _publisher!.DeepClone(),
            ["host"] = "127.0.0.1",
            ["host_family"] = "ipv4",
            ["streams"] = new JsonArray(
                new JsonObject { ["mid"] = _mids.Audio, ["port"] = audio.Port, ["pt"] = audio.PayloadType, ["ssrc"] = audio.Ssrc },
                new JsonObject { ["mid"] = _mids.Video, ["port"] = video.Port, ["pt"] = video.PayloadType, ["ssrc"] = video.Ssrc, ["rtcp_port"] = FreePort.Udp() }),
        }, null, cancel).ConfigureAwait(false);
        foreach (JsonNode? forwarder in data["forwarders"]!.AsArray())
        {
            if ((int?)forwarder!["local_rtcp_port"] is { } port)
                return port;
        }

        throw new InvalidOperationException($"Janus named no port for RTCP: {data.ToJsonString()}");
    }

    /// <summary>Ends the call.</summary>
    public Task HangUpAsync(CancellationToken cancel) => session.DetachAsync(_handle, cancel);

    private static string Mid(string sdp, string kind)
        => sdp.Split("m=").FirstOrDefault(section => section.StartsWith(kind, StringComparison.Ordinal)) is { } media && MidLine().Match(media) is { Success: true } match
            ? match.Groups[1].Value
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The browser offers no {kind}."));

    [GeneratedRegex(@"a=mid:(\S+)")]
    private static partial Regex MidLine();
}
