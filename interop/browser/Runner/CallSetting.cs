using System.Text.Json.Nodes;
using RtcEnhance.Browser.Browsers;
using RtcEnhance.Browser.Media;
using RtcEnhance.Browser.Scoring;

namespace RtcEnhance.Browser;

/// <summary>A browser that shows the page, and what its calls are made of and compared with.</summary>
internal sealed record CallSetting(
    InteropOptions Options, BrowserKind Kind, string Version, BrowserProcess Browser, PageServer Page, TestMedia Media, PictureMatch Pictures)
{
    /// <summary>Where the page takes the clips from: Firefox has no devices that play files.</summary>
    public string Source => Kind == BrowserKind.Chromium ? "devices" : "files";

    /// <summary>Where a call leaves a file.</summary>
    public string PathOf(string file) => Path.Combine(Options.OutputDirectory, file);

    /// <summary>The video codecs that the browser can send, as MIME types.</summary>
    public async Task<IReadOnlyCollection<string>> GetVideoCodecsAsync()
    {
        JsonNode? codecs = await Page.CallAsync("videoCodecs", [], CancellationToken.None).ConfigureAwait(false);
        return [.. codecs!.AsArray().Select(codec => (string)codec!).Distinct()];
    }
}
