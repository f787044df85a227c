using System.Diagnostics;
using RtcEnhance.FFmpegCli;

namespace RtcEnhance.Loopback.Sending;

/// <summary>The demo's speech and pictures, read through FFmpeg. Thread-safe.</summary>
public sealed class SourceClip
{
    /// <summary>Rate of <see cref="Speech"/>.</summary>
    public const int SpeechRateHz = 48000;

    /// <summary>Pictures a second.</summary>
    public const int FramesPerSecond = 25;

    /// <summary>Size of the original pictures; the sender halves them.</summary>
    public const int FullWidth = 960;

    /// <summary>Height of the original pictures.</summary>
    public const int FullHeight = 720;

    /// <summary>Width of what is sent.</summary>
    public const int SentWidth = FullWidth / 2;

    /// <summary>Height of what is sent.</summary>
    public const int SentHeight = FullHeight / 2;

    private const int SentBytes = SentWidth * SentHeight * 3 / 2;
    private readonly string _videoPath;
    private readonly byte[] _sent;

    private SourceClip(string videoPath, float[] speech, byte[] sent)
    {
        _videoPath = videoPath;
        Speech = speech;
        _sent = sent;
    }

    /// <summary>Mono speech.</summary>
    public float[] Speech { get; }

    /// <summary>Pictures in the clip.</summary>
    public int FrameCount => _sent.Length / SentBytes;

    /// <summary>Reads both files.</summary>
    /// <param name="speechPath">A sound file.</param>
    /// <param name="videoPath">A clip of <see cref="FullWidth"/> x <see cref="FullHeight"/>.</param>
    /// <returns>The clip.</returns>
    public static SourceClip Load(string speechPath, string videoPath)
    {
        byte[] pcm = ReadAll("-i", speechPath, "-ac", "1", "-ar", $"{SpeechRateHz}", "-f", "f32le", "pipe:1");
        var speech = new float[pcm.Length / sizeof(float)];
        Buffer.BlockCopy(pcm, 0, speech, 0, speech.Length * sizeof(float));
        byte[] sent = ReadAll("-i", videoPath, "-vf", $"scale={SentWidth}:{SentHeight}:flags=bicubic", "-pix_fmt", "yuv420p", "-f", "rawvideo", "pipe:1");
        return new SourceClip(videoPath, speech, sent);
    }

    /// <summary>A picture as it is sent: I420. The clip runs forwards and backwards for ever.</summary>
    /// <param name="index">0 or more.</param>
    /// <returns>The picture.</returns>
    public ReadOnlyMemory<byte> SentFrame(int index) => _sent.AsMemory(ClipIndex(index) * SentBytes, SentBytes);

    /// <summary>Which picture of the clip is shown at a place of the call.</summary>
    /// <param name="index">0 or more.</param>
    /// <returns>0 to <see cref="FrameCount"/> - 1.</returns>
    public int ClipIndex(int index)
    {
        int at = index % (2 * FrameCount);
        return at < FrameCount ? at : (2 * FrameCount) - 1 - at;
    }

    /// <summary>Reads the first original pictures, in the clip's order.</summary>
    /// <param name="count">How many; the clip may have fewer.</param>
    /// <returns>I420, one array a picture.</returns>
    public byte[][] ReadOriginals(int count)
    {
        using Process process = Start("-i", _videoPath, "-frames:v", $"{Math.Min(count, FrameCount)}", "-pix_fmt", "yuv420p", "-f", "rawvideo", "pipe:1");
        var originals = new byte[Math.Min(count, FrameCount)][];
        for (int i = 0; i < originals.Length; i++)
        {
            originals[i] = GC.AllocateUninitializedArray<byte>(FullWidth * FullHeight * 3 / 2);
            process.StandardOutput.BaseStream.ReadExactly(originals[i]);
        }

        process.WaitForExit();
        return originals;
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(FFmpegExecutable.Find().Path, ["-v", "error", .. arguments])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        return Process.Start(start) ?? throw new InvalidOperationException("ffmpeg did not start.");
    }

    private static byte[] ReadAll(params string[] arguments)
    {
        using Process process = Start(arguments);
        using var all = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(all);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"ffmpeg could not read the clip: {string.Join(' ', arguments)}");
        return all.ToArray();
    }
}
