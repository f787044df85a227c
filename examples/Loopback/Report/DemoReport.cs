using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using RtcEnhance.Loopback.Report.Html;

namespace RtcEnhance.Loopback.Report;

/// <summary>
/// Everything a demo run measured. <see cref="Write"/> puts the figures into <c>report.json</c> and figures, sound and
/// pictures into <c>report.html</c>, one page without outside references. Thread-safe.
/// </summary>
public sealed record DemoReport
{
    /// <summary>What made the report.</summary>
    public required RunFigures Run { get; init; }

    /// <summary>What the network did, one entry a stream; the audio stream first.</summary>
    public required IReadOnlyList<StreamFigures> Network { get; init; }

    /// <summary>What the listener got.</summary>
    public required AudioFigures Audio { get; init; }

    /// <summary>What the viewer got.</summary>
    public required VideoFigures Video { get; init; }

    /// <summary>Lips and voice.</summary>
    public required SyncFigures Sync { get; init; }

    /// <summary>Each stage against its budget.</summary>
    public required IReadOnlyList<StageFigures> Stages { get; init; }

    /// <summary>Processor time, one entry a frame rate.</summary>
    public required IReadOnlyList<CpuShare> Cpu { get; init; }

    /// <summary>Sound and pictures of the page; null leaves both out.</summary>
    [JsonIgnore]
    public DemoMedia? Media { get; init; }

    /// <summary>Writes <c>report.json</c> and <c>report.html</c>, replacing older ones.</summary>
    /// <param name="directory">Where to; made if missing.</param>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public void Write(string directory)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "report.json"), ToJson() + "\n");
        File.WriteAllText(Path.Combine(directory, "report.html"), ToHtml(), new UTF8Encoding(false));
    }

    /// <summary>The figures as JSON, as the README beside this file describes them.</summary>
    /// <returns>Indented JSON.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.DemoReport);

    /// <summary>The self-contained page.</summary>
    /// <returns>An HTML document.</returns>
    public string ToHtml() => ReportPage.Render(this);
}
