using FsCheck;
using FsCheck.Fluent;
using RtcEnhance.Testing;
using static RtcEnhance.Audio.Tests.Concealment.ConcealmentSignals;

namespace RtcEnhance.Audio.Tests.Concealment;

[Trait("Category", "Simd")]
public class NeuralConcealerTests
{
    private static readonly ConcealmentModel Plain = ConcealmentModels.Plain;
    private static readonly ConcealmentModel Wild = ConcealmentModels.Wild;

    [Theory]
    [InlineData(8000, 1)]
    [InlineData(8000, 2)]
    [InlineData(16000, 1)]
    [InlineData(16000, 2)]
    [InlineData(32000, 1)]
    [InlineData(48000, 1)]
    [InlineData(48000, 2)]
    public void Process_UntrainedNetwork_EqualsTheClassicalStage(int rate, int channels)
    {
        var format = new AudioFormat(rate, channels);
        float[] voice = Voice(format, 60, 140);
        bool[] lost = Losses(60, 30, 20);

        float[] expected = ConcealmentRunner.Conceal(voice, format, lost, 10, new PitchConcealer(format));
        float[] found = ConcealmentRunner.Conceal(voice, format, lost, 10, new NeuralConcealer(Plain, format));

        Assert.All(found.Zip(expected).Take(50 * format.BlockLength), pair => Assert.InRange(pair.First - pair.Second, -1e-5f, 1e-5f));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("random")]
    public void Process_NothingPlayedYet_IsSilence(string network)
    {
        var format = new AudioFormat(16000);
        var samples = new float[10 * format.BlockLength];

        float[] output = ConcealmentRunner.Conceal(samples, format, Losses(10, 0, 10), 10, new NeuralConcealer(network == "plain" ? Plain : Wild, format));

        Assert.All(output, sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Process_AnyPastAndNetwork_NeverExceedsThePastsLevel()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var format = new AudioFormat(random.Next(3) switch { 0 => 8000, 1 => 16000, _ => 48000 }, 1 + random.Next(2));
            var samples = new float[40 * format.BlockLength];
            double scale = random.NextDouble();
            double sparse = random.NextDouble();
            for (int i = 0; i < 20 * format.BlockLength; i++)
                samples[i] = random.NextDouble() < sparse ? 0 : (float)(scale * (random.NextDouble() * 2 - 1));

            float[] output = ConcealmentRunner.Conceal(samples, format, Losses(40, 20, 15), 10, new NeuralConcealer(Wild, format));

            return Peak(output.AsSpan(20 * format.BlockLength)) <= 1.3f * Peak(samples);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    [InlineData(48000)]
    public void Process_LossOfASecond_EndsInSilence(int rate)
    {
        var format = new AudioFormat(rate);
        float[] voice = Voice(format, 140, 140);

        float[] output = ConcealmentRunner.Conceal(voice, format, Losses(140, 40, 100), 10, new NeuralConcealer(Wild, format));

        Assert.Equal(0, Peak(output.AsSpan(130 * format.BlockLength, 10 * format.BlockLength)));
    }

    [Fact]
    public void Reset_ThenTheSameCall_RepeatsIt()
    {
        var format = new AudioFormat(16000);
        float[] voice = Voice(format, 60, 140);
        bool[] lost = Losses(60, 30, 12);
        var concealer = new NeuralConcealer(Wild, format);
        float[] first = ConcealmentRunner.Conceal(voice, format, lost, 10, concealer);

        concealer.Reset();

        Assert.Equal(first, ConcealmentRunner.Conceal(voice, format, lost, 10, concealer));
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    [InlineData(48000)]
    public void Process_AfterTheFirstLoss_AllocatesNothing(int rate)
    {
        var format = new AudioFormat(rate);
        var concealer = new NeuralConcealer(Wild, format);
        var output = new float[format.BlockLength];
        var received = new float[format.BlockLength];
        void Lose()
        {
            var observed = new ConcealmentJob { Output = output };
            concealer.Observe(in observed);
            var lost = new ConcealmentJob { Output = output };
            concealer.Process(ref lost);
            var merge = new ConcealmentJob { Output = output, Received = received };
            concealer.Process(ref merge);
        }

        AllocationAssert.None(Lose, warmUps: 50);
    }

    [Fact]
    public void Process_TenMinutesOfLoss_StaysSilentAndReturns()
    {
        var format = new AudioFormat(8000);
        var concealer = new NeuralConcealer(Wild, format);
        float[] voice = Voice(format, 40, 140);
        Observe(concealer, voice, format);
        var block = new float[format.BlockLength];
        for (int b = 0; b < 60_000; b++)
        {
            var job = new ConcealmentJob { Output = block, IsConcealed = true };
            concealer.Process(ref job);
            Assert.True(b < 600 ? Peak(block) <= 1 : Peak(block) == 0);
        }

        var merge = new ConcealmentJob { Output = block, Received = voice.AsSpan(0, format.BlockLength) };
        concealer.Process(ref merge);

        Assert.Equal(voice[format.BlockLength - 1], block[^1], 3);
    }

    [Theory]
    [InlineData(8000, float.NaN)]
    [InlineData(48000, float.PositiveInfinity)]
    public void Observe_WhatIsNotFinite_IsForgotten(int rate, float sample)
    {
        var format = new AudioFormat(rate);
        var concealer = new NeuralConcealer(Wild, format);
        float[] voice = Voice(format, 40, 140);
        voice[^5] = sample;
        voice[^(2 * format.BlockLength)] = sample;
        Observe(concealer, voice, format);

        var output = new float[format.BlockLength];
        for (int b = 0; b < 10; b++)
        {
            var job = new ConcealmentJob { Output = output, IsConcealed = true };
            concealer.Process(ref job);
            Assert.All(output, value => Assert.True(float.IsFinite(value)));
        }
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(48000)]
    public void Process_LossBeginsAndEnds_MakesNoClick(int rate)
    {
        var format = new AudioFormat(rate);
        for (int lost = 1; lost <= 12; lost++)
        {
            float[] voice = Voice(format, 42, 97 + (31 * lost));

            float[] output = ConcealmentRunner.Conceal(voice, format, Losses(42, 20, lost), 10, new NeuralConcealer(Plain, format));

            Assert.True(LargestStep(output, 1) < 1.5f * LargestStep(voice, 1), $"{lost} blocks");
        }
    }

    [Fact]
    public void Constructor_OtherRate_Throws()
        => Assert.Throws<ArgumentException>(() => new NeuralConcealer(Plain, new AudioFormat(44100)));

    private static bool[] Losses(int blocks, int first, int count) => [.. Enumerable.Range(0, blocks).Select(block => block >= first && block < first + count)];
}
