
namespace RtcEnhance.Audio.Tests.Dsp;

public class CrossFadeTests
{
    [Fact]
    public void Apply_EqualSignals_ChangesNothing()
    {
        float[] ones = [1, 1, 1, 1, 1, 1];
        var output = new float[6];

        new CrossFade(3).Apply(ones, ones, output, 1, 2);

        Assert.Equal([0, 1, 0, 1, 0, 1], output);
    }

    [Fact]
    public void Apply_FromZeroToOne_RisesSymmetrically()
    {
        var output = new float[160];
        Array.Fill(output, 1);

        new CrossFade(160).Apply(new float[160], output, output, 0, 1);

        for (int i = 1; i < 160; i++)
        {
            Assert.True(output[i] > output[i - 1]);
            Assert.Equal(1, output[i] + output[159 - i], 1e-6f);
        }
    }
}
