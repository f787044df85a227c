using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RtcEnhance.Browser;

/// <summary>A program that runs beside this one, with its output in a file; it and its children end with it.</summary>
internal sealed partial class ChildProcess : IDisposable
{
    private const int Interrupt = 2;

    private readonly Process _process;
    private readonly StreamWriter _log;

    private ChildProcess(Process process, StreamWriter log)
    {
        _process = process;
        _log = log;
    }

    public bool HasExited => _process.HasExited;

    public static ChildProcess Start(string program, IEnumerable<string> arguments, string logPath, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        var log = new StreamWriter(logPath);
        try
        {
            Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
            var child = new ChildProcess(process, log);
            process.OutputDataReceived += child.OnLine;
            process.ErrorDataReceived += child.OnLine;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return child;
        }
        catch (Win32Exception e)
        {
            log.Dispose();
            throw new InvalidOperationException($"{program} did not start: {e.Message}", e);
        }
    }

    /// <summary>What a program prints, or null where it does not start or fails.</summary>
    public static string? Output(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            using Process process = Process.Start(start)!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output.Trim();
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Asks to end, waits, then insists.</summary>
    public void Dispose()
    {
        if (!_process.HasExited && !OperatingSystem.IsWindows())
        {
            _ = Kill(_process.Id, Interrupt);
            _process.WaitForExit(TimeSpan.FromSeconds(5));
        }

        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        lock (_log)
            _log.Dispose();
    }

    private void OnLine(object sender, DataReceivedEventArgs e)
    {
        lock (_log)
        {
            if (e.Data is not null && _log.BaseStream is not null)
                _log.WriteLine(e.Data);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
