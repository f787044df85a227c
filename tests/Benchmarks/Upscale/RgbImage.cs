using RtcEnhance.FFmpegCli;

namespace RtcEnhance.Benchmarks;

/// <summary>A still in memory: red, green, blue, rows without padding. Immutable by convention. Thread-safe.</summary>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Pixels">3 x width x height bytes.</param>
public sealed record RgbImage(int Width, int Height, byte[] Pixels)
{
    /// <summary>Reads a file through ffmpeg.</summary>
    public static RgbImage Read(FFmpegExecutable executable, string path)
    {
        byte[] pixels = FFmpegImage.ReadRgb24(executable, path, out int width, out int height);
        return new RgbImage(width, height, pixels);
    }

    /// <summary>Writes a file through ffmpeg.</summary>
    public void Write(FFmpegExecutable executable, string path)
        => FFmpegImage.WriteRgb24(executable, path, Pixels, Width, Height);

    /// <summary>The picture without its last columns and rows where a side is not a multiple of a number.</summary>
    public RgbImage CropTo(int multiple)
    {
        int width = Width / multiple * multiple;
        int height = Height / multiple * multiple;
        var pixels = new byte[3 * width * height];
        for (int y = 0; y < height; y++)
            Pixels.AsSpan(3 * y * Width, 3 * width).CopyTo(pixels.AsSpan(3 * y * width));
        return new RgbImage(width, height, pixels);
    }
}
