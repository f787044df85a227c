using System.Diagnostics;
using RtcEnhance.FFmpegCli;

namespace RtcEnhance.Benchmarks.Streams;

/// <summary>Other programs that take every core they get: ffmpeg makes pictures that nobody wants. Disposing ends them.</summary>
internal sealed class BusyProcesses : IDisposable
{
    private readonly Process[] _processes;

    /// <summary>Starts them.</summary>
    /// <param name="count">How many, one thread each.</param>
    /// <param name="atMost">They end by themselves when this much time of their pictures, at one a second, is made.</param>
    public BusyProcesses(int count, TimeSpan atMost)
    {
        // A picture takes them some milliseconds, so the limit is far away; it is there for a caller that is killed.
        string pictures = $"{(long)(1000 * atMost.TotalSeconds)}";
        _processes = [.. Enumerable.Range(0, count).Select(_ => Process.Start(new ProcessStartInfo(
            FFmpegExecutable.Find().Path,
            ["-v", "quiet", "-nostdin", "-threads", "1", "-filter_threads", "1", "-f", "lavfi", "-i", "mandelbrot=s=640x480", "-frames:v", pictures, "-threads", "1", "-f", "null", "-"])
        {
            UseShellExecute = false,
        }) ?? throw new InvalidOperationException("ffmpeg did not start."))];
    }

    /// <summary>Processor time that they have had, in seconds.</summary>
    public double CpuSeconds => _processes.Sum(process =>
    {
        process.Refresh();
        return process.TotalProcessorTime.TotalSeconds;
    });

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited)
                process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
