namespace RtcEnhance.Inference;

/// <summary>Neighbouring samples of a row. Immutable. Thread-safe.</summary>
/// <param name="First">The first one.</param>
/// <param name="End">The one after the last.</param>
internal readonly record struct ColumnRun(int First, int End);
