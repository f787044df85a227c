using System.Globalization;

namespace RtcEnhance.Baresip;

/// <summary>The trial's command line.</summary>
internal sealed class TrialOptions
{
    public const string Usage = """
        rtc softphone trial: calls between the softphone and baresip on this machine, through a network that loses
        packets; what was heard with and without RtcEnhance, scored against what was said.

          --loss PERCENT    packets lost, Gilbert-Elliott          (10)
          --burst MS        mean length of an outage               (40)
          --jitter MS       standard deviation of the delay        (10)
          --seconds S       of speech, 5 to 300                    (18)
          --codecs LIST     of opus, g722, pcma, pcmu              (all)
          --seed N          every loss follows from it             (3)
          --out DIR         recordings                             (out/softphone)
        """;

    public double LossPercent { get; private set; } = 10;

    public double BurstMs { get; private set; } = 40;

    public double JitterMs { get; private set; } = 10;

    public int Seconds { get; private set; } = 18;

    public IReadOnlyList<string> Codecs { get; private set; } = ["opus", "g722", "pcma", "pcmu"];

    public int Seed { get; private set; } = 3;

    public string OutputFolder { get; private set; } = "out/softphone";

    public static TrialOptions Parse(IReadOnlyList<string> args)
    {
        var options = new TrialOptions();
        for (int i = 0; i < args.Count; i++)
        {
            string name = args[i];
            string Value() => ++i < args.Count ? args[i] : throw new ArgumentException($"{name} needs a value.");
            switch (name)
            {
                case "--loss": options.LossPercent = Number(name, Value(), 0, 50); break;
                case "--burst": options.BurstMs = Number(name, Value(), 20, 1000); break;
                case "--jitter": options.JitterMs = Number(name, Value(), 0, 500); break;
                case "--seconds": options.Seconds = (int)Number(name, Value(), 5, 300); break;
                case "--seed": options.Seed = (int)Number(name, Value(), 0, int.MaxValue); break;
                case "--out": options.OutputFolder = Value(); break;
                case "--codecs":
                    options.Codecs = Value().ToLowerInvariant().Split(',');
                    if (options.Codecs.FirstOrDefault(codec => !BaresipCodecs.Names.ContainsKey(codec)) is { } unknown)
                        throw new ArgumentException($"--codecs knows opus, g722, pcma and pcmu, not '{unknown}'.");
                    break;
                default: throw new ArgumentException($"'{name}' is not understood.");
            }
        }

        return options;
    }

    private static double Number(string name, string text, double least, double most)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most
            ? value
            : throw new ArgumentException(FormattableString.Invariant($"{name} is {least} to {most}, not '{text}'."));
}
