using System.Collections.Concurrent;
using System.Diagnostics;
using RtcEnhance.FFmpegCli;
using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.FFmpeg.Tests;

/// <summary>A test pattern, encoded by the ffmpeg command, and what that command decodes of it.</summary>
internal sealed class EncodedClip
{
    private static readonly ConcurrentDictionary<(VideoCodec, int, int, int, string), EncodedClip> Clips = [];

    private EncodedClip(IReadOnlyList<byte[]> frames, IReadOnlyList<VideoFrame> source, IReadOnlyList<VideoFrame> decoded)
        => (Frames, Source, Decoded) = (frames, source, decoded);

    public IReadOnlyList<byte[]> Frames { get; }

    public IReadOnlyList<VideoFrame> Source { get; }

    public IReadOnlyList<VideoFrame> Decoded { get; }

    /// <summary>A key frame first and, where there are more, every tenth, coded as a call codes them: nothing looks ahead.</summary>
    public static EncodedClip Create(VideoCodec codec, int width = 320, int height = 180, int frames = 20, string pixelFormat = "yuv420p")
        => Clips.GetOrAdd((codec, width, height, frames, pixelFormat), static key => Encode(key.Item1, key.Item2, key.Item3, key.Item4, key.Item5));

    private static EncodedClip Encode(VideoCodec codec, int width, int height, int frames, string pixelFormat)
    {
        string folder = Directory.CreateTempSubdirectory("rtcenhance").FullName;
        try
        {
            string source = Path.Combine(folder, "source.y4m");
            string file = Path.Combine(folder, codec == VideoCodec.H264 ? "clip.h264" : "clip.ivf");
            Run(["-f", "lavfi", "-i", $"testsrc2=s={width}x{height}:r=15", "-frames:v", $"{frames}", "-pix_fmt", pixelFormat, "-strict", "-1", source]);
            Run(["-i", source, .. EncoderOf(codec), "-g", "10", "-b:v", "800k", "-threads", "1", file]);
            byte[] bytes = File.ReadAllBytes(file);
            return new EncodedClip(
                codec == VideoCodec.H264 ? H264Packetizer.SplitAccessUnits(bytes) : IvfReader.ReadFrames(bytes),
                Pictures(source, frames),
                Pictures(file, frames));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string[] EncoderOf(VideoCodec codec) => codec switch
    {
        VideoCodec.Vp8 => ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-auto-alt-ref", "0", "-lag-in-frames", "0"],
        VideoCodec.Vp9 => ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-auto-alt-ref", "0", "-lag-in-frames", "0"],
        VideoCodec.H264 => ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency"],
        _ => ["-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-lag-in-frames", "0"],
    };

    private static List<VideoFrame> Pictures(string file, int most)
    {
        using var reader = new FFmpegVideoReader(FFmpegExecutable.Find(), file);
        var pool = new VideoFramePool(most + 1);
        var pictures = new List<VideoFrame>();
        while (true)
        {
            VideoFrame picture = pool.Rent(reader.Header.Width, reader.Header.Height)!;
            if (!reader.TryReadFrame(picture))
            {
                picture.Dispose();
                return pictures;
            }

            pictures.Add(picture);
        }
    }

    private static void Run(string[] arguments)
    {
        using Process process = Process.Start(FFmpegExecutable.Find().Path, ["-v", "error", "-nostdin", "-y", .. arguments]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
