using RtcEnhance.FFmpegCli;
using RtcEnhance.Video;

namespace RtcEnhance.ConferenceView;

/// <summary>
/// A participant's pictures as they come out of a decoder: the clip at one size, through VP8 at a call's rate and back,
/// all in memory. Thread-safe once read.
/// </summary>
internal sealed class ParticipantClip
{
    /// <summary>Four seconds; then it runs backwards.</summary>
    private const int MostFrames = 120;

    private const double BitsPerPixel = 0.08;

    private readonly byte[][] _frames;

    private ParticipantClip(int width, int height, byte[][] frames) => (Width, Height, _frames) = (width, height, frames);

    public int Width { get; }

    public int Height { get; }

    /// <summary>Encodes and decodes the clip.</summary>
    /// <exception cref="InvalidOperationException">ffmpeg is missing or has no VP8 encoder.</exception>
    public static ParticipantClip Read(string path, int width, int height)
    {
        FFmpegExecutable ffmpeg = FFmpegExecutable.Find();
        string coded = Path.Combine(Path.GetTempPath(), $"rtc-conference-{Guid.NewGuid():N}.ivf");
        try
        {
            Encode(ffmpeg, path, coded, width, height);
            return new ParticipantClip(width, height, Decode(ffmpeg, coded, width, height));
        }
        finally
        {
            File.Delete(coded);
        }
    }

    /// <summary>Copies a picture into a frame of the clip's size; the clip runs forwards and backwards for ever.</summary>
    public void CopyTo(VideoFrame frame, int index)
    {
        int at = index % (2 * _frames.Length);
        byte[] picture = _frames[at < _frames.Length ? at : (2 * _frames.Length) - 1 - at];
        if (!FrameConverter.TryImport(HostPicture.Contiguous(HostPixelFormat.I420, picture, Width, Height), frame, out string? reason))
            throw new InvalidOperationException(reason);
    }

    private static void Encode(FFmpegExecutable ffmpeg, string path, string coded, int width, int height)
    {
        using var reader = new FFmpegVideoReader(ffmpeg, path, $"scale={width}:{height}:flags=bicubic");
        string rate = $"{(int)(BitsPerPixel * width * height * ConferenceCall.FramesPerSecond / 1000)}k";
        using var writer = new FFmpegVideoWriter(
            ffmpeg, coded, reader.Header,
            "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "-6", "-lag-in-frames", "0", "-auto-alt-ref", "0", "-error-resilient", "1",
            "-threads", "1", "-b:v", rate, "-minrate", rate, "-maxrate", rate, "-bufsize", rate, "-g", "3000", "-f", "ivf");
        using VideoFrame frame = new VideoFramePool(1).Rent(width, height)!;
        for (int i = 0; i < MostFrames && reader.TryReadFrame(frame); i++)
            writer.WriteFrame(frame);
        writer.Complete();
    }

    private static byte[][] Decode(FFmpegExecutable ffmpeg, string coded, int width, int height)
    {
        using var reader = new FFmpegVideoReader(ffmpeg, coded);
        using VideoFrame frame = new VideoFramePool(1).Rent(width, height)!;
        var frames = new List<byte[]>();
        while (reader.TryReadFrame(frame))
        {
            var picture = new byte[(width * height) + (2 * ((width + 1) / 2) * ((height + 1) / 2))];
            if (!FrameConverter.TryExport(frame, HostPicture.Contiguous(HostPixelFormat.I420, picture, width, height), out string? reason))
                throw new InvalidOperationException(reason);
            frames.Add(picture);
        }

        return [.. frames];
    }
}
