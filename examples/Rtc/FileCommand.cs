using System.Globalization;
using RtcEnhance.Loopback;

namespace RtcEnhance.Rtc;

/// <summary>The command line of a verb that works on files: files in order, then options with a value each.</summary>
internal sealed class FileCommand
{
    private readonly Dictionary<string, string> _options = [];
    private readonly List<(string Option, string Value)> _given = [];
    private readonly List<string> _files = [];

    public IReadOnlyList<string> Files => _files;

    /// <summary>Reads the line; null where help was asked for, and printed.</summary>
    public static FileCommand? Parse(string[] args, string usage, int files, params string[] options)
    {
        if (args.Length == 0 || args.Contains("--help") || args.Contains("-h"))
        {
            Console.WriteLine(usage);
            return null;
        }

        var command = new FileCommand();
        for (int i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
                command._files.Add(args[i]);
            else if (!options.Contains(args[i]))
                throw new UsageException($"{args[i]} is not an option here.\n{usage}");
            else if (i + 1 == args.Length)
                throw new UsageException($"{args[i]} needs a value.\n{usage}");
            else
            {
                command._given.Add((args[i], args[i + 1]));
                command._options[args[i]] = args[++i];
            }
        }

        if (command._files.Count != files)
            throw new UsageException($"{files} files are needed, {command._files.Count} were given.\n{usage}");
        return command;
    }

    public static UsageException NoModel(string stage, string classical)
        => new($"there is no {stage} model in this version; use --method {classical}.");

    /// <summary>The value of --method; the first name where it is not given.</summary>
    public string Method(params string[] names)
    {
        string method = _options.GetValueOrDefault("--method", names[0]);
        return names.Contains(method) ? method : throw new UsageException($"--method is one of {string.Join(", ", names)}, not {method}.");
    }

    /// <summary>The value of an option; null where it is not given.</summary>
    public string? Text(string option) => _options.GetValueOrDefault(option);

    /// <summary>Every value of an option that may be repeated, in order.</summary>
    public IEnumerable<string> Values(string option) => _given.Where(given => given.Option == option).Select(given => given.Value);

    public double Number(string option, double otherwise, double least, double most)
    {
        if (!_options.TryGetValue(option, out string? text))
            return otherwise;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most
            ? value
            : throw new UsageException($"{option} is a number from {least} to {most}, not {text}.");
    }

    public int Integer(string option, int otherwise, int least, int most)
    {
        if (!_options.TryGetValue(option, out string? text))
            return otherwise;
        return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value
            : throw new UsageException($"{option} is a whole number from {least} to {most}, not {text}.");
    }
}
