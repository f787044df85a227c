using System.Globalization;

namespace RtcEnhance.Benchmarks;

/// <summary>An outside command that takes the same arguments as our verb: it runs on the same files in the same run.</summary>
public sealed record BenchPeer(string Name, string Command);

/// <summary>What a benchmark was asked to do.</summary>
public sealed record BenchArguments
{
    private const int DefaultSeed = 7;
    private const int DefaultScale = 2;

    /// <summary>The benchmark.</summary>
    public required string Name { get; init; }

    /// <summary>Peers to run beside ours.</summary>
    public IReadOnlyList<BenchPeer> Peers { get; init; } = [];

    /// <summary>Test data, or null: then what lies in the repository is used.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Scoring models, or null: then scores that need one are left out.</summary>
    public string? ScorerDirectory { get; init; }

    /// <summary>Networks of the user's to run beside ours; such a run is not written down.</summary>
    public IReadOnlyList<BenchModel> Models { get; init; } = [];

    /// <summary>The vmaf tool with leading arguments, or null: then VMAF is left out.</summary>
    public string? VmafCommand { get; init; }

    /// <summary>Music to run on beside speech, or null.</summary>
    public string? MusicDirectory { get; init; }

    /// <summary>The libopus to measure with, or null: the system's.</summary>
    public string? LibOpusPath { get; init; }

    /// <summary>The file to write, of benchmarks that write one.</summary>
    public string? OutputPath { get; init; }

    /// <summary>Takes every n-th clip (or frame) only, for a quick look; such a run is not written down.</summary>
    public int Every { get; init; } = 1;

    /// <summary>What sizes are multiplied by, of benchmarks that can do it at more than one scale.</summary>
    public double Scale { get; init; } = DefaultScale;

    /// <summary>Seed of what is drawn at random, where the benchmark draws; a run with another one is not written down.</summary>
    public int Seed { get; init; } = DefaultSeed;

    /// <summary>True for the run whose tables are kept: all clips, the usual draw, the repository's models.</summary>
    public bool IsKept => Every == 1 && Seed == DefaultSeed && Scale == DefaultScale && Models.Count == 0;

    /// <summary>Reads the command line.</summary>
    /// <param name="args">Arguments after the verb.</param>
    /// <returns>The arguments.</returns>
    /// <exception cref="ArgumentException">The line cannot be carried out; the message is for the user.</exception>
    public static BenchArguments Parse(IReadOnlyList<string> args)
    {
        if (args.Count == 0 || args[0].StartsWith('-'))
            throw new ArgumentException("bench needs a name first.");
        var peers = new List<BenchPeer>();
        var models = new List<BenchModel>();
        string? data = null;
        string? scorer = null;
        string? vmaf = null;
        string? output = null;
        string? music = null;
        string? opus = null;
        int every = 1;
        int seed = DefaultSeed;
        double scale = DefaultScale;
        for (int i = 1; i < args.Count; i += 2)
        {
            if (i + 1 == args.Count)
                throw new ArgumentException($"{args[i]} needs a value, or is not an option of bench.");
            string value = args[i + 1];
            switch (args[i])
            {
                case "--peer":
                    (string peer, string command) = Named(args[i], "COMMAND", value);
                    peers.Add(new BenchPeer(peer, command));
                    break;
                case "--model":
                    (string model, string path) = Named(args[i], "PATH", value);
                    models.Add(new BenchModel(model, ModelFile(path)));
                    break;
                case "--vmaf":
                    vmaf = value;
                    break;
                case "--out":
                    output = Path.GetFullPath(value);
                    break;
                case "--data":
                    data = Existing(value);
                    break;
                case "--music":
                    music = Existing(value);
                    break;
                case "--libopus":
                    opus = File.Exists(value) ? Path.GetFullPath(value) : throw new ArgumentException($"There is no library {value}.");
                    break;
                case "--scorer":
                    scorer = Existing(value);
                    break;
                case "--every":
                    if (!int.TryParse(value, out every) || every < 1)
                        throw new ArgumentException($"--every is a whole number from 1, not {value}.");
                    break;
                case "--scale":
                    if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out scale) || scale is not (1 or 1.5 or 2))
                        throw new ArgumentException($"--scale is 1, 1.5 or 2, not {value}.");
                    break;
                case "--seed":
                    if (!int.TryParse(value, out seed))
                        throw new ArgumentException($"--seed is a whole number, not {value}.");
                    break;
                default:
                    throw new ArgumentException($"{args[i]} is not an option of bench.");
            }
        }

        return new BenchArguments
        {
            Name = args[0],
            Peers = peers,
            Models = models,
            DataDirectory = data,
            ScorerDirectory = scorer,
            VmafCommand = vmaf,
            OutputPath = output,
            MusicDirectory = music,
            LibOpusPath = opus,
            Every = every,
            Seed = seed,
            Scale = scale,
        };
    }

    private static (string Name, string Value) Named(string option, string what, string value)
    {
        int split = value.IndexOf('=', StringComparison.Ordinal);
        return split > 0 ? (value[..split], value[(split + 1)..]) : throw new ArgumentException($"{option} is NAME={what}, not {value}.");
    }

    // A released model is a folder.
    private static string ModelFile(string path)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, "model.onnx") : path;
        return File.Exists(file) ? Path.GetFullPath(file) : throw new ArgumentException($"There is no model {file}.");
    }

    private static string Existing(string directory)
        => Directory.Exists(directory) ? Path.GetFullPath(directory) : throw new ArgumentException($"There is no directory {directory}.");
}
