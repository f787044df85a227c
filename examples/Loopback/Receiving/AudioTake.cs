using RtcEnhance.Audio;

namespace RtcEnhance.Loopback.Receiving;

/// <summary>One playout of a call. Thread-safe.</summary>
/// <param name="Samples">What was played, 48 kHz mono.</param>
/// <param name="Steps">What was decided for each 10 ms of it.</param>
public sealed record AudioTake(float[] Samples, IReadOnlyList<PlayoutStep> Steps);
