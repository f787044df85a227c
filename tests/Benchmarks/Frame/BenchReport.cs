namespace RtcEnhance.Benchmarks;

/// <summary>What a benchmark found.</summary>
public sealed class BenchReport
{
    /// <summary>The tables, in the order they are printed.</summary>
    public List<BenchTable> Tables { get; } = [];

    /// <summary>What was not measured and why, and how to read the tables.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Files beside the JSON: names and contents.</summary>
    public List<(string Name, string Text)> Files { get; } = [];

    /// <summary>False where the figures are not to be written down.</summary>
    public bool IsKept { get; set; } = true;

    /// <summary>True where a promise was broken; the exit code is then 1.</summary>
    public bool Failed { get; set; }
}

/// <summary>A benchmark: one line for the list, and what it does.</summary>
internal sealed record Benchmark(string Summary, Func<BenchArguments, BenchReport> Run);
