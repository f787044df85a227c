using System.ComponentModel;
using System.Diagnostics;

namespace RtcEnhance.FFmpegCli;

/// <summary>The <c>ffmpeg</c> command of this machine. Immutable. Thread-safe.</summary>
public sealed class FFmpegExecutable
{
    private FFmpegExecutable(string path) => Path = path;

    /// <summary>Full path of the executable.</summary>
    public string Path { get; }

    /// <summary>An ffmpeg in a place of its own.</summary>
    /// <param name="path">The executable; a relative path starts at the current directory.</param>
    /// <returns>The executable.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static FFmpegExecutable At(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = System.IO.Path.GetFullPath(path);
        return File.Exists(full) ? new FFmpegExecutable(full) : throw new FileNotFoundException($"There is no ffmpeg at '{full}'.", full);
    }

    /// <summary>Looks for <c>ffmpeg</c> in the directories of PATH.</summary>
    /// <returns>The executable, or null where there is none.</returns>
    public static FFmpegExecutable? TryFind()
    {
        string name = OperatingSystem.IsWindows() ? "ffmpeg.exe" : "ffmpeg";
        string[] directories = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        foreach (string directory in directories)
        {
            string path = System.IO.Path.Combine(directory, name);
            if (File.Exists(path))
                return new FFmpegExecutable(path);
        }

        return null;
    }

    /// <summary>Looks for <c>ffmpeg</c> in the directories of PATH.</summary>
    /// <returns>The executable.</returns>
    /// <exception cref="FileNotFoundException">There is none; the message says how to get it.</exception>
    public static FFmpegExecutable Find()
        => TryFind() ?? throw new FileNotFoundException(
            "The ffmpeg command was not found on PATH. Install it (Debian and Ubuntu: apt install ffmpeg; macOS: brew install ffmpeg; Windows: winget install ffmpeg).");

    internal Process Start(IEnumerable<string> arguments, bool writesInput)
    {
        var info = new ProcessStartInfo(Path)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        foreach (string argument in (string[])["-hide_banner", "-loglevel", "error", .. arguments])
            info.ArgumentList.Add(argument);
        try
        {
            Process process = Process.Start(info)!;
            if (!writesInput)
                process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception failure)
        {
            throw new IOException($"'{Path}' could not be started: {failure.Message}", failure);
        }
    }
}
