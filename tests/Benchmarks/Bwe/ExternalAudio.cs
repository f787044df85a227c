using System.Diagnostics;
using System.Runtime.InteropServices;
using RtcEnhance.Audio;

namespace RtcEnhance.Benchmarks.Bwe;

/// <summary>Recordings in and out through the ffmpeg executable, and outside commands on them. Thread-safe.</summary>
internal static class ExternalAudio
{
    /// <summary>Reads any recording as one channel at a rate.</summary>
    /// <exception cref="InvalidDataException">FFmpeg could not read it.</exception>
    public static float[] Read(string path, int rateHz)
    {
        using var output = new MemoryStream();
        Run("ffmpeg", ["-v", "error", "-i", path, "-ac", "1", "-ar", $"{rateHz}", "-f", "f32le", "-"], null, output, path);
        return MemoryMarshal.Cast<byte, float>(output.GetBuffer().AsSpan(0, (int)output.Length)).ToArray();
    }

    /// <summary>Writes one channel as a 16-bit WAV file.</summary>
    public static void WriteWav(string path, float[] samples, int rateHz) => WavFile.Write(path, samples, rateHz);

    /// <summary>Runs a peer on files.</summary>
    public static void RunPeer(string command, string inputPath, string outputPath) =>
        Run("/bin/sh", ["-c", $"{command} \"$0\" \"$1\"", inputPath, outputPath], null, Stream.Null, command);

    private static void Run(string program, string[] arguments, byte[]? input, Stream output, string subject)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidDataException($"{program} did not start.");
        var error = process.StandardError.ReadToEndAsync();
        var copy = process.StandardOutput.BaseStream.CopyToAsync(output);
        if (input is not null)
            process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        copy.GetAwaiter().GetResult();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidDataException($"{subject}: {program} exited with {process.ExitCode}. {error.GetAwaiter().GetResult().Trim()}");
    }
}
