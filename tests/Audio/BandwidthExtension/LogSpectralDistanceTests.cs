using RtcEnhance.Testing.Metrics;

namespace RtcEnhance.Audio.Tests;

public class LogSpectralDistanceTests
{
    [Fact]
    public void Measure_OfAKnownPair_EqualsTheNumPyReference()
    {
        var (x, y) = KnownPair();

        var distances = LogSpectralDistance.Measure(x, y, 48000, [(0, double.PositiveInfinity), (4000, 8000), (8000, 15000)]);

        Assert.Equal(4.446490411332617, distances[0], 1e-5);
        Assert.Equal(4.232259093104886, distances[1], 1e-5);
        Assert.Equal(4.351684089067058, distances[2], 1e-5);
        Assert.Equal(distances[1], LogSpectralDistance.Measure(x, y, 48000, 4000, 8000));
    }

    [Fact]
    public void Measure_OfARecordingAndItself_IsZero()
    {
        var (x, _) = KnownPair();

        Assert.Equal(0, LogSpectralDistance.Measure(x, x, 48000));
    }

    [Fact]
    public void Measure_OfUnequalOrShortRecordings_Throws()
    {
        Assert.Throws<ArgumentException>(() => LogSpectralDistance.Measure(new float[4096], new float[4095], 48000));
        Assert.Throws<ArgumentException>(() => LogSpectralDistance.Measure(new float[100], new float[100], 48000));
        Assert.Throws<ArgumentException>(() => LogSpectralDistance.Measure(new float[4096], new float[4096], 48000, 30000, 40000));
    }

    /// <summary>Noise of a linear congruential generator against a filtered copy whose second half is silent.</summary>
    private static (float[] X, float[] Y) KnownPair()
    {
        var x = new float[24000];
        var y = new float[x.Length];
        uint state = 1;
        for (var i = 0; i < x.Length; i++)
        {
            state = state * 1664525 + 1013904223;
            x[i] = (float)(state / 2147483648.0 - 1) * 0.25f;
            if (i < 12000)
                y[i] = i == 0 ? x[0] : 0.5f * x[i] + 0.25f * x[i - 1];
        }

        return (x, y);
    }
}
