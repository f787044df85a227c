namespace RtcEnhance.Benchmarks.Playout;

/// <summary>One policy at one setting in one scenario. Thread-safe: immutable.</summary>
/// <param name="Policy">The policy's name.</param>
/// <param name="Quantile">Its setting; null where it has none.</param>
/// <param name="Metrics">How it did.</param>
internal sealed record PlayoutRow(string Policy, double? Quantile, PlayoutMetrics Metrics);
