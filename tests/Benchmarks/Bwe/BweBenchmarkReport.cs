namespace RtcEnhance.Benchmarks.Bwe;

/// <summary>Everything one run of the bandwidth-extension benchmark measured. Thread-safe.</summary>
/// <param name="InputRateHz">Rate that the clips were brought down to.</param>
/// <param name="Clips">Each method on each clip.</param>
/// <param name="Methods">Each method over all clips, plain resampling first.</param>
public sealed record BweBenchmarkReport(int InputRateHz, IReadOnlyList<BweClipResult> Clips, IReadOnlyList<BweMethodSummary> Methods);
