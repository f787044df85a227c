using System.Globalization;
using RtcEnhance.Browser.Media;

namespace RtcEnhance.Browser.Browsers;

/// <summary>
/// A headless browser with a fresh profile that shows the page. Chromium's camera and microphone play the clips;
/// Firefox has no devices that play files, so there the page plays them itself.
/// </summary>
internal sealed class BrowserProcess : IDisposable
{
    private readonly ChildProcess _process;
    private readonly string _profile;

    private BrowserProcess(ChildProcess process, string profile)
    {
        _process = process;
        _profile = profile;
    }

    /// <summary>As it prints it; null where it is not installed.</summary>
    public static string? FindVersion(BrowserKind kind) => ChildProcess.Output(Program(kind), "--version") is { Length: > 0 } version ? version.Split('\n')[^1].Trim() : null;

    /// <summary>Starts it; the page opens some seconds later.</summary>
    public static BrowserProcess Start(BrowserKind kind, Uri page, TestMedia media, string directory)
    {
        string name = kind.ToString().ToLowerInvariant();
        string profile = Path.Combine(directory, $"profile-{name}");
        if (Directory.Exists(profile))
            Directory.Delete(profile, recursive: true);
        Directory.CreateDirectory(profile);
        int debugPort = FreePort.Tcp();
        string[] arguments = kind == BrowserKind.Chromium ? Chromium(page, media, profile, debugPort) : Firefox(page, profile, debugPort);

        // A home of its own: nothing of the user's is read or written.
        ChildProcess process = ChildProcess.Start(Program(kind), arguments, Path.Combine(directory, $"{name}.log"), ("HOME", profile), ("MOZ_HEADLESS", "1"), ("MOZ_CRASHREPORTER_DISABLE", "1"));
        return new BrowserProcess(process, profile) { DebugPort = debugPort };
    }

    /// <summary>Where the browser's own remote protocol is served on 127.0.0.1.</summary>
    public required int DebugPort { get; init; }

    public void Dispose()
    {
        _process.Dispose();
        try
        {
            Directory.Delete(_profile, recursive: true);
        }
        catch (IOException)
        {
            // A helper process of the browser was slower to end; the directory is emptied at the next run.
        }
    }

    private static string Program(BrowserKind kind) => kind == BrowserKind.Chromium ? "chromium" : "firefox-esr";

    private static string[] Chromium(Uri page, TestMedia media, string profile, int debugPort) =>
    [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
        $"--user-data-dir={profile}",
        string.Create(CultureInfo.InvariantCulture, $"--remote-debugging-port={debugPort}"),
        "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
        $"--use-file-for-fake-audio-capture={media.SpeechPath}",
        $"--use-file-for-fake-video-capture={media.VideoPath}",
        "--autoplay-policy=no-user-gesture-required",
        "--disable-features=WebRtcHideLocalIpsWithMdns",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
        "--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
        "--window-size=1100,640",
        page.ToString(),
    ];

    private static string[] Firefox(Uri page, string profile, int debugPort)
    {
        File.WriteAllText(Path.Combine(profile, "user.js"), """
            user_pref("media.peerconnection.ice.obfuscate_host_addresses", false);
            user_pref("media.navigator.streams.fake", true);
            user_pref("media.navigator.permission.disabled", true);
            user_pref("media.autoplay.default", 0);
            user_pref("media.autoplay.blocking_policy", 0);
            user_pref("media.autoplay.block-webaudio", false);
            user_pref("media.gmp-manager.updateEnabled", false);
            user_pref("media.gmp-provider.enabled", false);
            user_pref("app.update.enabled", false);
            user_pref("app.normandy.enabled", false);
            user_pref("browser.shell.checkDefaultBrowser", false);
            user_pref("browser.startup.homepage_override.mstone", "ignore");
            user_pref("browser.aboutwelcome.enabled", false);
            user_pref("datareporting.policy.dataSubmissionEnabled", false);
            user_pref("toolkit.telemetry.enabled", false);
            user_pref("network.captive-portal-service.enabled", false);
            user_pref("network.connectivity-service.enabled", false);
            user_pref("extensions.update.enabled", false);
            user_pref("dom.min_background_timeout_value", 4);
            user_pref("dom.disable_open_during_load", false);
            """);
        return ["--headless", "--no-remote", "--profile", profile, "--width", "1100", "--height", "640", string.Create(CultureInfo.InvariantCulture, $"--remote-debugging-port={debugPort}"), page.ToString()];
    }
}
