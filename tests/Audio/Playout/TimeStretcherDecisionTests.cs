using RtcEnhance.Audio.Tests.Concealment;

namespace RtcEnhance.Audio.Tests.Playout;

/// <summary>That decisions are those of plain loops over integers, whatever the vector width.</summary>
[Trait("Category", "Simd")]
public class TimeStretcherDecisionTests
{
    public static TheoryData<int, int> Formats => StretchSignals.Formats;

    [Theory]
    [MemberData(nameof(Formats))]
    public void Accelerate_AnySignal_DecidesAsTheReference(int rate, int channels)
    {
        var format = new AudioFormat(rate, channels);
        var stretcher = new TimeStretcher(format);
        var reference = new StretchReference(format);
        var random = new Random(3);
        int suitable = 0;
        for (int call = 0; call < 60; call++)
        {
            float[] pending = AnySignal(format, random, random.Next(0, rate / 25));
            int maxFrames = random.Next(4) == 0 ? random.Next(stretcher.LargestLag) : stretcher.LargestLag;
            bool fast = random.Next(3) == 0;
            // A second splice is a decision about mixed samples.
            maxFrames = fast ? Math.Min(maxFrames, rate / 250) : maxFrames;

            int expected = reference.Accelerate(pending, maxFrames, fast);
            int removed = stretcher.Accelerate(pending, maxFrames, fast, out _);

            Assert.Equal(expected, removed);
            suitable += removed > 0 ? 1 : 0;
        }

        Assert.InRange(suitable, 12, 48);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void PreemptiveExpand_AnySignal_DecidesAsTheReference(int rate, int channels)
    {
        var format = new AudioFormat(rate, channels);
        var stretcher = new TimeStretcher(format);
        var reference = new StretchReference(format);
        var random = new Random(4);
        int suitable = 0;
        for (int call = 0; call < 60; call++)
        {
            int head = random.Next(stretcher.LargestLag, 2 * stretcher.LargestLag);
            float[] samples = AnySignal(format, random, head + random.Next(0, rate / 40));

            int expected = reference.PreemptiveExpand(samples, head);
            int inserted = stretcher.PreemptiveExpand(samples, head);

            Assert.Equal(expected, inserted);
            suitable += inserted > 0 ? 1 : 0;
        }

        Assert.InRange(suitable, 12, 48);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Accelerate_ErrorsBelowSixteenBits_ChangeNoDecision(int rate, int channels)
    {
        var format = new AudioFormat(rate, channels);
        var exact = new TimeStretcher(format);
        var disturbed = new TimeStretcher(format);
        var random = new Random(5);
        for (int call = 0; call < 100; call++)
        {
            float[] pending = AnySignal(format, random, rate / 25);
            for (int i = 0; i < pending.Length; i++)
                pending[i] = Pcm16.ToFloat(Pcm16.FromFloat(pending[i]));
            float[] noisy = [.. pending.Select(sample => sample + (random.NextSingle() - 0.5f) * 0.9f / 32768)];

            Assert.Equal(exact.Accelerate(pending, exact.LargestLag, false, out _), disturbed.Accelerate(noisy, exact.LargestLag, false, out _));
        }
    }

    [Fact]
    public void Accelerate_SameChannelsTwice_DecidesAsForOne()
    {
        float[] mono = StretchSignals.Glide(new AudioFormat(16000), 4, 110, 130);
        float[] alike = [.. mono.SelectMany(sample => new[] { sample, sample })];
        float[] opposite = [.. mono.SelectMany(sample => new[] { sample, -sample })];

        int expected = new TimeStretcher(new AudioFormat(16000)).Accelerate(mono, 240, false, out _);

        Assert.InRange(expected, 110, 240);
        Assert.Equal(expected, new TimeStretcher(new AudioFormat(16000, 2)).Accelerate(alike, 240, false, out _));
        Assert.Equal(expected, new TimeStretcher(new AudioFormat(16000, 2)).Accelerate(opposite, 240, false, out _));
    }

    /// <summary>Voice, noise, both, silence or a click, at any level and over any offset, with rough samples now and then.</summary>
    private static float[] AnySignal(AudioFormat format, Random random, int frames)
    {
        double pitch = 70 + 400 * random.NextDouble(), glide = 1 + 0.1 * random.NextDouble();
        int blocks = frames / format.SamplesPerBlock + 1;
        float[] samples = StretchSignals.Glide(format, blocks, pitch, pitch * glide)[..(frames * format.Channels)];
        float[] noise = ConcealmentSignals.Noise(format, blocks, 1);
        float level = MathF.Pow(10, -3.5f * random.NextSingle());
        float noisy = random.Next(3) == 0 ? 0.1f * random.NextSingle() : random.Next(2) * 0.003f;
        float voiced = random.Next(4) == 0 ? 0 : 1;
        float offset = random.Next(3) == 0 ? random.NextSingle() - 0.5f : 0;
        for (int i = 0; i < samples.Length; i++)
            samples[i] = level * (voiced * samples[i] + noisy * noise[i]) + offset;
        if (samples.Length > 0 && random.Next(10) == 0)
            samples[random.Next(samples.Length)] = random.Next(4) switch { 0 => float.NaN, 1 => float.PositiveInfinity, 2 => -3, _ => 0.5f };
        return samples;
    }
}
