using System.Globalization;
using SIPSorcery.Net;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.Browser.SipSorcery;

/// <summary>
/// Calls in which SIPSorcery is the host and RtcEnhance its receive side: either side offers, each video codec that the
/// browser has.
/// </summary>
internal sealed class SipSorceryWay : ICallWay
{
    private static readonly VideoFormat[] Formats =
    [
        new(VideoCodecsEnum.VP8, 96),
        new(VideoCodecsEnum.VP9, 98),
        new(VideoCodecsEnum.H264, 102, 90000, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"),
        new(VideoCodecsEnum.AV1, 45),
    ];

    public async IAsyncEnumerable<PlannedCall> PlanAsync(CallSetting setting)
    {
        string version = typeof(RTCPeerConnection).Assembly.GetName().Version?.ToString(3) ?? "";
        IReadOnlyCollection<string> sendable = await setting.GetVideoCodecsAsync().ConfigureAwait(false);
        foreach (VideoFormat format in setting.Options.Quick ? Formats[..1] : Formats)
        {
            string codec = format.Codec.ToString();
            if (!sendable.Contains($"video/{codec}", StringComparer.OrdinalIgnoreCase))
            {
                Console.WriteLine($"left out: {setting.Kind} has no {codec} here");
                continue;
            }

            foreach (bool browserOffers in setting.Options.Quick ? [true] : new[] { true, false })
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"SIPSorcery {version}, {codec}, {(browserOffers ? "the browser" : "SIPSorcery")} offers");
                yield return new PlannedCall(name, cancel => new SipSorceryCall(setting, format, browserOffers).RunAsync(cancel));
            }
        }
    }
}
