using System.Net.Sockets;
using System.Text;

namespace RtcEnhance.Baresip;

/// <summary>
/// A baresip on 127.0.0.1 that says a WAV file, writes what it hears, answers every call, and is steered over its TCP
/// control port. Its files lie in a folder of its own. Thread-safe.
/// </summary>
internal sealed class BaresipPeer : IDisposable
{
    private readonly ChildProcess _process;
    private readonly TcpClient _control;
    private readonly string _folder;

    public BaresipPeer(string folder, string speechPath, string codec)
    {
        int sipPort = FreePort.Udp();
        int controlPort = FreePort.Tcp();
        int mediaPort = FreePort.UdpPair();
        _folder = folder;
        Uri = $"sip:peer@127.0.0.1:{sipPort}";
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "contacts"), "");
        File.WriteAllText(Path.Combine(folder, "accounts"), $"<{Uri};transport=udp>;regint=0;answermode=auto;audio_codecs={codec}\n");
        File.WriteAllText(Path.Combine(folder, "config"), $"""
            sip_listen 127.0.0.1:{sipPort}
            net_interface 127.0.0.1
            rtp_ports {mediaPort}-{Math.Min(65534, mediaPort + 100)}
            audio_source aufile,{speechPath}
            audio_player aubridge,nobody
            audio_alert aubridge,nobody
            ausrc_srate 48000
            ausrc_channels 1
            auplay_srate 48000
            auplay_channels 1
            audio_buffer 20-160
            jitter_buffer_delay 5-10
            opus_bitrate 28000
            opus_inbandfec yes
            opus_packet_loss 10
            module_path {ModulePath()}
            module g711.so
            module g722.so
            module opus.so
            module aufile.so
            module aubridge.so
            module sndfile.so
            snd_path {folder}
            module_tmp account.so
            module_app menu.so
            module_app ctrl_tcp.so
            ctrl_tcp_listen 127.0.0.1:{controlPort}

            """);
        _process = new ChildProcess("baresip", ["-v", "-f", folder]);
        try
        {
            _process.WaitFor("baresip is ready");
            _control = new TcpClient("127.0.0.1", controlPort);
        }
        catch
        {
            _process.Dispose();
            throw;
        }
    }

    /// <summary>Why there is no such peer on this machine; null where there can be one.</summary>
    public static string? WhyNot
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "baresip")))
            ? null
            : "baresip is not installed (Debian: apt-get install baresip-core)";

    public string Uri { get; }

    /// <summary>What it has printed.</summary>
    public ChildProcess Log => _process;

    /// <summary>What it heard in its calls, complete once they are over.</summary>
    public IReadOnlyList<string> HeardPaths => [.. Directory.GetFiles(_folder, "*-dec.wav").Order(StringComparer.Ordinal)];

    /// <summary>A command of its menu: dial, hangup, hold, resume, ...</summary>
    public void Command(string name, string parameters = "")
    {
        string json = $$"""{"command":"{{name}}","params":"{{parameters}}"}""";
        _control.GetStream().Write(Encoding.ASCII.GetBytes($"{json.Length}:{json},"));
    }

    public void Dispose()
    {
        _control.Dispose();
        _process.Dispose();
    }

    private static string ModulePath()
        => new[] { "/usr/lib/baresip/modules", "/usr/local/lib/baresip/modules", "/usr/lib/x86_64-linux-gnu/baresip/modules" }.FirstOrDefault(Directory.Exists)
            ?? "/usr/lib/baresip/modules";
}
