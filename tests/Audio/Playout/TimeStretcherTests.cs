using RtcEnhance.Audio.Tests.Concealment;
using static RtcEnhance.Audio.Tests.Playout.StretchSignals;

namespace RtcEnhance.Audio.Tests.Playout;

public class TimeStretcherTests
{
    public static TheoryData<int, int> Formats => StretchSignals.Formats;

    [Theory]
    [MemberData(nameof(Formats))]
    public void Accelerate_Voice_LeavesWholePeriodsOut(int rate, int channels)
    {
        var format = new AudioFormat(rate, channels);
        for (int pitchHz = 80; pitchHz <= 400; pitchHz += 16)
        {
            float[] pending = ConcealmentSignals.Voice(format, 4, pitchHz);
            var stretcher = new TimeStretcher(format);

            int removed = stretcher.Accelerate(pending, stretcher.LargestLag, fast: false, out int stretched);

            double period = (double)rate / pitchHz;
            Assert.True(Math.Abs(removed - Math.Round(removed / period) * period) <= Math.Max(1, 0.02 * period), $"{pitchHz} Hz: {removed} of {period}");
            Assert.InRange(removed, period - 1, stretcher.LargestLag);
            Assert.Equal(removed, stretched);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Accelerate_AnySignal_EditsOnePeriodAfterTheNewHeadOnly(int rate, int channels)
    {
        var format = new AudioFormat(rate, channels);
        float[] before = ConcealmentSignals.Voice(format, 4, 170);
        float[] pending = [.. before];

        int removed = new TimeStretcher(format).Accelerate(pending, rate, fast: false, out int stretched);

        Assert.True(removed > 0);
        Assert.Equal(before[..(removed * channels)], pending[..(removed * channels)]);
        Assert.Equal(before[((removed + stretched) * channels)..], pending[((removed + stretched) * channels)..]);
        // The new head continues what was played before the old one.
        for (int c = 0; c < channels; c++)
            Assert.Equal(before[c], pending[removed * channels + c], 0.01f * rate / 8000);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void PreemptiveExpand_Voice_PutsWholePeriodsInBeforeTheHead(int rate, int channels)
    {
        var format = new AudioFormat(rate, channels);
        for (int pitchHz = 80; pitchHz <= 400; pitchHz += 16)
        {
            float[] before = ConcealmentSignals.Voice(format, 5, pitchHz);
            float[] samples = [.. before];
            int head = rate / 50;

            int inserted = new TimeStretcher(format).PreemptiveExpand(samples, head);

            double period = (double)rate / pitchHz;
            Assert.True(Math.Abs(inserted - Math.Round(inserted / period) * period) <= Math.Max(1, 0.02 * period), $"{pitchHz} Hz: {inserted} of {period}");
            Assert.True(inserted >= period - 1);
            int start = (head - inserted) * channels;
            Assert.Equal(before[..start], samples[..start]);
            Assert.Equal(before[(head * channels)..], samples[(head * channels)..]);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Play_LongVoice_ReachesTheRatioWithPitchAndWithoutClicks(int rate, int channels)
    {
        var format = new AudioFormat(rate, channels);
        float[] voice = Glide(format, 200, 210, 110);
        foreach (double part in new[] { -0.2, -0.05, 0.05, 0.2 })
        {
            StretchedPlay play = Play(new TimeStretcher(format), format, voice, part);

            int played = play.Output.Length / channels;
            Assert.Equal(play.ConsumedFrames, played - play.Splices.Sum(splice => splice.Frames));
            Assert.Equal(part, ((double)played - play.ConsumedFrames) / played, 0.01);
            Assert.True(ConcealmentSignals.LargestStep(play.Output, channels) < 1.1f * ConcealmentSignals.LargestStep(voice, channels));
            AssertPitchIsThatOfTheGlide(play, format, voice.Length / channels);
        }
    }

    [Theory]
    [InlineData(8000, 95.7)]
    [InlineData(8000, 440)]
    [InlineData(8000, 1004)]
    [InlineData(16000, 3100)]
    [InlineData(44100, 1000)]
    [InlineData(48000, 697)]
    [InlineData(48000, 2637)]
    public void Play_Tone_StaysAToneOfItsLevel(int rate, double hz)
    {
        var format = new AudioFormat(rate);
        float[] tone = Tone(format, 100, hz);
        foreach (double part in new[] { -0.1, 0.1 })
        {
            float[] output = Play(new TimeStretcher(format), format, tone, part).Output;

            Assert.NotEqual(tone.Length, output.Length);
            // Of any three samples of a tone, the middle one is the others' sum over 2 cos w.
            double middle = 2 * Math.Cos(2 * Math.PI * hz / rate);
            for (int i = 2; i < output.Length; i++)
                Assert.Equal(0, output[i] + output[i - 2] - middle * output[i - 1], 0.03);
            for (int start = 0; start + rate / 20 <= output.Length; start += rate / 100)
                Assert.Equal(0.25 * 0.25 / 2, ConcealmentSignals.Power(output.AsSpan(start, rate / 20)), 0.0015);
        }
    }

    [Fact]
    public void Accelerate_LoudNoise_IsLeftAlone()
    {
        var format = new AudioFormat(16000);
        float[] noise = ConcealmentSignals.Noise(format, 100, 0.3f);
        var stretcher = new TimeStretcher(format);

        for (int start = 0; start + 480 <= noise.Length; start += 480)
        {
            Assert.Equal(0, stretcher.Accelerate(noise.AsSpan(start, 480), 240, fast: false, out int stretched));
            Assert.Equal(0, stretched);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Play_BackgroundNoise_KeepsItsLoudness(int rate, int channels)
    {
        var format = new AudioFormat(rate, channels);
        float[] noise = ConcealmentSignals.Noise(format, 200, 0.002f);
        foreach (double part in new[] { -0.3, 0.3 })
        {
            StretchedPlay play = Play(new TimeStretcher(format), format, noise, part);

            double spliced = play.Splices.Average(splice => ConcealmentSignals.Power(play.Output.AsSpan(splice.OutputFrame * channels, Math.Abs(splice.Frames) / 3 * 2 * channels)));
            Assert.True(play.Splices.Length > 30);
            Assert.InRange(10 * Math.Log10(spliced / ConcealmentSignals.Power(noise)), -0.8, 0.8);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Stretch_DigitalSilence_IsAlwaysPossible(int rate, int channels)
    {
        var format = new AudioFormat(rate, channels);
        var stretcher = new TimeStretcher(format);
        var silence = new float[format.BlockLength * 20];

        Assert.InRange(stretcher.Accelerate(silence, rate, fast: false, out _), stretcher.LargestLag - 2, stretcher.LargestLag);
        Assert.InRange(stretcher.PreemptiveExpand(silence, 2 * format.SamplesPerBlock), stretcher.LargestLag - 2, stretcher.LargestLag);
        Assert.InRange(stretcher.Accelerate(silence, rate / 10, fast: true, out int stretched), rate / 10 - rate / 300, rate / 10);
        Assert.InRange(stretched, 1, stretcher.LargestLag);
        Assert.All(silence, sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Accelerate_OffsetUnderNoise_IsNotAmplified()
    {
        var format = new AudioFormat(8000);
        float[] pending = ConcealmentSignals.Noise(format, 4, 0.001f);
        for (int i = 0; i < pending.Length; i++)
            pending[i] += 0.4f;

        Assert.True(new TimeStretcher(format).Accelerate(pending, 120, fast: false, out _) > 0);

        Assert.All(pending, sample => Assert.InRange(sample, 0.398f, 0.402f));
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(48000)]
    public void Stretch_ClickInAPause_IsPlayedOnce(int rate)
    {
        var format = new AudioFormat(rate);
        for (int at = 0; at < rate / 25; at += rate / 800)
        {
            foreach (bool fast in new[] { false, true })
            {
                float[] pending = ConcealmentSignals.Noise(format, 4, 0.001f);
                pending[at] = 0.5f;
                int removed = new TimeStretcher(format).Accelerate(pending, rate / 10, fast, out _);
                Assert.Equal(1, pending[removed..].Count(sample => sample > 0.4f));
            }

            float[] samples = ConcealmentSignals.Noise(format, 4, 0.001f);
            samples[at] = 0.5f;
            int head = rate / 50;
            int inserted = new TimeStretcher(format).PreemptiveExpand(samples, head);
            // Played before: all before the head. Played then: from where the inserted frames are.
            Assert.Equal(at < head ? 0 : 1, samples[(head - inserted)..].Count(sample => sample > 0.4f) - (inserted == 0 ? 0 : samples[(head - inserted)..head].Count(sample => sample > 0.4f)));
            Assert.DoesNotContain(samples[(head - inserted)..head], sample => inserted > 0 && sample > 0.01f);
        }
    }

    [Fact]
    public void Accelerate_VoiceThatSwells_IsLeftAlone()
    {
        var format = new AudioFormat(16000);
        float[] onset = ConcealmentSignals.Voice(format, 4, 125);
        for (int i = 0; i < onset.Length; i++)
            onset[i] *= MathF.Pow(2, i / 128f - 4);

        Assert.Equal(0, new TimeStretcher(format).Accelerate(onset, 240, fast: false, out _));
    }

    [Fact]
    public void Accelerate_Fast_AlsoTakesRougherVoice()
    {
        var format = new AudioFormat(16000);
        float[] voice = ConcealmentSignals.Voice(format, 4, 125);
        float[] noise = ConcealmentSignals.Noise(format, 4, 0.15f);
        for (int i = 0; i < voice.Length; i++)
            voice[i] += noise[i];

        Assert.Equal(0, new TimeStretcher(format).Accelerate(voice, 240, fast: false, out _));
        Assert.Equal(128, new TimeStretcher(format).Accelerate(voice, 240, fast: true, out _), 1.0);
    }

    [Fact]
    public void Accelerate_MaxFrames_IsNotExceeded()
    {
        var format = new AudioFormat(16000);
        for (int most = 0; most < 300; most += 7)
        {
            foreach (bool fast in new[] { false, true })
            {
                Assert.InRange(new TimeStretcher(format).Accelerate(ConcealmentSignals.Voice(format, 8, 330), most, fast, out _), 0, most);
                Assert.InRange(new TimeStretcher(format).Accelerate(new float[1280], most, fast, out _), 0, most);
            }
        }
    }

    [Fact]
    public void Stretch_LittleIsPending_UsesNoMoreThanThat()
    {
        var format = new AudioFormat(16000, 2);
        float[] voice = ConcealmentSignals.Voice(format, 6, 250);
        for (int frames = 0; frames < 480; frames++)
        {
            float[] pending = voice[..(2 * frames)];
            int removed = new TimeStretcher(format).Accelerate(pending, 240, fast: false, out _);
            Assert.InRange(removed, 0, frames / 2);
            Assert.True(removed > 0 || frames < 160, $"{frames} frames");

            float[] samples = voice[..(2 * (240 + frames))];
            int inserted = new TimeStretcher(format).PreemptiveExpand(samples, 240);
            Assert.InRange(inserted, 0, frames);
            Assert.True(inserted > 0 || frames < 70, $"{frames} frames");
        }
    }

    [Fact]
    public void Reset_AfterAnything_DecidesAsNew()
    {
        var format = new AudioFormat(8000);
        var used = new TimeStretcher(format);
        used.Accelerate(new float[640], 120, fast: false, out _);
        float[] noise = ConcealmentSignals.Noise(format, 8, 0.004f);

        Assert.Equal(0, used.Accelerate([.. noise], 120, fast: false, out _));
        used.Reset();

        Assert.InRange(used.Accelerate([.. noise], 120, fast: false, out _), 80, 120);
    }

    [Fact]
    public void Stretch_AfterWarmUp_AllocatesNothing()
    {
        var format = new AudioFormat(48000, 2);
        var stretcher = new TimeStretcher(format);
        float[] voice = ConcealmentSignals.Voice(format, 8, 140);
        bool fast = false;

        AllocationAssert.None(
            () =>
            {
                fast = !fast;
                stretcher.Accelerate(voice, 720, fast, out _);
                stretcher.PreemptiveExpand(voice, 960);
            },
            warmUps: 1, runs: 50);
    }

    private static void AssertPitchIsThatOfTheGlide(StretchedPlay play, AudioFormat format, int inputFrames)
    {
        int rate = format.SampleRateHz;
        for (int frame = 0; frame + rate / 20 < play.Output.Length / format.Channels; frame += rate / 10)
        {
            int inserted = play.Splices.Where(splice => splice.OutputFrame < frame).Sum(splice => splice.Frames);
            double hz = 210 - 100.0 * (frame - inserted) / inputFrames;
            Assert.Equal(hz, rate / Period(play.Output, format, frame, rate / hz), hz * 0.03);
        }
    }
}
