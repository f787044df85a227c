using System.Globalization;

namespace RtcEnhance.Benchmarks.Plc;

/// <summary>PLCMOS v2 through <c>node plcmos.js LIST OUT</c>, which writes one "file tab score" a line.</summary>
internal static class PlcmosScorer
{
    internal static double[] Score(string scorerDirectory, IReadOnlyList<string> wavFiles, string workDirectory)
    {
        string list = Path.Combine(workDirectory, "plcmos-list.txt");
        string result = Path.Combine(workDirectory, "plcmos.tsv");
        File.WriteAllLines(list, wavFiles);
        ExternalCommand.Run("node", [Path.Combine(scorerDirectory, "plcmos.js"), list, result]);

        string[] lines = File.ReadAllLines(result);
        if (lines.Length != wavFiles.Count)
            throw new InvalidOperationException($"plcmos.js scored {lines.Length} of {wavFiles.Count} files.");
        var scores = new double[lines.Length];
        for (int i = 0; i < lines.Length; i++)
            scores[i] = double.Parse(lines[i].Split('\t')[1], CultureInfo.InvariantCulture);
        return scores;
    }
}
