using System.Diagnostics;
using RtcEnhance.FFmpegCli;
using RtcEnhance.Testing.Metrics;
using RtcEnhance.Video;

namespace RtcEnhance.Benchmarks;

/// <summary>
/// Compares upscalers by quality. Each HR still of a set is cropped to sides of whole pixels and made smaller by
/// <see cref="MatlabImage.Reduce"/>; what an upscaler makes of that is compared with the HR luma inside a border of 2,
/// which is the protocol of the published figures for twice the size. One thread at a time.
/// </summary>
public sealed class UpscaleBenchmark
{
    /// <summary>Samples left out at each edge.</summary>
    public const int Border = 2;

    // "bridge" is the one picture that the published sets store as a single channel: its values are luma themselves.
    // "man" is grey too, but stored as R'G'B' and so measured after rgb2ycbcr.
    private const string SingleChannelPicture = "Set14/img_003";

    private readonly FFmpegExecutable _ffmpeg = FFmpegExecutable.Find();
    private readonly double _scale;

    /// <summary>A comparison.</summary>
    /// <param name="scale">What width and height are multiplied by: 1.5 or a whole number above 1.</param>
    public UpscaleBenchmark(double scale = 2) => _scale = scale;

    /// <summary>One of our methods on the 8-bit luma plane alone, as papers do it.</summary>
    /// <param name="method">One of <see cref="UpscaleMethods.Names"/>.</param>
    /// <param name="folder">The HR stills; the folder's name is the set's.</param>
    /// <param name="progress">Told the number of pictures done.</param>
    /// <returns>The means over the pictures.</returns>
    public UpscaleQuality MeasureLuma(string method, string folder, Action<int>? progress = null)
    {
        var runner = new UpscaleRunner(method, _scale);
        return Measure(method, "luma", folder, progress, (low, isSingleChannel) =>
            runner.EnlargeLuma(MatlabImage.Luma(low, isSingleChannel), low.Width, low.Height));
    }

    /// <summary>One of our methods on R'G'B' stills, with the pixels that <c>rtc upscale IN.png OUT.png</c> writes.</summary>
    /// <param name="method">One of <see cref="UpscaleMethods.Names"/>.</param>
    /// <param name="folder">The HR stills.</param>
    /// <param name="progress">Told the number of pictures done.</param>
    /// <returns>The means over the pictures.</returns>
    public UpscaleQuality MeasureStills(string method, string folder, Action<int>? progress = null)
    {
        var runner = new UpscaleRunner(method, _scale);
        return Measure(method, "png", folder, progress, (low, isSingleChannel) =>
            MatlabImage.Luma(runner.Enlarge(low), isSingleChannel));
    }

    /// <summary>An outside command, run once per picture on PNG files.</summary>
    /// <param name="name">The peer's name.</param>
    /// <param name="command">Program and leading arguments; <c>IN.png OUT.png</c> follow.</param>
    /// <param name="folder">The HR stills.</param>
    /// <param name="progress">Told the number of pictures done.</param>
    /// <returns>The means over the pictures.</returns>
    /// <exception cref="InvalidOperationException">The command failed, or wrote a picture of another size.</exception>
    public UpscaleQuality MeasurePeer(string name, string command, string folder, Action<int>? progress = null)
    {
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("rtc-upscale");
        try
        {
            return Measure(name, "png", folder, progress, (low, isSingleChannel) =>
            {
                string input = Path.Combine(scratch.FullName, "in.png");
                string output = Path.Combine(scratch.FullName, "out.png");
                File.Delete(output);
                low.Write(_ffmpeg, input);
                ExternalCommand.RunPeer(command, input, output);
                RgbImage enlarged = RgbImage.Read(_ffmpeg, output);
                return enlarged.Width == _scale * low.Width && enlarged.Height == _scale * low.Height
                    ? MatlabImage.Luma(enlarged, isSingleChannel)
                    : throw new InvalidOperationException($"'{command}' made {enlarged.Width}x{enlarged.Height} of {low.Width}x{low.Height}.");
            });
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private UpscaleQuality Measure(
        string name, string route, string folder, Action<int>? progress, Func<RgbImage, bool, byte[]> enlargedLuma)
    {
        string set = new DirectoryInfo(folder).Name;
        string[] files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
        if (files.Length == 0)
            throw new MediaFormatException($"The folder '{folder}' holds no pictures.");
        double psnr = 0;
        double ssim = 0;
        for (int i = 0; i < files.Length; i++)
        {
            bool isSingleChannel = $"{set}/{Path.GetFileNameWithoutExtension(files[i])}" == SingleChannelPicture;
            RgbImage original = RgbImage.Read(_ffmpeg, files[i]).CropTo(_scale == 1.5 ? 3 : (int)_scale);
            byte[] expected = MatlabImage.Luma(original, isSingleChannel);
            byte[] found = enlargedLuma(MatlabImage.Reduce(original, _scale), isSingleChannel);
            var reference = new PlaneView(expected, original.Width, original.Height, original.Width);
            var test = new PlaneView(found, original.Width, original.Height, original.Width);
            psnr += Psnr.Compute(reference, test, Border);
            ssim += Ssim.Compute(reference, test, Border);
            progress?.Invoke(i + 1);
        }

        return new UpscaleQuality(name, route, set, files.Length, psnr / files.Length, ssim / files.Length);
    }
}
