using RtcEnhance.Testing.Metrics;

namespace RtcEnhance.Benchmarks.CodedVideo;

/// <summary>How near one upscaler came to the original of one stream. Immutable. Thread-safe.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Method">The upscaler's name.</param>
/// <param name="PsnrDb">Luma PSNR, the mean over the pictures.</param>
/// <param name="Ssim">Luma SSIM, the mean over the pictures.</param>
/// <param name="Flicker">Luma flicker, the mean over the pairs of pictures.</param>
public sealed record StreamScore(StreamInfo Stream, string Method, double PsnrDb, double Ssim, double Flicker)
{
    /// <summary>VMAF v0.6.1 of the luma, where it was measured.</summary>
    public double? Vmaf { get; init; }

    /// <summary>The same without gain from enhancement, where it was measured.</summary>
    public double? VmafNeg { get; init; }

    /// <summary>Compares pictures with their originals.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="method">The upscaler's name.</param>
    /// <param name="original">Pairs of consecutive pictures.</param>
    /// <param name="found">What the upscaler made of them.</param>
    /// <returns>The score, without VMAF.</returns>
    public static StreamScore Measure(StreamInfo stream, string method, I420Clip original, I420Clip found)
    {
        ArgumentNullException.ThrowIfNull(original);
        ArgumentNullException.ThrowIfNull(found);
        int count = original.Frames.Count;
        double psnr = 0;
        double ssim = 0;
        double flicker = 0;
        for (int i = 0; i < count; i++)
        {
            psnr += Psnr.Compute(original.Luma(i), found.Luma(i));
            ssim += Testing.Metrics.Ssim.Compute(original.Luma(i), found.Luma(i));
            if (i % 2 == 1)
                flicker += Testing.Metrics.Flicker.Compute(original.Luma(i - 1), original.Luma(i), found.Luma(i - 1), found.Luma(i));
        }

        return new StreamScore(stream, method, psnr / count, ssim / count, flicker / (count / 2));
    }
}
