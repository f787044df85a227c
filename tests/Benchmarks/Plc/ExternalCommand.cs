using System.ComponentModel;
using System.Diagnostics;

namespace RtcEnhance.Benchmarks.Plc;

/// <summary>Runs a program to its end.</summary>
internal static class ExternalCommand
{
    /// <summary>Returns what the program wrote to its standard output.</summary>
    /// <exception cref="InvalidOperationException">The program is missing or failed; the message has its last words.</exception>
    internal static byte[] Run(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            using var output = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.Result.Trim()}");
            return output.ToArray();
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException($"{program} could not be started: {error.Message}", error);
        }
    }
}
