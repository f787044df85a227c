using RtcEnhance.FFmpegCli;
using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks;

/// <summary>
/// Enlarges files: y4m by itself, everything else through ffmpeg. A still keeps its full colour: red, green and blue
/// become full-range Y'CbCr at full size, luma is enlarged by the method and both chroma planes by the bicubic filter.
/// One thread at a time.
/// </summary>
public sealed class UpscaleRunner
{
    private static readonly string[] StillEndings = [".png", ".webp", ".bmp", ".jpg", ".jpeg", ".tif", ".tiff", ".ppm"];

    private readonly string _method;
    private readonly double _scale;
    private readonly VideoFramePool _pool = new(8);
    private readonly IStage<SuperResolutionJob> _upscaler;
    private readonly BicubicUpscaler _chroma = new();

    /// <summary>A runner.</summary>
    /// <param name="method">One of <see cref="UpscaleMethods.Names"/>.</param>
    /// <param name="scale">Target size over source size, 1 to 8.</param>
    /// <exception cref="ArgumentException">The method is unknown, or enlarges by another scale only.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The scale is outside its range.</exception>
    public UpscaleRunner(string method, double scale = 2)
    {
        if (!(scale is >= 1 and <= 8))
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "The scale is 1 to 8.");
        _method = method;
        _scale = scale;
        if (!UpscaleMethods.HasScale(method, scale))
            throw new ArgumentException($"The method '{method}' does not enlarge {scale} times; take easu for other scales.", nameof(scale));
        _upscaler = UpscaleMethods.Create(method, scale);
    }

    /// <summary>Enlarges a file.</summary>
    /// <param name="input">The file to read.</param>
    /// <param name="output">The file to write; its ending chooses the format.</param>
    /// <param name="progress">Told the number of pictures done after each one.</param>
    /// <returns>Pictures written.</returns>
    /// <exception cref="MediaFormatException">The input is malformed, or ffmpeg failed.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public int Run(string input, string output, Action<int>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        if (IsStill(input) && IsStill(output))
        {
            FFmpegExecutable ffmpeg = FFmpegExecutable.Find();
            Enlarge(RgbImage.Read(ffmpeg, input)).Write(ffmpeg, output);
            progress?.Invoke(1);
            return 1;
        }

        return IsY4m(input) ? FromY4m(input, output, progress) : FromFFmpeg(input, output, progress);
    }

    /// <summary>Enlarges a still.</summary>
    /// <param name="image">The picture.</param>
    /// <returns>The enlarged picture.</returns>
    public RgbImage Enlarge(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        (int width, int height) = TargetSize(image.Width, image.Height);
        byte[][] planes = FullRangeColor.ToPlanes(image);
        var enlarged = new byte[planes.Length][];
        for (int i = 0; i < planes.Length; i++)
            enlarged[i] = EnlargePlane(i == 0 ? _upscaler : _chroma, planes[i], image.Width, image.Height, width, height);
        return FullRangeColor.ToImage(enlarged, width, height);
    }

    /// <summary>Enlarges a luma plane.</summary>
    /// <param name="plane">Width x height samples; rows without padding.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <returns>The enlarged plane.</returns>
    public byte[] EnlargeLuma(byte[] plane, int width, int height)
    {
        (int targetWidth, int targetHeight) = TargetSize(width, height);
        return EnlargePlane(_upscaler, plane, width, height, targetWidth, targetHeight);
    }

    private static bool IsStill(string path) => StillEndings.Contains(Path.GetExtension(path).ToLowerInvariant());

    private static bool IsY4m(string path) => Path.GetExtension(path).Equals(".y4m", StringComparison.OrdinalIgnoreCase);

    private int FromY4m(string input, string output, Action<int>? progress)
    {
        using Y4mReader reader = Y4mReader.Open(input);
        return ToOutput(reader.Header, reader.TryReadFrame, output, progress);
    }

    private int FromFFmpeg(string input, string output, Action<int>? progress)
    {
        using var reader = new FFmpegVideoReader(FFmpegExecutable.Find(), input);
        return ToOutput(reader.Header, reader.TryReadFrame, output, progress);
    }

    private int ToOutput(Y4mHeader header, Func<VideoFrame, bool> read, string output, Action<int>? progress)
    {
        (int width, int height) = TargetSize(header.Width, header.Height);
        Y4mHeader enlarged = header with { Width = width, Height = height };
        if (IsY4m(output))
        {
            using Y4mWriter writer = Y4mWriter.Create(output, enlarged);
            return Copy(header, enlarged, read, writer.WriteFrame, progress);
        }

        using var ffmpeg = new FFmpegVideoWriter(FFmpegExecutable.Find(), output, enlarged);
        int frames = Copy(header, enlarged, read, ffmpeg.WriteFrame, progress);
        ffmpeg.Complete();
        return frames;
    }

    private int Copy(
        Y4mHeader from, Y4mHeader to, Func<VideoFrame, bool> read, Action<VideoFrame> write, Action<int>? progress)
    {
        using VideoFrame source = _pool.Rent(from.Width, from.Height)!;
        using VideoFrame target = _pool.Rent(to.Width, to.Height)!;
        int frames = 0;
        while (read(source))
        {
            target.CopyFactsFrom(source);
            var job = new SuperResolutionJob { Source = source, Target = target };
            _upscaler.Process(ref job);
            write(target);
            progress?.Invoke(++frames);
        }

        return frames;
    }

    private (int Width, int Height) TargetSize(int width, int height)
    {
        double targetWidth = Math.Round(width * _scale);
        double targetHeight = Math.Round(height * _scale);
        return Math.Max(targetWidth, targetHeight) <= VideoFramePool.MaxDimension
            ? ((int)targetWidth, (int)targetHeight)
            : throw new MediaFormatException($"{width}x{height} enlarged {_scale} times by '{_method}' exceeds {VideoFramePool.MaxDimension} pixels a side.");
    }

    private byte[] EnlargePlane(
        IStage<SuperResolutionJob> upscaler, byte[] plane, int width, int height, int targetWidth, int targetHeight)
    {
        using VideoFrame source = _pool.Rent(width, height)!;
        using VideoFrame target = _pool.Rent(targetWidth, targetHeight)!;
        for (int y = 0; y < height; y++)
            plane.AsSpan(y * width, width).CopyTo(source.Y.Row(y));
        var job = new SuperResolutionJob { Source = source, Target = target };
        upscaler.Process(ref job);
        var enlarged = new byte[targetWidth * targetHeight];
        for (int y = 0; y < targetHeight; y++)
            target.Y.Row(y).CopyTo(enlarged.AsSpan(y * targetWidth));
        return enlarged;
    }
}
