using FsCheck;
using FsCheck.Fluent;

namespace RtcEnhance.Audio.Tests.Hosting;

public class PeakLimiterTests
{
    [Fact]
    public void Process_AnySamples_NeverPassesFullScale()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var format = new AudioFormat(random.Next(80, 481) * 100, random.Next(1, 3));
            var limiter = new PeakLimiter(format);
            var block = new float[format.BlockLength];
            for (int i = 0; i < 20; i++)
            {
                float loudness = random.NextSingle() * 10;
                foreach (ref float sample in block.AsSpan())
                    sample = loudness * ((2 * random.NextSingle()) - 1);
                limiter.Process(block);
                if (block.Any(sample => !(Math.Abs(sample) <= 1)))
                    return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Process_UpToFullScale_ChangesNothing()
    {
        var limiter = new PeakLimiter(new AudioFormat(8000));
        float[] block = [.. Enumerable.Range(0, 80).Select(i => i % 2 == 0 ? 1f : -1f)];
        float[] expected = [.. block];

        Assert.False(limiter.Process(block));
        Assert.Equal(expected, block);
    }

    [Fact]
    public void Process_SteadyToneAboveFullScale_IsScaledWithoutDistortion()
    {
        float[] limited = Limit(n => 2 * Sine(200, n), blocks: 20);

        // After the onset one gain holds.
        for (int i = 2 * 480; i < limited.Length; i++)
            Assert.Equal(Sine(200, i), limited[i], 1e-4f);
    }

    [Fact]
    public void Process_PeakInsideABlock_IsMetByAGlideAndNotClipped()
    {
        float[] limited = Limit(n => n is >= 240 and < 480 ? 3 * Sine(1000, n) : 0.5f * Sine(1000, n), blocks: 1);

        for (int i = 240; i < 480; i++)
            Assert.Equal(Sine(1000, i), limited[i], 1e-4f);
    }

    [Fact]
    public void Process_AfterAPeak_ReturnsToExactlyFullGainWithoutSteps()
    {
        float[] limited = Limit(n => n == 700 ? 4 : 0.5f, blocks: 200);

        float largestStep = limited.Where((_, i) => i is not (700 or 699)).Zip(limited.Where((_, i) => i is not (700 or 699)).Skip(1), (a, b) => Math.Abs(b - a)).Max();
        Assert.InRange(largestStep, 0, 0.5f * 0.75f / 48 * 1.01f);
        Assert.Equal(1, limited[700], 1e-5f);
        Assert.Equal(0.125f, limited[720], 1e-5f);
        Assert.Equal(0.5f, limited[^1]);
    }

    private static float[] Limit(Func<int, float> signal, int blocks)
    {
        var limiter = new PeakLimiter(new AudioFormat(48000));
        float[] samples = [.. Enumerable.Range(0, blocks * 480).Select(signal)];
        for (int i = 0; i < blocks; i++)
            limiter.Process(samples.AsSpan(i * 480, 480));
        return samples;
    }

    private static float Sine(double frequencyHz, int n) => (float)Math.Sin(2 * Math.PI * frequencyHz * n / 48000);
}
