using System.Globalization;
using RtcEnhance.Browser.Browsers;
using RtcEnhance.Loopback;

namespace RtcEnhance.Browser;

/// <summary>What the command line asks for.</summary>
internal sealed class InteropOptions
{
    public const string Usage = """
        rtc interop: calls with real browsers, scored against the clips that were played.

          --quick              one loss rate, short calls
          --browser NAME       chromium or firefox                       (both)
          --loss P,P,...       loss of the network in percent            (0,5,10,20; quick: 10)
          --seconds S          length of what is compared of a call      (30; quick: 10)
          --jitter MS          standard deviation of the network's delay (20)
          --seed N             seed of the network                       (1)
          --out DIR            where results go                          (out/interop)
          --interface NAME     network on which Janus and browsers meet  (that of the default route)

        On Linux. It installs janus, chromium, firefox-esr and iproute2 where it may (root, apt); without root
        it names what is missing. Runs in a network namespace of its own where it may make one.
        """;

    public bool Quick { get; private set; }

    public IReadOnlyList<BrowserKind> Browsers { get; private set; } = [BrowserKind.Chromium, BrowserKind.Firefox];

    public IReadOnlyList<double> LossPercents { get; private set; } = [];

    public double Seconds { get; private set; }

    /// <summary>From the first picture and sound on, before anything is compared: the receivers find their delay.</summary>
    public TimeSpan SettleTime => TimeSpan.FromSeconds(Quick ? 3 : 8);

    public double JitterMs { get; private set; } = 20;

    public int Seed { get; private set; } = 1;

    public string OutputDirectory { get; private set; } = Path.Combine("out", "interop");

    /// <summary>Where browsers and hosts meet; null for the interface of the default route.</summary>
    public string? NetworkInterface { get; private set; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="UsageException">An argument is unknown or outside its range.</exception>
    public static InteropOptions Parse(IReadOnlyList<string> args)
    {
        var options = new InteropOptions { Quick = args.Contains("--quick") };
        options.LossPercents = options.Quick ? [10] : [0, 5, 10, 20];
        options.Seconds = options.Quick ? 10 : 30;
        for (int i = 0; i < args.Count; i++)
        {
            string name = args[i];
            if (name == "--quick")
                continue;
            if (i + 1 == args.Count)
                throw new UsageException($"{name} needs a value, or is not an option of interop.");
            string value = args[++i];
            switch (name)
            {
                case "--browser": options.Browsers = [Browser(value)]; break;
                case "--loss": options.LossPercents = [.. value.Split(',').Select(percent => Number(name, percent, 0, 50))]; break;
                case "--seconds": options.Seconds = Number(name, value, 3, 600); break;
                case "--jitter": options.JitterMs = Number(name, value, 0, 200); break;
                case "--seed": options.Seed = (int)Number(name, value, 0, int.MaxValue); break;
                case "--out": options.OutputDirectory = value; break;
                case "--interface": options.NetworkInterface = value; break;
                default: throw new UsageException($"{name} is not an option of interop.");
            }
        }

        return options;
    }

    private static BrowserKind Browser(string value)
        => Enum.TryParse(value, ignoreCase: true, out BrowserKind kind) && Enum.IsDefined(kind) && !char.IsAsciiDigit(value[0])
            ? kind
            : throw new UsageException($"--browser is chromium or firefox, not {value}.");

    private static double Number(string name, string value, double least, double most)
        => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= least && number <= most
            ? number
            : throw new UsageException($"{name} is a number from {least} to {most}, not {value}.");
}
