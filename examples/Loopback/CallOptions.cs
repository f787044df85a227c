using System.Globalization;
using RtcEnhance.Video;

namespace RtcEnhance.Loopback;

/// <summary>Codecs that the demo's sender offers.</summary>
public enum DemoAudioCodec
{
    /// <summary>Opus, 48 kHz, in-band FEC on.</summary>
    Opus,

    /// <summary>G.711 mu-law, 8 kHz.</summary>
    Pcmu,

    /// <summary>G.711 A-law, 8 kHz.</summary>
    Pcma,

    /// <summary>G.722 at 64 kb/s, 16 kHz.</summary>
    G722,
}

/// <summary>What the demo's command line asks for.</summary>
public sealed class CallOptions
{
    /// <summary>What `rtc demo --help` prints.</summary>
    public const string Usage = """
        rtc demo: a call on this machine through a lossy network, with and without RtcEnhance.

          --loss PERCENT       audio packets lost, Gilbert-Elliott      (20)
          --video-loss PERCENT video packets lost                       (2)
          --burst MS           mean length of an outage                 (60)
          --trace FILE         lose what a trace says instead: one 0 or 1 a line, 20 ms each
          --jitter MS          mean extra delay of a packet             (30)
          --reorder PERCENT    packets that overtake another            (2)
          --duplicate PERCENT  packets that come twice                  (1)
          --drift PPM          sender's clock against ours              (0)
          --codec NAME         opus, pcmu, pcma or g722                 (opus)
          --video NAME         vp8 or h264                              (vp8)
          --rate KBPS          video bit rate                           (400)
          --upscale METHOD     the best that may enlarge: neural, neuralfast, easu, bicubic, lanczos,
                               bilinear or passthrough                  (neural)
          --delay MS           a fixed playout delay; without it the delay follows the network
          --seconds S          length of the call, 2 to 600             (12)
          --seed N             every random choice follows from it      (3)
          --fast               on a virtual clock, faster than real time
          --play alsa|wav      also to the sound card, or to files only (wav)
          --out DIR            where the results go                     (out/demo)

        With --streams N: a conference of video streams instead; rtc demo --streams --help.
        """;

    /// <summary>Packets lost in percent.</summary>
    public double LossPercent { get; private set; } = 20;

    /// <summary>
    /// Video packets lost in percent. Apart from audio's, because a real call repairs most of video's losses by
    /// retransmission, which this sender does not do.
    /// </summary>
    public double VideoLossPercent { get; private set; } = 2;

    /// <summary>Mean length of an outage in milliseconds.</summary>
    public double BurstMs { get; private set; } = 60;

    /// <summary>A loss trace that replaces the model, or null.</summary>
    public string? TracePath { get; private set; }

    /// <summary>Mean extra delay in milliseconds.</summary>
    public double JitterMs { get; private set; } = 30;

    /// <summary>Packets that overtake another, in percent.</summary>
    public double ReorderPercent { get; private set; } = 2;

    /// <summary>Packets that come twice, in percent.</summary>
    public double DuplicatePercent { get; private set; } = 1;

    /// <summary>Sender's clock against the receiver's, in parts per million.</summary>
    public double DriftPpm { get; private set; }

    /// <summary>Audio codec.</summary>
    public DemoAudioCodec AudioCodec { get; private set; } = DemoAudioCodec.Opus;

    /// <summary>Video codec.</summary>
    public VideoCodec VideoCodec { get; private set; } = VideoCodec.Vp8;

    /// <summary>Video bit rate in kb/s.</summary>
    public int VideoKbps { get; private set; } = 400;

    /// <summary>The top of the upscaler's ladder.</summary>
    public UpscaleMethod Upscale { get; private set; } = UpscaleMethod.Neural;

    /// <summary>A fixed playout delay in milliseconds, or null where it follows the network.</summary>
    public int? DelayMs { get; private set; }

    /// <summary>Length of the call in seconds.</summary>
    public double Seconds { get; private set; } = 12;

    /// <summary>The seed.</summary>
    public int Seed { get; private set; } = 3;

    /// <summary>Whether the call runs on a virtual clock.</summary>
    public bool Fast { get; private set; }

    /// <summary>Whether the sound card plays it.</summary>
    public bool PlayAlsa { get; private set; }

    /// <summary>Where the results go.</summary>
    public string OutputDirectory { get; private set; } = Path.Combine("out", "demo");

    /// <summary>The arguments as given, for the report.</summary>
    public string CommandLine { get; private set; } = "";

    /// <summary>Reads the command line.</summary>
    /// <param name="args">Arguments after the verb.</param>
    /// <returns>The options.</returns>
    /// <exception cref="UsageException">An argument is unknown or outside its range.</exception>
    public static CallOptions Parse(IReadOnlyList<string> args)
    {
        var options = new CallOptions { CommandLine = string.Join(' ', args.Prepend("./rtc demo")) };
        for (int i = 0; i < args.Count; i++)
        {
            string name = args[i];
            if (name == "--fast")
            {
                options.Fast = true;
                continue;
            }

            if (i + 1 == args.Count)
                throw new UsageException($"{name} needs a value, or is not an option of demo.");
            string value = args[++i];
            switch (name)
            {
                case "--loss": options.LossPercent = Number(name, value, 0, 95); break;
                case "--video-loss": options.VideoLossPercent = Number(name, value, 0, 50); break;
                case "--burst": options.BurstMs = Number(name, value, 10, 2000); break;
                case "--trace": options.TracePath = value; break;
                case "--jitter": options.JitterMs = Number(name, value, 0, 500); break;
                case "--reorder": options.ReorderPercent = Number(name, value, 0, 50); break;
                case "--duplicate": options.DuplicatePercent = Number(name, value, 0, 50); break;
                case "--drift": options.DriftPpm = Number(name, value, -1000, 1000); break;
                case "--codec": options.AudioCodec = Choice<DemoAudioCodec>(name, value); break;
                case "--video": options.VideoCodec = Choice(name, value, VideoCodec.Vp8, VideoCodec.H264); break;
                case "--rate": options.VideoKbps = (int)Number(name, value, 30, 10000); break;
                case "--upscale": options.Upscale = Choice<UpscaleMethod>(name, value.Replace("-", "", StringComparison.Ordinal)); break;
                case "--delay": options.DelayMs = (int)Number(name, value, 20, 1000); break;
                case "--seconds": options.Seconds = Number(name, value, 2, 600); break;
                case "--seed": options.Seed = (int)Number(name, value, 0, int.MaxValue); break;
                case "--out": options.OutputDirectory = value; break;
                case "--play": options.PlayAlsa = value == "alsa" || (value == "wav" ? false : throw new UsageException($"--play is alsa or wav, not {value}.")); break;
                default: throw new UsageException($"{name} is not an option of demo.");
            }
        }

        return options;
    }

    private static double Number(string name, string value, double least, double most)
        => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= least && number <= most
            ? number
            : throw new UsageException($"{name} is a number from {least} to {most}, not {value}.");

    private static T Choice<T>(string name, string value)
        where T : struct, Enum
        => Choice(name, value, Enum.GetValues<T>());

    private static T Choice<T>(string name, string value, params T[] choices)
        where T : struct, Enum
        => Enum.TryParse(value, ignoreCase: true, out T choice) && choices.Contains(choice) && !char.IsAsciiDigit(value[0])
            ? choice
            : throw new UsageException($"{name} is one of {string.Join(", ", choices).ToLowerInvariant()}, not {value}.");
}
