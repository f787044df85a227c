using System.Diagnostics;
using System.Globalization;
using RtcEnhance.FFmpegCli;
using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks;

/// <summary>
/// Compares upscalers by speed on one core: whole I420 frames of 480x360 to 960x720, no sample like that of the frame
/// before, so that nothing can be reused. swscale is ffmpeg's user time on
/// raw frames with <c>-threads 1 -filter_threads 1 -vf scale=960:720:flags=F</c>, less the same run without the filter,
/// over the number of frames. One thread at a time.
/// </summary>
public static class UpscaleTiming
{
    private const int SourceWidth = 480;
    private const int SourceHeight = 360;
    private const int WarmUpFrames = 150;
    private const int SwscaleRuns = 3;

    /// <summary>Times one of our methods.</summary>
    /// <param name="method">One of <see cref="UpscaleMethods.Names"/>.</param>
    /// <param name="frames">Frames to time, after the warm-up.</param>
    /// <param name="scale">What width and height are multiplied by.</param>
    /// <returns>The row.</returns>
    public static UpscaleSpeed Measure(string method, int frames = 300, double scale = 2)
    {
        IStage<SuperResolutionJob> upscaler = UpscaleMethods.Create(method, scale);
        var pool = new VideoFramePool(3);
        using VideoFrame source = pool.Rent(SourceWidth, SourceHeight)!;
        using VideoFrame other = pool.Rent(SourceWidth, SourceHeight)!;
        using VideoFrame target = pool.Rent((int)(scale * SourceWidth), (int)(scale * SourceHeight))!;
        Fill(source, seed: 1);
        Fill(other, seed: 2);
        var times = new double[frames];
        for (int i = 0; i < WarmUpFrames; i++)
            Process(upscaler, i % 2 == 0 ? source : other, target);

        // Tiered compilation finishes in the background; without a pause the first timed frames still run slow code.
        Thread.Sleep(300);
        Process(upscaler, source, target);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < frames; i++)
        {
            long started = Stopwatch.GetTimestamp();
            Process(upscaler, i % 2 == 0 ? other : source, target);
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Array.Sort(times);
        return new UpscaleSpeed(
            scale == 2 ? method : string.Create(CultureInfo.InvariantCulture, $"{method}, x{scale}"), frames, times[0], times[frames / 2], times[Math.Min(frames - 1, frames * 95 / 100)], allocated);
    }

    /// <summary>Times ffmpeg's scaler on the same frames.</summary>
    /// <param name="filter">swscale's flag: fast_bilinear, bilinear, bicubic or lanczos.</param>
    /// <param name="frames">Frames to time.</param>
    /// <returns>The row; the fastest of three runs.</returns>
    /// <exception cref="FileNotFoundException">There is no ffmpeg.</exception>
    public static UpscaleSpeed MeasureSwscale(string filter, int frames = 300)
    {
        FFmpegExecutable ffmpeg = FFmpegExecutable.Find();
        string path = Path.GetTempFileName();
        try
        {
            WriteRaw(path);
            double best = double.MaxValue;
            string scale = $"scale={2 * SourceWidth}:{2 * SourceHeight}:flags={filter}";
            for (int i = 0; i < SwscaleRuns; i++)
                best = Math.Min(best, UserSeconds(ffmpeg, path, frames, ["-vf", scale]) - UserSeconds(ffmpeg, path, frames, []));
            return new UpscaleSpeed($"swscale {filter}", frames, 1000 * best / frames, null, null, null);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Process(IStage<SuperResolutionJob> upscaler, VideoFrame source, VideoFrame target)
    {
        var job = new SuperResolutionJob { Source = source, Target = target };
        upscaler.Process(ref job);
    }

    private static void Fill(VideoFrame frame, int seed)
    {
        var random = new Random(seed);
        for (int plane = 0; plane < 3; plane++)
        {
            PlaneView view = plane == 0 ? frame.Y : plane == 1 ? frame.U : frame.V;
            for (int y = 0; y < view.Height; y++)
            {
                Span<byte> row = view.Row(y);
                for (int x = 0; x < row.Length; x++)
                    row[x] = (byte)(118 + (60 * Math.Sin((x * 0.1) + (y * 0.07))) + random.Next(20));
            }
        }
    }

    private static void WriteRaw(string path)
    {
        using VideoFrame frame = new VideoFramePool(1).Rent(SourceWidth, SourceHeight)!;
        Fill(frame, seed: 1);
        var bytes = new byte[SourceWidth * SourceHeight * 3 / 2];
        if (!FrameConverter.TryExport(frame, HostPicture.Contiguous(HostPixelFormat.I420, bytes, SourceWidth, SourceHeight), out string? reason))
            throw new InvalidOperationException(reason);
        File.WriteAllBytes(path, bytes);
    }

    private static double UserSeconds(FFmpegExecutable ffmpeg, string path, int frames, string[] filter)
    {
        string[] arguments =
        [
            "-hide_banner", "-nostats", "-benchmark", "-threads", "1", "-filter_threads", "1",
            "-stream_loop", (frames - 1).ToString(CultureInfo.InvariantCulture),
            "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", $"{SourceWidth}x{SourceHeight}", "-i", path,
            .. filter, "-f", "null", "-",
        ];
        using Process process = System.Diagnostics.Process.Start(new ProcessStartInfo(ffmpeg.Path, arguments)
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        })!;
        string log = process.StandardError.ReadToEnd();
        process.WaitForExit();
        const string label = "bench: utime=";
        int at = log.IndexOf(label, StringComparison.Ordinal);
        int end = at < 0 ? -1 : log.IndexOf('s', at + label.Length);
        return end < 0
            ? throw new InvalidOperationException($"ffmpeg printed no timing: {log}")
            : double.Parse(log.AsSpan((at + label.Length)..end), CultureInfo.InvariantCulture);
    }
}
