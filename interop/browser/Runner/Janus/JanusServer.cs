using System.Globalization;

namespace RtcEnhance.Browser.Janus;

/// <summary>
/// Debian's Janus with a configuration of its own: plugins videoroom and streaming, HTTP on 127.0.0.1, media on one
/// network interface, nothing asked outside.
/// </summary>
internal sealed class JanusServer : IDisposable
{
    private const string Libraries = "/usr/lib/x86_64-linux-gnu/janus";

    private readonly ChildProcess _process;

    private JanusServer(ChildProcess process, Uri address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>Its HTTP API.</summary>
    public Uri Address { get; }

    /// <summary>As it prints it; null where it is not installed.</summary>
    public static string? FindVersion()
        => ChildProcess.Output("janus", "--version")?.Split('\n') is [var first, ..] ? first.Replace("Janus version: ", "", StringComparison.Ordinal).Trim() : null;

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="directory">For its configuration and log.</param>
    /// <param name="networkInterface">Where browsers reach it; Janus has no candidates on the loopback interface.</param>
    /// <param name="cancel">Ends the wait.</param>
    public static async Task<JanusServer> StartAsync(string directory, string networkInterface, CancellationToken cancel)
    {
        int port = FreePort.Tcp();
        int mediaPort = Random.Shared.Next(20000, 50000);
        string configuration = Path.Combine(directory, "janus");
        string empty = Path.Combine(configuration, "none");
        Directory.CreateDirectory(empty);
        string libraries = Directory.Exists(Libraries) ? Libraries : FindLibraries();
        Write("janus.jcfg", $$"""
            general: {
              configs_folder = "{{configuration}}"
              plugins_folder = "{{libraries}}/plugins"
              transports_folder = "{{libraries}}/transports"
              events_folder = "{{empty}}"
              loggers_folder = "{{empty}}"
              debug_level = 4
              debug_timestamps = true
            }
            media: {
              ipv6 = false
              rtp_port_range = "{{mediaPort}}-{{mediaPort + 2000}}"
            }
            nat: {
              ice_enforce_list = "{{networkInterface}}"
              full_trickle = false
              ignore_mdns = true
              ice_tcp = false
            }
            plugins: {
              disable = "libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so"
            }
            transports: {
              disable = "libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_websockets.so"
            }
            """);
        Write("janus.transport.http.jcfg", $$"""
            general: {
              json = "compact"
              base_path = "/janus"
              http = true
              port = {{port}}
              ip = "127.0.0.1"
              https = false
            }
            admin: {
              admin_http = false
              admin_https = false
            }
            """);
        Write("janus.plugin.videoroom.jcfg", "general: { }\n");
        Write("janus.plugin.streaming.jcfg", "general: { }\n");
        ChildProcess process = ChildProcess.Start("janus", ["-F", configuration], Path.Combine(directory, "janus.log"));
        var server = new JanusServer(process, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/janus")));
        try
        {
            await server.WaitUntilReadyAsync(cancel).ConfigureAwait(false);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }

        void Write(string name, string text) => File.WriteAllText(Path.Combine(configuration, name), text);
    }

    public void Dispose() => _process.Dispose();

    private static string FindLibraries()
        => Directory.EnumerateDirectories("/usr/lib", "*-linux-*").Select(directory => Path.Combine(directory, "janus")).FirstOrDefault(Directory.Exists)
            ?? throw new InvalidOperationException("Janus is installed without its plugins.");

    private async Task WaitUntilReadyAsync(CancellationToken cancel)
    {
        using var http = new HttpClient();
        while (true)
        {
            if (_process.HasExited)
                throw new InvalidOperationException("Janus ended at its start; see janus.log.");
            try
            {
                using HttpResponseMessage response = await http.GetAsync(new Uri($"{Address}/info"), cancel).ConfigureAwait(false);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100, cancel).ConfigureAwait(false);
            }
        }
    }
}
