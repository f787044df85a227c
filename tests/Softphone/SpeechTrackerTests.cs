using RtcEnhance.Baresip;

namespace RtcEnhance.Softphone.Tests;

public class SpeechTrackerTests
{
    [Fact]
    public void Align_LateAndLaterStill_PutsEverySecondBack()
    {
        const int Seconds = 6;
        float[] said = Noise(Seconds * Speech.RateHz);
        const int Half = 3 * Speech.RateHz;
        float[] heard = [.. new float[70_001], .. said[..Half], .. new float[1000], .. said[Half..], .. new float[Speech.RateHz]];

        float[] aligned = new SpeechTracker(said, heard).Align(Seconds);

        Assert.Equal(said.Length, aligned.Length);
        Assert.Equal(said, aligned);
    }

    // Low-pass, as speech is: the tracker looks at every eighth sample first.
    private static float[] Noise(int count)
    {
        var random = new Random(5);
        var samples = new float[count];
        float state = 0;
        for (int i = 0; i < count; i++)
            samples[i] = state = (0.95f * state) + (0.05f * ((float)random.NextDouble() - 0.5f));
        return samples;
    }
}
