using System.Diagnostics;

namespace RtcEnhance.Benchmarks;

/// <summary>Runs an outside command with an input and an output file. Thread-safe.</summary>
internal static class PeerCommand
{
    /// <summary>Runs to the end.</summary>
    /// <param name="command">Program and leading arguments, separated by blanks.</param>
    /// <param name="arguments">What follows.</param>
    /// <exception cref="InvalidOperationException">The command ended with another status than 0.</exception>
    public static void Run(string command, params string[] arguments)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        using Process process = Process.Start(new ProcessStartInfo(words[0], [.. words[1..], .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"'{command}' ended with status {process.ExitCode}.");
    }
}
