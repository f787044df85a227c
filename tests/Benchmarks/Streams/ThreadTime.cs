using System.Runtime.InteropServices;

namespace RtcEnhance.Benchmarks.Streams;

/// <summary>Processor time of the calling thread; elsewhere than on Linux it is not told from time that goes by. Thread-safe.</summary>
internal static partial class ThreadTime
{
    private const int ThreadCpuClock = 3;

    /// <summary>Milliseconds since some moment.</summary>
    public static double Milliseconds
        => OperatingSystem.IsLinux() && GetTime(ThreadCpuClock, out TimeSpec time) == 0
            ? (1e3 * time.Seconds) + (1e-6 * time.Nanoseconds)
            : 1e3 * System.Diagnostics.Stopwatch.GetTimestamp() / System.Diagnostics.Stopwatch.Frequency;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    private readonly record struct TimeSpec(nint Seconds, nint Nanoseconds);
}
