using RtcEnhance.Audio;

namespace RtcEnhance.Softphone.Tests;

public class ListeningSwitchTests
{
    [Fact]
    public void GetAudio_Switched_FadesFromOnePathToTheOther()
    {
        using var listening = new ListeningSwitch(new Constant(1), new Constant(-1), PhoneOptions.Parse([]));
        var block = new float[480];

        listening.GetAudio(block);
        Assert.All(block, static sample => Assert.Equal(1, sample));

        listening.IsEnhanced = false;
        listening.GetAudio(block);
        Assert.All(block.Zip(block.Skip(1)), static pair => Assert.InRange(pair.First - pair.Second, 0, 0.01f));
        listening.GetAudio(block);
        Assert.All(block, static sample => Assert.Equal(-1, sample));
    }

    [Fact]
    public void Record_BothPaths_AreWhatWasPulled()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        (string heard, string plain) = (Path.Combine(folder, "heard.wav"), Path.Combine(folder, "plain.wav"));
        using (var listening = new ListeningSwitch(new Constant(0.5f), new Constant(-0.5f), PhoneOptions.Parse(["--record", heard, "--record-plain", plain])))
        {
            listening.GetAudio(new float[480]);
            listening.GetAudio(new float[480]);
        }

        Assert.Equal(960, WavFile.Read(heard).SampleCount);
        Assert.All(WavFile.Read(heard).Samples, static sample => Assert.Equal(0.5f, sample, 4));
        Assert.All(WavFile.Read(plain).Samples, static sample => Assert.Equal(-0.5f, sample, 4));
        Directory.Delete(folder, recursive: true);
    }

    private sealed class Constant(float value) : IAudioSource
    {
        public AudioFormat OutputFormat { get; } = new(48000);

        public void GetAudio(Span<float> samples) => samples.Fill(value);
    }
}
