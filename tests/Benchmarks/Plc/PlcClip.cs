namespace RtcEnhance.Benchmarks.Plc;

/// <summary>A recording.</summary>
/// <param name="Name">Its file's name without extension.</param>
/// <param name="Samples">One channel at the rate of the setting that it belongs to.</param>
internal sealed record PlcClip(string Name, float[] Samples);
