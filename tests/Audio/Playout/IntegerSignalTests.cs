namespace RtcEnhance.Audio.Tests.Playout;

[Trait("Category", "Simd")]
public class IntegerSignalTests
{
    [Fact]
    public void Quantize_AnyLength_IsThatOfOneSample()
    {
        var random = new Random(1);
        for (int length = 0; length <= 130; length++)
        {
            var samples = new float[length];
            for (int i = 0; i < length; i++)
                samples[i] = random.Next(8) switch { 0 => float.NaN, 1 => float.NegativeInfinity, 2 => 1e20f, 3 => (random.Next(-9, 9) + 0.5f) / 32768, _ => 2.4f * random.NextSingle() - 1.2f };
            var integers = new int[length];

            IntegerSignal.Quantize(samples, integers);

            for (int i = 0; i < length; i++)
                Assert.Equal(Pcm16.FromFloat(samples[i]), integers[i]);
        }
    }

    [Fact]
    public void Dot_AnyLength_IsThatOfALoop()
    {
        var random = new Random(2);
        for (int length = 0; length <= 130; length++)
        {
            int[] first = [.. Enumerable.Range(0, length).Select(_ => random.Next(-1024, 1024))];
            int[] second = [.. Enumerable.Range(0, length).Select(_ => random.Next(-1024, 1024))];

            Assert.Equal(first.Zip(second, (a, b) => a * b).Sum(), IntegerSignal.Dot(first, second));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(32768)]
    [InlineData(393_216)]
    public void Scale_AnyPeak_FitsASpliceIntoThirtyTwoBits(int peak)
    {
        var scaled = new int[1440];
        int[] signal = [.. Enumerable.Range(0, 1440).Select(i => i % 2 == 0 ? peak : -peak)];

        IntegerSignal.Scale(signal, scaled);

        Assert.Equal(scaled.Sum(sample => (long)sample * sample), IntegerSignal.Dot(scaled, scaled));
        Assert.InRange(scaled[0], Math.Min(peak, 512), 1024);
    }

    [Fact]
    public void RemoveMean_OneChannel_LeavesTheOther()
    {
        int[] signal = [10, 5, 20, 5, 30, 5];

        Assert.Equal(20, IntegerSignal.RemoveMean(signal, 0, 2));

        Assert.Equal([-10, 5, 0, 5, 10, 5], signal);
    }
}
