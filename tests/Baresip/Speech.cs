using System.Diagnostics;
using System.Runtime.InteropServices;
using RtcEnhance.Audio;
using RtcEnhance.FFmpegCli;
using RtcEnhance.Tests;

namespace RtcEnhance.Baresip;

/// <summary>The repository's speech as the WAV file that baresip says: again and again, longer than any call here.</summary>
internal static class Speech
{
    public const int RateHz = 48000;
    private const int Repetitions = 20;

    /// <summary>Writes the file.</summary>
    /// <returns>Its samples.</returns>
    public static float[] Write(string path)
    {
        string source = Path.Combine(Repository.Root, "examples/media/speech-nl.opus");
        var start = new ProcessStartInfo(FFmpegExecutable.Find().Path, ["-v", "error", "-i", source, "-ac", "1", "-ar", $"{RateHz}", "-f", "f32le", "pipe:1"])
        {
            RedirectStandardOutput = true,
        };
        using Process ffmpeg = Process.Start(start)!;
        using var bytes = new MemoryStream();
        ffmpeg.StandardOutput.BaseStream.CopyTo(bytes);
        ffmpeg.WaitForExit();
        float[] once = MemoryMarshal.Cast<byte, float>(bytes.ToArray()).ToArray();
        float[] samples = [.. Enumerable.Repeat(once, Repetitions).SelectMany(static copy => copy)];
        WavFile.Write(path, samples, RateHz);
        return samples;
    }
}
