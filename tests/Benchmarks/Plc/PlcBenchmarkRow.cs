namespace RtcEnhance.Benchmarks.Plc;

/// <summary>One method over one loss trace.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Trace">File name of the trace without its extension.</param>
/// <param name="Clips">Clips that were concealed.</param>
/// <param name="LossPercent">Share of the packets that were lost.</param>
/// <param name="Metrics">Names of the metrics.</param>
/// <param name="Scores">[metrics][clips].</param>
/// <param name="ClicksPercent">Jumps at seams, in a hundred losses.</param>
/// <param name="LoudPercent">Concealments louder than what they continue, in a hundred losses.</param>
/// <param name="Costs">What its calls took; null for what runs as a process, or within something larger.</param>
internal sealed record PlcBenchmarkRow(
    string Method,
    string Trace,
    int Clips,
    double LossPercent,
    IReadOnlyList<string> Metrics,
    IReadOnlyList<double[]> Scores,
    double ClicksPercent,
    double LoudPercent,
    PlcCosts? Costs);
