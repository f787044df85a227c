using RtcEnhance.Benchmarks.Receiver;

namespace RtcEnhance.Benchmarks.Receivers;

/// <summary>How a load of streams was played.</summary>
/// <param name="Seconds">Length of the run.</param>
/// <param name="CpuPercent">Of one core, the whole process.</param>
/// <param name="Pulls">Time of each pull of 10 ms.</param>
/// <param name="Lateness">Time from when a block was due to when it had been pulled.</param>
/// <param name="Misses">Blocks later than 10 ms, and those skipped.</param>
internal sealed record LoadResult(double Seconds, double CpuPercent, Durations Pulls, Durations Lateness, long Misses);
