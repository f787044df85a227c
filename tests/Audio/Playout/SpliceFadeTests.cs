namespace RtcEnhance.Audio.Tests.Playout;

public class SpliceFadeTests
{
    [Fact]
    public void Apply_SameSegments_ChangesNothing()
    {
        float[] segment = [0.5f, -0.25f, 0.125f, 0.75f];
        var output = new float[4];

        SpliceFade.Apply(segment, segment, output, 1, [0.25f, 0]);

        Assert.Equal(segment, output);
    }

    [Fact]
    public void Apply_InPlace_StartsAsOneAndEndsAsTheOther()
    {
        float[] from = [.. Enumerable.Repeat(1f, 100)], to = [.. Enumerable.Repeat(-1f, 100)];

        SpliceFade.Apply(from, to, to, 1, [0]);

        Assert.Equal(1, to[0], 1e-3f);
        Assert.Equal(-1, to[99], 1e-3f);
        for (int i = 1; i < 100; i++)
            Assert.True(to[i] < to[i - 1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5f)]
    [InlineData(1)]
    public void Apply_UnlikeSegments_KeepsThePower(float likeness)
    {
        // Two channels, of which each sums what the segments share and what only one has, in quadrature.
        float own = MathF.Sqrt(1 - likeness * likeness);
        float[] from = [.. Enumerable.Repeat(new[] { 1f, 0f }, 50).SelectMany(pair => pair)];
        float[] to = [.. Enumerable.Repeat(new[] { likeness, own }, 50).SelectMany(pair => pair)];
        var output = new float[100];

        SpliceFade.Apply(from, to, output, likeness, [0, 0]);

        for (int i = 0; i < 100; i += 2)
            Assert.Equal(1, output[i] * output[i] + output[i + 1] * output[i + 1], 1e-5f);
    }
}
