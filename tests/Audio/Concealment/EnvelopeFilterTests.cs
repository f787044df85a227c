using RtcEnhance.Inference;

namespace RtcEnhance.Audio.Tests.Concealment;

[Trait("Category", "Simd")]
public class EnvelopeFilterTests
{
    private const int Step = ConcealmentNetwork.StepLength;
    private const int Bands = ConcealmentNetwork.Gains;
    private const int Steps = 40;

    [Fact]
    public void Apply_FlatEnvelope_IsTheSignal()
    {
        float[] signal = Noise(1);

        Assert.Equal(signal[EnvelopeFilter.Half..^EnvelopeFilter.Half], Run(signal, (_, _) => 0));
    }

    [Fact]
    public void Apply_AllBandsAlike_IsTheSignalTimesTheirGain()
    {
        float[] signal = Noise(2);

        float[] found = Run(signal, (_, _) => MathF.Log(0.5f));

        // From the first place on, 10 ms after the beginning.
        for (int i = 2 * Step; i < found.Length; i++)
            Assert.Equal(0.5f * signal[EnvelopeFilter.Half + i], found[i], 1e-5f);
    }

    [Fact]
    public void Apply_FirstTenMilliseconds_LeadsFromFlatToTheFirstPlace()
    {
        float[] signal = [.. Enumerable.Repeat(1f, EnvelopeFilter.Half + (Steps * Step) + EnvelopeFilter.Half)];

        float[] found = Run(signal, (_, _) => MathF.Log(4));

        // Half way there, the gains are half way in decibels: 2.
        Assert.Equal(1, found[0], 0.02f);
        Assert.Equal(2, found[Step], 0.05f);
        Assert.Equal(4, found[2 * Step], 1e-3f);
    }

    [Theory]
    [InlineData(600)]
    [InlineData(1500)]
    [InlineData(4000)]
    public void Apply_TiltedEnvelope_TakesToneToTheGainsAroundIt(double hz)
    {
        float[] signal = [.. Enumerable.Range(0, EnvelopeFilter.Half + (Steps * Step) + EnvelopeFilter.Half).Select(i => (float)Math.Sin(2 * Math.PI * hz * i / 16000))];
        double[] centres = MelScale.Spread(Bands, 8000);

        float[] found = Run(signal, (_, band) => -0.1f * band);

        double ratio = Math.Sqrt(found.Skip(4 * Step).Sum(x => (double)x * x) / signal.AsSpan(EnvelopeFilter.Half + (4 * Step), found.Length - (4 * Step)).ToArray().Sum(x => (double)x * x));
        int below = Enumerable.Range(0, Bands).Last(band => centres[band] <= hz);
        double expected = -0.1 * (below + ((hz - centres[below]) / (centres[below + 1] - centres[below])));
        Assert.Equal(expected, Math.Log(ratio), 0.1);
    }

    [Fact]
    public void Apply_GainsBeyondTwentyDecibels_AreTwentyDecibels()
    {
        float[] signal = Noise(3);

        float[] found = Run(signal, (_, _) => 50);

        Assert.Equal(MathF.Exp(2.3f) * signal[EnvelopeFilter.Half + 1000], found[1000], 1e-3f);
    }

    [Fact]
    public void Apply_AfterTheLastPlace_KeepsItsGains()
    {
        float[] signal = Noise(4);

        float[] found = Run(signal, (place, _) => place == ConcealmentNetwork.Places - 1 ? 1 : -1);

        for (int i = 2 * ConcealmentNetwork.Places * Step; i < found.Length; i++)
            Assert.Equal(MathF.E * signal[EnvelopeFilter.Half + i], found[i], 1e-4f);
    }

    private static float[] Run(float[] signal, Func<int, int, float> envelope)
    {
        var filter = new EnvelopeFilter();
        filter.Begin([.. Enumerable.Range(0, ConcealmentNetwork.Places * Bands).Select(i => envelope(i / Bands, i % Bands))]);
        var output = new float[Steps * Step];
        for (int step = 0; step < Steps; step++)
            filter.Apply(signal.AsSpan(step * Step), output.AsSpan(step * Step, Step));
        return output;
    }

    private static float[] Noise(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, (2 * EnvelopeFilter.Half) + (Steps * Step)).Select(_ => (float)((2 * random.NextDouble()) - 1))];
    }
}
