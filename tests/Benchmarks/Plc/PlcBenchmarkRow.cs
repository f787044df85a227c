namespace RtcEnhance.Benchmarks.Plc;

/// <summary>One method over one loss trace: means over the clips.</summary>
/// <param name="Method">A built-in method or a peer's name.</param>
/// <param name="Trace">File name of the trace without its extension.</param>
/// <param name="Clips">Clips that were concealed.</param>
/// <param name="LossPercent">Share of the packets that were lost.</param>
/// <param name="MicrosecondsPerLostBlock">Time a lost 10 ms takes, the merge after it included; null for a peer, which runs as a process.</param>
/// <param name="Scores">One entry a metric: its mean, and how far this method is above the first one on the same clips.</param>
public sealed record PlcBenchmarkRow(
    string Method,
    string Trace,
    int Clips,
    double LossPercent,
    double? MicrosecondsPerLostBlock,
    IReadOnlyList<PlcScore> Scores);
