using RtcEnhance.Benchmarks.Bwe;

namespace RtcEnhance.Benchmarks;

/// <content>The benchmarks there are.</content>
public static partial class BenchVerb
{
    private static IReadOnlyDictionary<string, Benchmark> Benchmarks { get; } = new Dictionary<string, Benchmark>
    {
        ["bwe"] = new("bandwidth extension: log-spectral distance, low-band SNR, time", BweTables.Run),
        ["upscale"] = new("upscalers: PSNR and SSIM on Set5 and Set14, time a frame, swscale beside", UpscaleTables.Run),
    };
}
