using System.ComponentModel;
using System.Diagnostics;

namespace RtcEnhance.Baresip;

/// <summary>A program whose lines are kept. Thread-safe.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];

    public ChildProcess(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{program} does not start: {e.Message}", e);
        }

        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>All that it has printed so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    public int Count(string part) => Lines.Count(line => line.Contains(part, StringComparison.Ordinal));

    /// <summary>Waits until so many lines have the text in them.</summary>
    public string WaitFor(string part, int times = 1)
    {
        Patience.Until(() => Count(part) >= times || _process.HasExited, () => $"'{part}'\n{string.Join('\n', Lines)}");
        if (_process.HasExited)
            _process.WaitForExit();
        return Lines.Where(line => line.Contains(part, StringComparison.Ordinal)).Skip(times - 1).FirstOrDefault()
            ?? throw new InvalidOperationException($"It ended without '{part}':\n{string.Join('\n', Lines)}");
    }

    public void WriteLine(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Asks it to end. CTRL-C's own signal does nothing to a program whose shell started it in the background.</summary>
    public void Terminate() => Process.Start("kill", ["-TERM", $"{_process.Id}"]).WaitForExit();

    public int WaitForExit()
    {
        Patience.Until(() => _process.HasExited, () => $"the end\n{string.Join('\n', Lines)}");
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
            _lines.Add(line);
    }
}
