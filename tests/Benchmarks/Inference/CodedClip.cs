using RtcEnhance.FFmpegCli;
using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks.Inference;

/// <summary>The pictures that a call would hand on: a clip made small, coded as VP8 in real time, and decoded. Thread-safe.</summary>
internal sealed record CodedClip(string Name, int Width, int Height, int Kbps, IReadOnlyList<VideoFrame> Frames) : IDisposable
{
    /// <summary>Columns of a call's picture.</summary>
    public const int CallWidth = 480;

    /// <summary>Rows of a call's picture.</summary>
    public const int CallHeight = 360;

    private const int MostFrames = 150;

    // As libwebrtc has libvpx set for a camera: api/video_codecs/video_encoder.cc, modules/video_coding/codecs/vp8/libvpx_vp8_encoder.cc.
    private static readonly string[] NoiseReduction = ["-noise-sensitivity", "4", "-static-thresh", "1"];

    /// <summary>Codes a clip: its middle, 480x360 where it is as large as that, else half its size.</summary>
    /// <param name="ffmpeg">What codes it.</param>
    /// <param name="path">The clip.</param>
    /// <param name="kbps">Kilobits a second.</param>
    /// <param name="isDenoised">Whether the sender reduces the camera's noise, as browsers do.</param>
    public static CodedClip Make(FFmpegExecutable ffmpeg, string path, int kbps, bool isDenoised)
    {
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("rtc-clip");
        try
        {
            string coded = Path.Combine(scratch.FullName, "clip.ivf");
            Encode(ffmpeg, path, kbps, isDenoised ? NoiseReduction : [], coded);
            return Read(ffmpeg, coded, Path.GetFileNameWithoutExtension(path), kbps);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    public void Dispose()
    {
        foreach (VideoFrame frame in Frames)
            frame.Dispose();
    }

    private static void Encode(FFmpegExecutable ffmpeg, string path, int kbps, string[] noiseReduction, string coded)
    {
        int width, height;
        using (var original = new FFmpegVideoReader(ffmpeg, path))
            (width, height) = (original.Header.Width, original.Header.Height);
        bool isLarge = width >= CallWidth && height >= CallHeight;
        string filter = isLarge
            ? FormattableString.Invariant($"crop='min(iw,ih*4/3)':'min(ih,iw*3/4)':(iw-ow)/2:(ih-oh)/4,scale={CallWidth}:{CallHeight}:flags=bicubic")
            : FormattableString.Invariant($"scale={width / 4 * 2}:{height / 4 * 2}:flags=bicubic");
        string rate = FormattableString.Invariant($"{kbps}k");
        ExternalCommand.Run(
            ffmpeg.Path,
            [
                "-v", "error", "-i", path, "-an", "-vf", filter, "-frames:v", $"{MostFrames}", "-pix_fmt", "yuv420p",
                "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "-6", "-lag-in-frames", "0", "-auto-alt-ref", "0", "-error-resilient", "1",
                .. noiseReduction, "-b:v", rate, "-minrate", rate, "-maxrate", rate, "-bufsize", rate, "-g", "3000", "-threads", "1", "-y", coded,
            ]);
    }

    private static CodedClip Read(FFmpegExecutable ffmpeg, string coded, string name, int kbps)
    {
        using var reader = new FFmpegVideoReader(ffmpeg, coded);
        var pool = new VideoFramePool(MostFrames + 1);
        var frames = new List<VideoFrame>();
        while (true)
        {
            VideoFrame frame = pool.Rent(reader.Header.Width, reader.Header.Height)!;
            if (!reader.TryReadFrame(frame))
            {
                frame.Dispose();
                break;
            }

            frames.Add(frame);
        }

        return new CodedClip(name, reader.Header.Width, reader.Header.Height, kbps, frames);
    }
}
