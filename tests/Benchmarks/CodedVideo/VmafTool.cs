using System.Text.Json;

namespace RtcEnhance.Benchmarks.CodedVideo;

/// <summary>The public <c>vmaf</c> command. One thread at a time.</summary>
/// <param name="command">The program and leading arguments.</param>
/// <param name="scratch">A folder for its files.</param>
internal sealed class VmafTool(string command, string scratch)
{
    private readonly string _original = Path.Combine(scratch, "vmaf-original.y4m");
    private readonly string _found = Path.Combine(scratch, "vmaf-found.y4m");
    private readonly string _log = Path.Combine(scratch, "vmaf.json");

    /// <summary>Takes the originals that pictures are compared with from now on.</summary>
    public void SetOriginal(I420Clip original) => original.Write(_original);

    /// <summary>The score with VMAF, the mean over the pictures.</summary>
    /// <exception cref="InvalidOperationException">The command failed or printed no figures.</exception>
    public StreamScore Measure(StreamScore score, I420Clip found)
    {
        found.Write(_found);
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ExternalCommand.Run(words[0], [
            .. words[1..], "-r", _original, "-d", _found, "-m", "version=vmaf_v0.6.1:name=vmaf", "-m", "version=vmaf_v0.6.1neg:name=vmaf_neg",
            "--json", "-o", _log, "-q"]);
        using JsonDocument log = JsonDocument.Parse(File.ReadAllBytes(_log));
        return score with { Vmaf = Mean(log, "vmaf"), VmafNeg = Mean(log, "vmaf_neg") };
    }

    private double Mean(JsonDocument log, string name)
        => log.RootElement.TryGetProperty("pooled_metrics", out JsonElement metrics)
            && metrics.TryGetProperty(name, out JsonElement metric) && metric.TryGetProperty("mean", out JsonElement mean)
            ? mean.GetDouble()
            : throw new InvalidOperationException($"'{command}' gave no {name}.");
}
