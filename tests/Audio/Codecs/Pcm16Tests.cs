namespace RtcEnhance.Audio.Tests.Codecs;

public class Pcm16Tests
{
    [Fact]
    public void ToFloatAndBack_EveryValue_Survives()
    {
        short[] all = [.. Enumerable.Range(short.MinValue, 65536).Select(value => (short)value)];
        var samples = new float[all.Length];
        var back = new short[all.Length];

        Pcm16.ToFloat(all, samples);
        Pcm16.FromFloat(samples, back);

        Assert.Equal(all, back);
        Assert.All(samples, sample => Assert.InRange(sample, -1, 0.99997f));
    }

    [Fact]
    public void FromFloat_RoundsHalfToEvenClipsAndSilencesNotANumber()
    {
        float[] samples = [1, -1, 1.5f, -7, float.PositiveInfinity, float.NaN, 0.5f / 32768, 1.5f / 32768, 2.4f / 32768];
        var pcm = new short[samples.Length];

        Pcm16.FromFloat(samples, pcm);

        Assert.Equal([32767, -32768, 32767, -32768, 32767, 0, 0, 2, 2], pcm);
    }

    [Fact]
    public void Convert_IntoTooLittleRoom_Throws()
    {
        Assert.Throws<ArgumentException>(() => Pcm16.FromFloat(new float[2], new short[1]));
        Assert.Throws<ArgumentException>(() => Pcm16.ToFloat(new short[2], new float[1]));
    }
}
