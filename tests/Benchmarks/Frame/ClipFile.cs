using System.Runtime.InteropServices;

namespace RtcEnhance.Benchmarks;

/// <summary>Recordings that ffmpeg reads. Thread-safe.</summary>
internal static class ClipFile
{
    /// <summary>One channel at a rate.</summary>
    /// <exception cref="InvalidOperationException">ffmpeg is missing or could not read it.</exception>
    public static float[] Read(string path, int rateHz)
        => MemoryMarshal.Cast<byte, float>(ExternalCommand.Run("ffmpeg", "-v", "error", "-i", path, "-ac", "1", "-ar", $"{rateHz}", "-f", "f32le", "-")).ToArray();

    /// <summary>The recordings of a folder in the order of their names, every n-th of them.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public static string[] List(string directory, int every)
    {
        string[] files = [.. Directory.EnumerateFiles(directory)
            .Where(path => Path.GetExtension(path) is ".flac" or ".wav")
            .Order(StringComparer.Ordinal)
            .Where((_, i) => i % every == 0)];
        return files.Length > 0 ? files : throw new InvalidOperationException($"{directory} holds no .flac or .wav files.");
    }
}
