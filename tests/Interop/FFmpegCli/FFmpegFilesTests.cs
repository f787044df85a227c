using RtcEnhance.FFmpegCli;
using RtcEnhance.Video;

namespace RtcEnhance.Interop.Tests.FFmpegCli;

public sealed class FFmpegFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rtc-files");
    private readonly FFmpegExecutable _ffmpeg = FFmpegExecutable.Find();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Image_WrittenAsPng_IsReadBackUnchanged()
    {
        var pixels = new byte[3 * 7 * 5];
        new Random(1).NextBytes(pixels);
        string path = Path.Combine(_folder.FullName, "still.png");

        FFmpegImage.WriteRgb24(_ffmpeg, path, pixels, 7, 5);
        byte[] found = FFmpegImage.ReadRgb24(_ffmpeg, path, out int width, out int height);

        Assert.Equal((7, 5), (width, height));
        Assert.Equal(pixels, found);
    }

    [Fact]
    public void Video_WrittenLosslessly_IsReadBackUnchanged()
    {
        string path = Path.Combine(_folder.FullName, "clip.mkv");
        var header = new Y4mHeader { Width = 33, Height = 17, RateNumerator = 25 };
        var pool = new VideoFramePool(2);
        using VideoFrame frame = pool.Rent(33, 17)!;
        using VideoFrame found = pool.Rent(33, 17)!;
        using (var writer = new FFmpegVideoWriter(_ffmpeg, path, header, "-c:v", "ffv1"))
        {
            for (int i = 0; i < 3; i++)
            {
                Fill(frame, i);
                writer.WriteFrame(frame);
            }

            writer.Complete();
        }

        using var reader = new FFmpegVideoReader(_ffmpeg, path);
        Assert.Equal((33, 17, 25.0), (reader.Header.Width, reader.Header.Height, reader.Header.FramesPerSecond));
        for (int i = 0; i < 3; i++)
        {
            Fill(frame, i);
            Assert.True(reader.TryReadFrame(found));
            for (int y = 0; y < 17; y++)
                Assert.True(frame.Y.Row(y).SequenceEqual(found.Y.Row(y)));
            for (int y = 0; y < 9; y++)
                Assert.True(frame.V.Row(y).SequenceEqual(found.V.Row(y)));
        }

        Assert.False(reader.TryReadFrame(found));
    }

    [Fact]
    public void Read_NotAMediaFile_ReportsWhatFFmpegSaid()
    {
        string path = Path.Combine(_folder.FullName, "noise.png");
        File.WriteAllText(path, "this is no picture");

        Assert.Contains(path, Assert.Throws<MediaFormatException>(() => new FFmpegVideoReader(_ffmpeg, path)).Message);
        Assert.Contains(path, Assert.Throws<MediaFormatException>(() => FFmpegImage.ReadRgb24(_ffmpeg, path, out _, out _)).Message);
        Assert.Throws<FileNotFoundException>(() => new FFmpegVideoReader(_ffmpeg, path + ".none"));
    }

    [Fact]
    public void Read_InterlacedFile_IsRefusedWithoutWaitingForFFmpeg()
    {
        string path = Path.Combine(_folder.FullName, "interlaced.mkv");
        using VideoFrame frame = new VideoFramePool(1).Rent(320, 240)!;
        using (var writer = new FFmpegVideoWriter(_ffmpeg, path, new Y4mHeader { Width = 320, Height = 240 }, "-c:v", "ffv1"))
        {
            // More than every buffer between the processes holds.
            for (int i = 0; i < 10; i++)
                writer.WriteFrame(frame);
            writer.Complete();
        }

        var e = Assert.Throws<MediaFormatException>(() => new FFmpegVideoReader(_ffmpeg, path, "setfield=tff"));
        Assert.Contains("interlaced", e.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Write_ToAFolderThatIsNotThere_ReportsIt()
    {
        string path = Path.Combine(_folder.FullName, "none", "clip.mkv");

        Assert.Throws<MediaFormatException>(() => FFmpegImage.WriteRgb24(_ffmpeg, path + ".png", new byte[3], 1, 1));
        using var writer = new FFmpegVideoWriter(_ffmpeg, path, new Y4mHeader { Width = 2, Height = 2 });
        Assert.Throws<MediaFormatException>(writer.Complete);
    }

    private static void Fill(VideoFrame frame, int seed)
    {
        var random = new Random(seed);
        for (int y = 0; y < frame.Height; y++)
            random.NextBytes(frame.Y.Row(y));
        for (int y = 0; y < frame.ChromaHeight; y++)
        {
            random.NextBytes(frame.U.Row(y));
            random.NextBytes(frame.V.Row(y));
        }
    }
}
