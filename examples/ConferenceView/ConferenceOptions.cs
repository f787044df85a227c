using System.Globalization;
using RtcEnhance.Video;

namespace RtcEnhance.ConferenceView;

/// <summary>What the conference's command line asks for.</summary>
public sealed class ConferenceOptions
{
    /// <summary>What `rtc demo --streams --help` prints.</summary>
    public const string Usage = """
        rtc demo --streams N: a conference of 1 to 9 video streams in real time, one scheduler for all of them. In the
        middle another participant begins to speak.

          --streams N          streams                                  (9)
          --budget CORES       processor time that they share           (0.5)
          --seconds S          length, 4 to 600                         (20)
        """;

    /// <summary>Most streams.</summary>
    public const int MaxStreams = 9;

    /// <summary>Streams.</summary>
    public int Streams { get; init; } = MaxStreams;

    /// <summary>Processor time that they share, in cores; null where there is no scheduler.</summary>
    public double? Budget { get; init; } = 0.5;

    /// <summary>Length.</summary>
    public double Seconds { get; init; } = 20;

    /// <summary>Makes each stream's options from the scheduler that it shares; for who wants others than the defaults.</summary>
    public Func<UpscaleScheduler?, VideoEnhancerOptions> EnhancerOptions { get; init; } = scheduler => new VideoEnhancerOptions { Scheduler = scheduler };

    /// <summary>Reads the command line.</summary>
    /// <param name="args">Arguments after the verb.</param>
    /// <returns>The options.</returns>
    /// <exception cref="ArgumentException">An argument is unknown or outside its range.</exception>
    public static ConferenceOptions Parse(IReadOnlyList<string> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var options = new ConferenceOptions();
        (int streams, double budget, double seconds) = (options.Streams, options.Budget!.Value, options.Seconds);
        for (int i = 0; i < args.Count; i += 2)
        {
            if (i + 1 == args.Count)
                throw new ArgumentException($"{args[i]} needs a value, or is not an option of a conference.");
            switch (args[i])
            {
                case "--streams":
                    double count = Number(args[i], args[i + 1], 1, MaxStreams);
                    streams = count == Math.Floor(count) ? (int)count : throw new ArgumentException($"--streams is a whole number, not {args[i + 1]}.");
                    break;
                case "--budget": budget = Number(args[i], args[i + 1], 0.01, 64); break;
                case "--seconds": seconds = Number(args[i], args[i + 1], 4, 600); break;
                default: throw new ArgumentException($"{args[i]} is not an option of a conference.");
            }
        }

        return new ConferenceOptions { Streams = streams, Budget = budget, Seconds = seconds };
    }

    private static double Number(string name, string value, double least, double most)
        => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= least && number <= most
            ? number
            : throw new ArgumentException($"{name} is a number from {least.ToString(CultureInfo.InvariantCulture)} to {most.ToString(CultureInfo.InvariantCulture)}, not {value}.");
}
