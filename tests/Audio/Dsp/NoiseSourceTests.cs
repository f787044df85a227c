
namespace RtcEnhance.Audio.Tests.Dsp;

public class NoiseSourceTests
{
    [Fact]
    public void Fill_Long_IsWhiteWithUnitVariance()
    {
        var noise = new float[50_000];
        new NoiseSource().Fill(noise);

        for (int lag = 0; lag <= 40; lag++)
        {
            double sum = 0;
            for (int n = lag; n < noise.Length; n++)
                sum += noise[n] * noise[n - lag];
            Assert.Equal(lag == 0 ? 1 : 0, sum / noise.Length, 0.02);
        }
    }
}
