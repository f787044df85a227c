namespace RtcEnhance.Loopback.Report;

/// <summary>How many durations fell into an interval. Thread-safe.</summary>
/// <param name="FromMs">Lower edge in milliseconds, inside.</param>
/// <param name="ToMs">Upper edge in milliseconds, outside.</param>
/// <param name="Count">Durations in it.</param>
public sealed record LatencyBucket(double FromMs, double ToMs, long Count);
