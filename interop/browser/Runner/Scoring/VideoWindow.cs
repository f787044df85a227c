using System.Text.Json.Nodes;
using RtcEnhance.Video;

namespace RtcEnhance.Browser.Scoring;

/// <summary>What a receiver's video statistics say of a stretch of a call. The fields are those of W3C webrtc-stats.</summary>
internal sealed record VideoWindow
{
    public required double FramesDecoded { get; init; }

    public required double KeyFramesDecoded { get; init; }

    public required double FreezeCount { get; init; }

    public required double FreezeSeconds { get; init; }

    public required double PacketsReceived { get; init; }

    public required double PacketsLost { get; init; }

    public required double KeyFrameRequests { get; init; }

    public required double Width { get; init; }

    public required double Height { get; init; }

    public static VideoWindow From(
        in VideoReceiverStats from, in VideoReceiverStats to, in InboundVideoStats shownFrom, in InboundVideoStats shownTo) => new()
        {
            FramesDecoded = to.FramesDecoded - from.FramesDecoded,
            KeyFramesDecoded = to.KeyFramesDecoded - from.KeyFramesDecoded,
            FreezeCount = shownTo.FreezeCount - shownFrom.FreezeCount,
            FreezeSeconds = (shownTo.TotalFreezesDuration - shownFrom.TotalFreezesDuration).TotalSeconds,
            PacketsReceived = to.PacketsReceived - from.PacketsReceived,
            PacketsLost = to.PacketsLost - from.PacketsLost,
            KeyFrameRequests = to.PliCount - from.PliCount,
            Width = to.FrameWidth,
            Height = to.FrameHeight,
        };

    /// <param name="from">A browser's inbound-rtp at the beginning.</param>
    /// <param name="to">The same at the end.</param>
    public static VideoWindow From(JsonObject from, JsonObject to)
    {
        return new VideoWindow
        {
            FramesDecoded = Growth("framesDecoded"),
            KeyFramesDecoded = Growth("keyFramesDecoded"),
            FreezeCount = Growth("freezeCount"),
            FreezeSeconds = Growth("totalFreezesDuration"),
            PacketsReceived = Growth("packetsReceived"),
            PacketsLost = Growth("packetsLost"),
            KeyFrameRequests = Growth("pliCount") + Growth("firCount"),
            Width = BrowserStats.Number(to, "frameWidth"),
            Height = BrowserStats.Number(to, "frameHeight"),
        };

        double Growth(string name) => BrowserStats.Number(to, name) - BrowserStats.Number(from, name);
    }
}
