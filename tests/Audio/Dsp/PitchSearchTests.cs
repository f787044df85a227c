using RtcEnhance.Audio.Tests.Concealment;

namespace RtcEnhance.Audio.Tests.Dsp;

public class PitchSearchTests
{
    [Theory]
    [InlineData(8000)]
    [InlineData(11000)]
    [InlineData(16000)]
    [InlineData(44100)]
    [InlineData(48000)]
    public void Find_Voice_GivesItsPeriodOrTwoShortOnes(int rate)
    {
        var format = new AudioFormat(rate);
        var search = new PitchSearch(rate);
        for (int pitchHz = 70; pitchHz <= 400; pitchHz += 11)
        {
            (int lag, float correlation) = search.Find(ConcealmentSignals.Voice(format, 10, pitchHz));

            double periods = (double)lag * pitchHz / rate;
            double expected = pitchHz > 200 && periods > 1.5 ? 2 : 1;
            Assert.True(Math.Abs(periods - expected) < 0.06, $"{pitchHz} Hz: {periods} periods");
            Assert.True(correlation > 0.8f, $"{pitchHz} Hz: {correlation}");
        }
    }

    [Fact]
    public void Find_Noise_HasLittleCorrelation()
    {
        var format = new AudioFormat(16000);

        (int lag, float correlation) = new PitchSearch(16000).Find(ConcealmentSignals.Noise(format, 10, 0.5f));

        Assert.InRange(lag, 35, 288);
        Assert.InRange(correlation, 0, 0.5f);
    }

    [Fact]
    public void Find_Silence_HasNoCorrelation()
    {
        Assert.Equal(0, new PitchSearch(16000).Find(new float[1600]).Correlation);
    }
}
