using System.Globalization;
using System.Net;
using SIPSorcery.Media;
using SIPSorcery.SIP;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.Softphone;

/// <summary>The command line.</summary>
internal sealed class PhoneOptions
{
    public const string Usage = """
        softphone [URI] [options]     calls URI (sip:bob@example.org, sip:192.0.2.7:5062), or waits to be called

          --listen ADDRESS:PORT       SIP over UDP (0.0.0.0:5060; port 0: any free one)
          --register SERVER           registers there; needs --user, and --password where the server asks
          --user NAME  --password W   for the registration and for calls that need it
          --codecs LIST               in order of preference, of opus,g722,pcma,pcmu (all)
          --answer                    answers by itself
          --send FILE.wav             says this, again and again (silence)
          --play none|device|NAME     where the sound goes (none); device: the default one; NAME: ALSA's
          --record FILE.wav           what is heard, 48 kHz
          --record-plain FILE.wav     the same packets without RtcEnhance
          --plain                     begins with RtcEnhance switched off
          --media-port PORT           even port for RTP, RTCP is the next one (any)
          --public-media-port PORT    told to the other side in place of it: a port that is forwarded here
          --script FILE               keys and waits from a file in place of the keyboard; - for standard input
          --trace                     prints every SIP message

        """ + PhoneCommand.Usage;

    public SIPURI? Call { get; private set; }

    public IPEndPoint Listen { get; private set; } = new(IPAddress.Any, 5060);

    public string? Registrar { get; private set; }

    public string User { get; private set; } = "softphone";

    public string? Password { get; private set; }

    public IReadOnlyList<AudioCodecsEnum> Codecs { get; private set; } = [AudioCodecsEnum.OPUS, AudioCodecsEnum.G722, AudioCodecsEnum.PCMA, AudioCodecsEnum.PCMU];

    /// <summary>SIPSorcery's formats of <see cref="Codecs"/>.</summary>
    public IEnumerable<AudioFormat> Formats
    {
        get
        {
            List<AudioFormat> known = new AudioEncoder(includeLinearFormats: false, includeOpus: true).SupportedFormats;
            return Codecs.Select(codec => known.First(format => format.Codec == codec));
        }
    }

    public bool Answers { get; private set; }

    public string? SendPath { get; private set; }

    public string? Device { get; private set; }

    public string? RecordPath { get; private set; }

    public string? RecordPlainPath { get; private set; }

    public bool IsPlain { get; private set; }

    public int MediaPort { get; private set; }

    public int PublicMediaPort { get; private set; }

    public string? ScriptPath { get; private set; }

    public bool Traces { get; private set; }

    public static PhoneOptions Parse(IReadOnlyList<string> args)
    {
        var options = new PhoneOptions();
        for (int i = 0; i < args.Count; i++)
        {
            string name = args[i];
            string Value() => ++i < args.Count ? args[i] : throw new UsageException($"{name} needs a value.");
            switch (name)
            {
                case "--listen": options.Listen = ParseEndPoint(Value()); break;
                case "--register": options.Registrar = Value(); break;
                case "--user": options.User = Value(); break;
                case "--password": options.Password = Value(); break;
                case "--codecs": options.Codecs = ParseCodecs(Value()); break;
                case "--answer": options.Answers = true; break;
                case "--send": options.SendPath = Value(); break;
                case "--play": options.Device = Value() is var device && device == "none" ? null : device; break;
                case "--record": options.RecordPath = Value(); break;
                case "--record-plain": options.RecordPlainPath = Value(); break;
                case "--plain": options.IsPlain = true; break;
                case "--media-port": options.MediaPort = ParsePort(name, Value()); break;
                case "--public-media-port": options.PublicMediaPort = ParsePort(name, Value()); break;
                case "--script": options.ScriptPath = Value(); break;
                case "--trace": options.Traces = true; break;
                default:
                    if (name.StartsWith('-') || options.Call is not null)
                        throw new UsageException($"'{name}' is not understood; --help lists the options.");
                    options.Call = ParseUri(name);
                    break;
            }
        }

        if (options.MediaPort % 2 != 0)
            throw new UsageException($"--media-port is an even port, not {options.MediaPort}.");
        return options;
    }

    public static SIPURI ParseUri(string text)
        => !text.EndsWith(':') && SIPURI.TryParse(text.StartsWith("sip:", StringComparison.Ordinal) ? text : "sip:" + text, out SIPURI uri)
            ? uri
            : throw new UsageException($"'{text}' is no SIP URI; one reads sip:NAME@HOST or sip:HOST:PORT.");

    private static IPEndPoint ParseEndPoint(string text)
        => IPEndPoint.TryParse(text, out IPEndPoint? endPoint)
            ? endPoint
            : throw new UsageException($"--listen is ADDRESS:PORT, not '{text}'.");

    private static int ParsePort(string name, string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is >= 1024 and <= 65534
            ? port
            : throw new UsageException($"{name} is a port from 1024 to 65534, not '{text}'.");

    private static List<AudioCodecsEnum> ParseCodecs(string text)
        => [.. text.Split(',').Select(name => name.ToUpperInvariant() switch
        {
            "OPUS" => AudioCodecsEnum.OPUS,
            "G722" => AudioCodecsEnum.G722,
            "PCMA" => AudioCodecsEnum.PCMA,
            "PCMU" => AudioCodecsEnum.PCMU,
            _ => throw new UsageException($"--codecs knows opus, g722, pcma and pcmu, not '{name}'."),
        }).Distinct()];
}
