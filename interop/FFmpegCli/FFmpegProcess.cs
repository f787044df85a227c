using System.Diagnostics;
using System.Text;

namespace RtcEnhance.FFmpegCli;

/// <summary>A running ffmpeg with its last error lines; disposing ends it. One thread at a time.</summary>
internal sealed class FFmpegProcess : IDisposable
{
    private const int MostErrorChars = 2000;

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private bool _ended;

    public FFmpegProcess(FFmpegExecutable executable, IEnumerable<string> arguments, bool writesInput)
    {
        _process = executable.Start(arguments, writesInput);

        // Read all along: an error pipe that fills up would stop ffmpeg.
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                if (line.Data is not null && _errors.Length < MostErrorChars)
                    _errors.Append(_errors.Length > 0 ? "; " : string.Empty).Append(line.Data);
            }
        };
        _process.BeginErrorReadLine();
    }

    public Stream Output => _process.StandardOutput.BaseStream;

    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Waits for the end.</summary>
    /// <param name="doing">For the message: "reading x.png".</param>
    /// <exception cref="MediaFormatException">ffmpeg reported a failure.</exception>
    public void RequireSuccess(string doing)
    {
        _process.WaitForExit();
        _ended = true;
        if (_process.ExitCode != 0)
            throw new MediaFormatException($"ffmpeg failed {doing}: {Errors}");
    }

    public string Errors
    {
        get
        {
            lock (_errors)
                return _errors.Length > 0 ? _errors.ToString() : $"exit status {(_process.HasExited ? _process.ExitCode : 0)}";
        }
    }

    public void Dispose()
    {
        if (!_ended && !_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
