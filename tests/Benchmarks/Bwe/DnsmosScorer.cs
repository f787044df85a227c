using System.Globalization;

namespace RtcEnhance.Benchmarks.Bwe;

/// <summary>DNSMOS P.835 through <c>node dnsmos.js MODEL WAV...</c>, which prints "file SIG BAK OVRL" a line.</summary>
internal static class DnsmosScorer
{
    private const string Script = "dnsmos.js";

    /// <summary>Whether the folder holds the script and its model.</summary>
    public static bool IsIn(string? scorerDirectory)
        => scorerDirectory is not null && File.Exists(Path.Combine(scorerDirectory, Script)) && File.Exists(Model(scorerDirectory));

    /// <summary>Signal, background and overall of each file.</summary>
    public static IReadOnlyList<double[]> Score(string scorerDirectory, IReadOnlyList<string> wavFiles)
    {
        byte[] printed = ExternalCommand.Run("node", [Path.Combine(scorerDirectory, Script), Model(scorerDirectory), .. wavFiles]);
        string[] lines = System.Text.Encoding.UTF8.GetString(printed).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == wavFiles.Count
            ? [.. lines.Select(line => line.Split(' ')[^3..].Select(value => double.Parse(value, CultureInfo.InvariantCulture)).ToArray())]
            : throw new InvalidOperationException($"{Script} scored {lines.Length} of {wavFiles.Count} files.");
    }

    private static string Model(string directory) => Path.Combine(directory, "sig_bak_ovr.onnx");
}
