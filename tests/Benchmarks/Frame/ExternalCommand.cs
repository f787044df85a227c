using System.ComponentModel;
using System.Diagnostics;

namespace RtcEnhance.Benchmarks;

/// <summary>Runs a program, or a peer on files, to its end. Thread-safe.</summary>
internal static class ExternalCommand
{
    /// <summary>Runs a program with an input on its standard input.</summary>
    /// <returns>What it wrote to its standard output.</returns>
    /// <exception cref="InvalidOperationException">It is missing or failed; the message has its last words.</exception>
    public static byte[] Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
            Task<string> errors = process.StandardError.ReadToEndAsync();
            using var output = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors.Result.Trim()}");
            return output.ToArray();
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException($"{program} could not be started: {error.Message}", error);
        }
    }

    /// <summary>Runs a peer: program and leading arguments separated by blanks, then the files.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It is missing or failed.</exception>
    public static string RunPeer(string command, params string[] files)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return System.Text.Encoding.UTF8.GetString(Run(words[0], [.. words[1..], .. files]));
    }
}
