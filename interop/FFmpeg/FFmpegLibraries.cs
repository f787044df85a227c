using System.Runtime.InteropServices;
using global::FFmpeg.AutoGen;

namespace RtcEnhance.FFmpeg;

/// <summary>Where FFmpeg's shared libraries are found. Thread-safe.</summary>
internal static class FFmpegLibraries
{
    private const string HowToInstall =
        "Debian 12: apt-get install libavcodec59; macOS: brew install ffmpeg@5; Windows: put FFmpeg 5.1's shared build beside "
        + "the program. Where they lie elsewhere, set FFmpeg.AutoGen's ffmpeg.RootPath before.";

    // Homebrew's folders are not searched by themselves.
    private static readonly string[] SystemFolders =
        OperatingSystem.IsMacOS() ? ["", "/opt/homebrew/opt/ffmpeg@5/lib", "/usr/local/opt/ffmpeg@5/lib"] : [""];

    private static readonly Lock Gate = new();
    private static bool _isReady;

    /// <summary>
    /// Loads libavcodec where the bindings look for it; where the application did not say where that is and the program's
    /// folder has none, the system's.
    /// </summary>
    /// <exception cref="DllNotFoundException">There is none of the version that the bindings were made for.</exception>
    public static void EnsureLoaded()
    {
        lock (Gate)
        {
            if (_isReady)
                return;
            bool isChosen = ffmpeg.RootPath != AppDomain.CurrentDomain.BaseDirectory;
            string[] folders = isChosen ? [ffmpeg.RootPath] : [ffmpeg.RootPath, .. SystemFolders];
            ffmpeg.RootPath = Find(folders, FileName("avcodec", ffmpeg.LibraryVersionMap["avcodec"]));
            _isReady = true;
        }
    }

    /// <summary>The first of these folders with the library; throws the one clear message where there is none.</summary>
    internal static string Find(string[] folders, string file)
    {
        foreach (string folder in folders)
        {
            if (NativeLibrary.TryLoad(Path.Combine(folder, file), out _))
                return folder;
        }

        string tried = string.Join(", ", folders.Select(static folder => folder.Length == 0 ? "the system's folders" : folder));
        throw new DllNotFoundException($"{file} of FFmpeg was not found (tried {tried}). {HowToInstall}");
    }

    private static string FileName(string library, int version)
        => OperatingSystem.IsWindows() ? $"{library}-{version}.dll"
            : OperatingSystem.IsMacOS() ? $"lib{library}.{version}.dylib"
            : $"lib{library}.so.{version}";
}
