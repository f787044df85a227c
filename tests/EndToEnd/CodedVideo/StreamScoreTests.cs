using RtcEnhance.Benchmarks.CodedVideo;

namespace RtcEnhance.EndToEnd.Tests.CodedVideo;

public sealed class StreamScoreTests
{
    private const int Side = 16;

    [Fact]
    public void Measure_ConstantPictures_EqualsTheFiguresByHand()
    {
        var original = new I420Clip(Side, Side, [Grey(100), Grey(110)]);
        var found = new I420Clip(Side, Side, [Grey(105), Grey(112)]);

        StreamScore score = StreamScore.Measure(new StreamInfo("grey", "vp8", CallRate.Low, 64), "method", original, found);

        double Psnr(double error) => 20 * Math.Log10(255 / error);
        double Ssim(double a, double b) => ((2 * a * b) + 6.5025) / ((a * a) + (b * b) + 6.5025);
        Assert.Equal((Psnr(5) + Psnr(2)) / 2, score.PsnrDb, 9);
        Assert.Equal((Ssim(100, 105) + Ssim(110, 112)) / 2, score.Ssim, 9);
        Assert.Equal(3, score.Flicker, 9);
    }

    private static byte[] Grey(byte luma) => [.. Enumerable.Repeat(luma, Side * Side), .. Enumerable.Repeat((byte)128, Side * Side / 2)];
}
