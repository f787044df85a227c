using RtcEnhance.Browser.Scoring;

namespace RtcEnhance.EndToEnd.Tests.Browser;

/// <summary>A recording of a clip that was played in a loop is found wherever it begins.</summary>
public sealed class SpeechMatchTests
{
    private const int RateHz = 48000;

    private readonly float[] _clip = Syllables(seconds: 5, seed: 1);

    [Fact]
    public void Find_RecordingAcrossTheEndOfTheLoop_IsTheClip()
    {
        SpeechMatch match = SpeechMatch.Find(_clip, Loop(3.117, 4));

        Assert.InRange(match.Correlation, 0.99, 1.001);
        Assert.InRange(match.Stoi, 0.99, 1.001);
        Assert.Equal(4, match.Seconds);
    }

    [Fact]
    public void Find_DelayThatGrowsByFarMoreThanAPiece_IsFollowed()
    {
        float[] recording = [.. Loop(0.5, 4), .. new float[RateHz * 3 / 10], .. Loop(4.5, 4)];

        SpeechMatch match = SpeechMatch.Find(_clip, recording);

        Assert.InRange(match.Correlation, 0.99, 1.001);
        Assert.InRange(match.Stoi, 0.8, 1);
    }

    [Fact]
    public void Find_OtherSpeech_IsNotTakenForTheClip()
    {
        SpeechMatch match = SpeechMatch.Find(_clip, Syllables(seconds: 4, seed: 2));

        Assert.InRange(match.Correlation, 0, 0.3);
        Assert.InRange(match.Stoi, -1, 0.5);
    }

    [Fact]
    public void Find_Silence_IsNothing() => Assert.Equal(new SpeechMatch(0, 0, 2), SpeechMatch.Find(_clip, new float[2 * RateHz]));

    private float[] Loop(double fromSeconds, int seconds)
    {
        int from = (int)(fromSeconds * RateHz);
        return [.. Enumerable.Range(from, seconds * RateHz).Select(i => _clip[i % _clip.Length])];
    }

    /// <summary>Noise in syllables of random length and level.</summary>
    private static float[] Syllables(int seconds, int seed)
    {
        var random = new Random(seed);
        var samples = new float[seconds * RateHz];
        double level = 0;
        double smooth = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            if (i % (RateHz / 10) == 0)
                level = random.NextDouble() < 0.3 ? 0 : random.NextDouble();
            smooth += 0.2 * ((random.NextDouble() - 0.5) - smooth);
            samples[i] = (float)(level * smooth);
        }

        return samples;
    }
}
