using System.Diagnostics;
using RtcEnhance.Audio;
using RtcEnhance.FFmpegCli;
using RtcEnhance.Loopback.Sending;

namespace RtcEnhance.Browser.Media;

/// <summary>The clips as browsers take them, made by FFmpeg from the demo's speech and pictures for one run. Thread-safe.</summary>
internal sealed class TestMedia : IDisposable
{
    private const string Size = "scale=480:360:flags=bicubic";

    private TestMedia(string directory, SourceClip clip)
    {
        Directory = directory;
        Clip = clip;
    }

    public string Directory { get; }

    /// <summary>Speech and pictures to compare with.</summary>
    public SourceClip Clip { get; }

    public string SpeechPath => Path.Combine(Directory, "speech.wav");

    /// <summary>Raw pictures for Chromium's camera.</summary>
    public string VideoPath => Path.Combine(Directory, "clip.y4m");

    public static TestMedia Prepare(string directory)
    {
        System.IO.Directory.CreateDirectory(directory);
        string media = Path.Combine(AppContext.BaseDirectory, "media");
        string speech = Path.Combine(media, "speech-nl.opus");
        string video = Path.Combine(media, "talking-head-720.mp4");
        var prepared = new TestMedia(directory, SourceClip.Load(speech, video));
        Run("-i", speech, "-ac", "1", "-ar", "48000", "-c:a", "pcm_s16le", prepared.SpeechPath);
        Run("-i", video, "-an", "-vf", Size, "-pix_fmt", "yuv420p", prepared.VideoPath);

        // For the page's own player: nearly the raw pictures, in a codec that every browser brings along.
        Run("-i", video, "-an", "-vf", Size, "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "4M", "-qmax", "20", Path.Combine(directory, "clip.webm"));
        return prepared;
    }

    /// <summary>Decodes what a page recorded to 48 kHz mono; empty where it is no recording.</summary>
    public float[] Decode(byte[] recording)
    {
        if (recording.Length == 0)
            return [];
        string from = Path.Combine(Directory, "recording.bin");
        string to = Path.Combine(Directory, "recording.wav");
        File.WriteAllBytes(from, recording);
        Run("-i", from, "-ac", "1", "-ar", "48000", "-c:a", "pcm_s16le", to);
        return WavFile.Read(to).Samples;
    }

    /// <summary>Deletes the files.</summary>
    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private static void Run(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(FFmpegExecutable.Find().Path, ["-v", "error", "-y", "-nostdin", .. arguments]) { UseShellExecute = false })
            ?? throw new InvalidOperationException("ffmpeg did not start.");
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"ffmpeg could not convert the clip: {string.Join(' ', arguments)}");
    }
}
