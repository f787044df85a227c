using System.Buffers.Text;
using System.Globalization;
using RtcEnhance.Video;

namespace RtcEnhance.FFmpegCli;

/// <summary>Reads and writes stills (PNG, WebP, JPEG, BMP ...) as R'G'B' through ffmpeg, with all their colour. Thread-safe.</summary>
public static class FFmpegImage
{
    private const int MostHeaderBytes = 64;

    /// <summary>Reads the first picture of a file.</summary>
    /// <param name="executable">ffmpeg.</param>
    /// <param name="path">The file.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <returns>Red, green, blue; rows without padding. Alpha is dropped.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MediaFormatException">ffmpeg found no picture in it.</exception>
    public static byte[] ReadRgb24(FFmpegExecutable executable, string path, out int width, out int height)
    {
        ArgumentNullException.ThrowIfNull(executable);
        if (!File.Exists(path))
            throw new FileNotFoundException($"The file '{path}' does not exist.", path);
        string[] arguments =
        [
            "-i", path, "-map", "0:v:0", "-frames:v", "1", "-pix_fmt", "rgb24", "-c:v", "ppm", "-f", "image2pipe", "-",
        ];
        using var process = new FFmpegProcess(executable, arguments, writesInput: false);
        using var stream = new BufferedStream(process.Output, 1 << 16);
        byte[]? pixels = ReadPortablePixmap(stream, out width, out height);
        process.RequireSuccess($"reading '{path}'");
        return pixels ?? throw new MediaFormatException($"ffmpeg found no picture in '{path}'.");
    }

    /// <summary>Writes a picture; the name's ending chooses the format.</summary>
    /// <param name="executable">ffmpeg.</param>
    /// <param name="path">The file; replaced where it exists.</param>
    /// <param name="pixels">Red, green, blue; rows without padding.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> has another length.</exception>
    /// <exception cref="MediaFormatException">ffmpeg reported a failure.</exception>
    public static void WriteRgb24(FFmpegExecutable executable, string path, ReadOnlySpan<byte> pixels, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(executable);
        if (pixels.Length != 3L * width * height)
            throw new ArgumentException($"A picture of {width}x{height} has {3L * width * height} bytes, not {pixels.Length}.", nameof(pixels));
        string size = string.Create(CultureInfo.InvariantCulture, $"{width}x{height}");
        string[] arguments =
        [
            "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-i", "-", "-frames:v", "1", "-y", path,
        ];
        using var process = new FFmpegProcess(executable, arguments, writesInput: true);
        try
        {
            process.Input.Write(pixels);
            process.Input.Close();
        }
        catch (IOException)
        {
            process.RequireSuccess($"writing '{path}'");
            throw;
        }

        process.RequireSuccess($"writing '{path}'");
    }

    private static byte[]? ReadPortablePixmap(Stream stream, out int width, out int height)
    {
        width = 0;
        height = 0;
        int first = stream.ReadByte();
        if (first < 0)
            return null;
        if (first != 'P' || stream.ReadByte() != '6')
            throw new MediaFormatException("ffmpeg did not send a portable pixmap (P6).");
        stream.ReadByte();
        width = ReadNumber(stream);
        height = ReadNumber(stream);
        int peak = ReadNumber(stream);
        if (peak != 255 || width is < 1 or > VideoFramePool.MaxDimension || height is < 1 or > VideoFramePool.MaxDimension)
            throw new MediaFormatException($"The picture is {width}x{height} with a peak of {peak}; 8 bits and at most {VideoFramePool.MaxDimension} a side are read.");
        var pixels = new byte[3 * width * height];
        if (stream.ReadAtLeast(pixels, pixels.Length, throwOnEndOfStream: false) < pixels.Length)
            throw new MediaFormatException("ffmpeg's picture ends too early.");
        return pixels;
    }

    private static int ReadNumber(Stream stream)
    {
        Span<byte> digits = stackalloc byte[MostHeaderBytes];
        int length = 0;
        for (int value = stream.ReadByte(); value is >= '0' and <= '9' && length < digits.Length; value = stream.ReadByte())
            digits[length++] = (byte)value;
        return Utf8Parser.TryParse(digits[..length], out int number, out _) ? number : 0;
    }
}
