using FsCheck;
using FsCheck.Fluent;
using static RtcEnhance.Audio.Tests.Concealment.ConcealmentSignals;

namespace RtcEnhance.Audio.Tests.Concealment;

public class PitchConcealerTests
{
    public static TheoryData<int, int> Formats => new()
    {
        { 8000, 1 }, { 8000, 2 }, { 11000, 1 }, { 16000, 1 }, { 16000, 2 }, { 24000, 1 }, { 32000, 2 }, { 44100, 1 }, { 48000, 1 }, { 48000, 2 },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Process_NothingPlayedYet_IsSilence(int rate, int channels)
    {
        var format = new AudioFormat(rate, channels);

        float[] output = Conceal(new PitchConcealer(format), format, 5);

        Assert.All(output, sample => Assert.Equal(0, sample));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Process_PeriodicSignal_ContinuesInPhase(int rate, int channels)
    {
        var format = new AudioFormat(rate, channels);
        float[] voice = Voice(format, 22, 125);
        var concealer = new PitchConcealer(format);
        Observe(concealer, voice.AsSpan(0, 20 * format.BlockLength), format);

        float[] output = Conceal(concealer, format, 1);

        Assert.True(SnrDb(voice.AsSpan(20 * format.BlockLength, format.BlockLength), output) > 9);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Process_LossBeginsAndEnds_MakesNoClick(int rate, int channels)
    {
        var format = new AudioFormat(rate, channels);
        for (int lost = 1; lost <= 12; lost++)
        {
            float[] voice = Voice(format, 42, 97 + 31 * lost);
            var concealer = new PitchConcealer(format);
            int start = 20 * format.BlockLength;
            Observe(concealer, voice.AsSpan(0, start), format);

            float[] concealed = Conceal(concealer, format, lost);
            float[] merged = Merge(concealer, voice.AsSpan(start + concealed.Length, format.BlockLength));

            float[] played = [.. voice.AsSpan(start - format.BlockLength, format.BlockLength), .. concealed, .. merged, .. voice.AsSpan(start + concealed.Length + merged.Length, format.BlockLength)];
            Assert.True(LargestStep(played, channels) < 1.5f * LargestStep(voice, channels), $"{lost} blocks");
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Process_LongLoss_FadesMonotonelyToSilence(int rate, int channels)
    {
        var format = new AudioFormat(rate, channels);
        var concealer = new PitchConcealer(format);
        Observe(concealer, Voice(format, 40, 140), format);

        float[] output = Conceal(concealer, format, 100);

        double previous = double.PositiveInfinity;
        for (int start = 0; start < output.Length; start += 5 * format.BlockLength)
        {
            double power = Power(output.AsSpan(start, 5 * format.BlockLength));
            Assert.True(power <= previous, $"{start / format.BlockLength}: {power} after {previous}");
            previous = power;
        }
        Assert.Equal(0, Peak(output.AsSpan(90 * format.BlockLength)));
    }

    [Fact]
    public void Process_LongLossOverNoise_HoldsTheBackgroundThenGoesSilent()
    {
        var format = new AudioFormat(16000);
        var concealer = new PitchConcealer(format);
        float[] background = Noise(format, 100, 0.005f);
        Observe(concealer, background, format);
        Observe(concealer, Voice(format, 30, 140), format);

        float[] output = Conceal(concealer, format, 520);

        double after1s = Power(output.AsSpan(100 * format.BlockLength, 50 * format.BlockLength));
        Assert.InRange(10 * Math.Log10(after1s / Power(background)), -4, 2);
        Assert.Equal(0, Peak(output.AsSpan(510 * format.BlockLength)));
    }

    [Fact]
    public void Process_StationaryNoise_HoldsItsLevel()
    {
        var format = new AudioFormat(16000);
        var concealer = new PitchConcealer(format);
        float[] noise = Noise(format, 100, 0.1f);
        Observe(concealer, noise, format);

        float[] output = Conceal(concealer, format, 100);

        for (int start = 0; start < output.Length; start += 10 * format.BlockLength)
            Assert.InRange(10 * Math.Log10(Power(output.AsSpan(start, 10 * format.BlockLength)) / Power(noise)), -4, 3);
    }

    [Fact]
    public void Process_AnyPast_NeverExceedsItsLevel()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var format = new AudioFormat(random.Next(2) == 0 ? 8000 : 16000, 1 + random.Next(2));
            var played = new float[8 * format.BlockLength];
            double scale = random.NextDouble();
            double sparse = random.NextDouble();
            for (int i = 0; i < played.Length; i++)
                played[i] = random.NextDouble() < sparse ? 0 : (float)(scale * (random.NextDouble() * 2 - 1));
            var concealer = new PitchConcealer(format);
            Observe(concealer, played, format);

            float[] output = Conceal(concealer, format, 30);

            Assert.True(Peak(output) <= 2 * Peak(played));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Process_TenMinutesOfLoss_StaysFiniteAndReturns()
    {
        var format = new AudioFormat(16000);
        var concealer = new PitchConcealer(format);
        Observe(concealer, Voice(format, 40, 140), format);
        var block = new float[format.BlockLength];
        for (int b = 0; b < 60_000; b++)
        {
            var job = new ConcealmentJob { Output = block };
            concealer.Process(ref job);
            Assert.True(Peak(block) <= 1);
        }
        float[] voice = Voice(format, 1, 140);

        float[] merged = Merge(concealer, voice);

        Assert.Equal(voice[^1], merged[^1], 3);
    }

    [Fact]
    public void Process_Merge_EndsOnTheReceivedBlock()
    {
        var format = new AudioFormat(16000, 2);
        var concealer = new PitchConcealer(format);
        Observe(concealer, Voice(format, 20, 120), format);
        float[] concealed = Conceal(concealer, format, 3);
        float[] received = Voice(format, 1, 200);

        float[] merged = Merge(concealer, received);

        Assert.Equal(concealed[^2], merged[0], 0.05f);
        Assert.Equal(received[^1], merged[^1], 3);
        Assert.Equal(received[^2], merged[^2], 3);
    }

    [Fact]
    public void Process_MergeWithoutConcealment_LeadsFromTheObservedPast()
    {
        var format = new AudioFormat(16000);
        var concealer = new PitchConcealer(format);
        float[] voice = Voice(format, 21, 120);
        Observe(concealer, voice.AsSpan(0, 20 * format.BlockLength), format);

        float[] merged = Merge(concealer, voice.AsSpan(20 * format.BlockLength));

        Assert.True(SnrDb(voice.AsSpan(20 * format.BlockLength), merged) > 15);
    }

    [Fact]
    public void Process_OneChannelSilent_KeepsItSilent()
    {
        var format = new AudioFormat(16000, 2);
        float[] voice = Voice(format, 20, 120);
        for (int i = 1; i < voice.Length; i += 2)
            voice[i] = 0;
        var concealer = new PitchConcealer(format);
        Observe(concealer, voice, format);

        float[] output = Conceal(concealer, format, 10);

        for (int i = 1; i < output.Length; i += 2)
            Assert.Equal(0, output[i]);
        Assert.True(Peak(output) > 0.05f);
    }

    [Fact]
    public void Process_SameSignalInBothChannels_StaysInTheMiddle()
    {
        var format = new AudioFormat(16000, 2);
        var concealer = new PitchConcealer(format);
        Observe(concealer, Voice(format, 20, 120), format);

        float[] output = Conceal(concealer, format, 10);

        for (int i = 0; i < output.Length; i += 2)
            Assert.Equal(output[i], output[i + 1]);
    }

    [Fact]
    public void Reset_ThenTheSameInput_RepeatsTheOutput()
    {
        var format = new AudioFormat(16000);
        var concealer = new PitchConcealer(format);
        float[] noise = Noise(format, 20, 0.1f);
        Observe(concealer, noise, format);
        float[] first = Conceal(concealer, format, 20);

        concealer.Reset();
        Observe(concealer, noise, format);

        Assert.Equal(first, Conceal(concealer, format, 20));
    }

    [Fact]
    public void Process_AfterWarmUp_AllocatesNothing()
    {
        var format = new AudioFormat(48000, 2);
        var concealer = new PitchConcealer(format);
        float[] voice = Voice(format, 20, 120);
        var output = new float[format.BlockLength];

        AllocationAssert.None(Cycle, warmUps: 1);

        void Cycle()
        {
            Observe(concealer, voice, format);
            for (int b = 0; b < 10; b++)
            {
                var job = new ConcealmentJob { Output = output };
                concealer.Process(ref job);
            }
            var merge = new ConcealmentJob { Output = output, Received = voice.AsSpan(0, format.BlockLength) };
            concealer.Process(ref merge);
        }
    }

    [Fact]
    public void Process_WrongBlockLength_Throws()
    {
        var concealer = new PitchConcealer(new AudioFormat(16000));

        Assert.Throws<ArgumentException>(() =>
        {
            var job = new ConcealmentJob { Output = new float[159] };
            concealer.Process(ref job);
        });
        Assert.Throws<ArgumentException>(() =>
        {
            var job = new ConcealmentJob { Output = new float[160], Received = new float[161] };
            concealer.Process(ref job);
        });
        Assert.Throws<ArgumentException>(() =>
        {
            var job = new ConcealmentJob { Output = new float[320] };
            concealer.Observe(in job);
        });
    }
}
