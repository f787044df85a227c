using RtcEnhance.Testing.Metrics;

namespace RtcEnhance.EndToEnd.Tests.Report;

public class StoiTests
{
    private const int Rate = 16000;

    [Fact]
    public void Score_EveryFifthPacketMuted_MatchesReferenceImplementation()
    {
        var clean = Voice();
        var degraded = Mute(clean);

        // An independent numpy implementation of both papers gives these for the same signal.
        Assert.Equal(0.60529806, Stoi.Score(clean, degraded, Rate), 1e-5);
        Assert.Equal(0.68872194, Stoi.ExtendedScore(clean, degraded, Rate), 1e-5);
    }

    [Fact]
    public void Score_SameSignal_IsOne()
    {
        var clean = Voice();

        Assert.Equal(1, Stoi.Score(clean, clean, Rate), 1e-6);
        Assert.Equal(1, Stoi.ExtendedScore(clean, clean, Rate), 1e-6);
    }

    [Fact]
    public void Score_QuieterCopy_IsOne()
    {
        var clean = Voice();
        var quieter = Array.ConvertAll(clean, sample => sample * 0.1f);

        Assert.Equal(1, Stoi.Score(clean, quieter, Rate), 1e-5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(5000)]
    public void Score_LessThanASegment_IsNaN(int samples)
        => Assert.True(double.IsNaN(Stoi.Score(new float[samples], new float[samples], Rate)));

    [Fact]
    public void Score_LengthsDisagree_Throws()
        => Assert.Throws<ArgumentException>(() => Stoi.Score(new float[9], new float[8], Rate));

    [Fact]
    public void Score_RateTooLow_Throws()
        => Assert.Throws<ArgumentOutOfRangeException>(() => Stoi.Score(new float[8], new float[8], 7999));

    [Fact]
    public void PowerSpectrum_RandomFrame_MatchesDefinition()
    {
        var random = new Random(3);
        var spectrum = new PowerSpectrum(64);
        var frame = Enumerable.Range(0, 50).Select(_ => random.NextDouble() - 0.5).ToArray();
        var power = new double[spectrum.Bins];

        spectrum.Compute(frame, power);

        for (var bin = 0; bin < power.Length; bin++)
        {
            var re = frame.Select((x, i) => x * Math.Cos(2 * Math.PI * bin * i / 64)).Sum();
            var im = frame.Select((x, i) => x * Math.Sin(2 * Math.PI * bin * i / 64)).Sum();
            Assert.Equal((re * re) + (im * im), power[bin], 1e-9);
        }
    }

    private static float[] Voice()
    {
        var samples = new float[3 * Rate];
        for (var i = 0; i < samples.Length; i++)
        {
            var t = (double)i / Rate;
            double sum = 0;
            for (var h = 1; h < 25; h++)
                sum += Math.Sin((2 * Math.PI * 120 * h * t) + h) / h * (1 + Math.Sin((2 * Math.PI * (1.5 + (0.37 * h)) * t) + (0.5 * h)));
            samples[i] = (float)(0.1 * sum);
        }

        return samples;
    }

    private static float[] Mute(float[] clean)
    {
        var degraded = (float[])clean.Clone();
        for (var packet = 4; packet < clean.Length / 320; packet += 5)
            degraded.AsSpan(packet * 320, 320).Clear();
        return degraded;
    }
}
