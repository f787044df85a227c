using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests;

public class ExtensionRunnerTests
{
    [Theory]
    [InlineData(8000, 1)]
    [InlineData(8000, 8123)]
    [InlineData(16000, 16001)]
    public void Extend_AnyLength_IsAlignedToTheSample(int rate, int length)
    {
        var tone = Enumerable.Range(0, length).Select(n => (float)(0.5 * Math.Sin(2 * Math.PI * 300 * n / rate))).ToArray();

        var output = ExtensionRunner.Extend(tone, rate, new PlainExtender(rate));

        Assert.Equal(length * (48000 / rate), output.Length);
        for (var n = 300; n < output.Length - 300; n++)
            Assert.Equal(0.5 * Math.Sin(2 * Math.PI * 300 * n / 48000), output[n], 1e-3);
    }

    [Fact]
    public void Extend_OfAnotherRate_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ExtensionRunner.Extend(new float[441], 44100, new PlainExtender(16000)));
}
