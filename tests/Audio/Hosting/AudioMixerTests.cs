using FsCheck;
using FsCheck.Fluent;

namespace RtcEnhance.Audio.Tests.Hosting;

public class AudioMixerTests
{
    private const int Block = 480;

    private static readonly AudioFormat Mono48 = new(48000);

    [Fact]
    public void GetAudio_WithoutSources_IsSilence()
    {
        var mixer = new AudioMixer(Mono48);

        Assert.All(Pull(mixer, 3 * Block), sample => Assert.Equal(0f, sample));
    }

    [Fact]
    public void GetAudio_OneSourceAtUnityGain_PassesBitForBitAfterItsFadeIn()
    {
        var random = new Random(3);
        float[] signal = [.. Enumerable.Range(0, 10 * Block).Select(i => i % 97 == 0 ? -0f : i % 89 == 0 ? 1f : (2 * random.NextSingle()) - 1)];
        var mixer = new AudioMixer(Mono48);
        mixer.Add(new ScriptedSource(n => signal[n]));

        float[] played = Pull(mixer, signal.Length);

        Assert.Equal(Bits(signal[Block..]), Bits(played[Block..]));
        Assert.Equal(0, mixer.GetStats().LimitedBlocks);
        Assert.Equal(10, mixer.GetStats().MixedBlocks);
    }

    [Fact]
    public void GetAudio_AddedSource_FadesInOverTenMilliseconds()
    {
        var mixer = new AudioMixer(Mono48);
        mixer.Add(new ScriptedSource(_ => 0.5f));

        float[] played = Pull(mixer, 2 * Block);

        Assert.InRange(LargestStep(played), 0, 0.5f / Block * 1.01f);
        Assert.Equal(0.5f, played[^1]);
    }

    [Fact]
    public void GetAudio_SeveralSources_AddsThemWithTheirGains()
    {
        var mixer = new AudioMixer(Mono48);
        mixer.Add(ScriptedSource.Tone(440, 0.2f));
        mixer.Add(ScriptedSource.Tone(950, 0.3f), 0.5f);
        mixer.Add(ScriptedSource.Tone(1730, 0.1f), 2);
        ScriptedSource[] expected = [ScriptedSource.Tone(440, 0.2f), ScriptedSource.Tone(950, 0.15f), ScriptedSource.Tone(1730, 0.2f)];

        float[] played = Pull(mixer, 5 * Block);

        float[][] parts = [.. expected.Select(source => Pull(source, played.Length))];
        for (int i = Block; i < played.Length; i++)
            Assert.Equal(parts.Sum(part => (double)part[i]), played[i], 1e-6);
    }

    [Fact]
    public void GetAudio_HoweverItIsCutIntoPulls_IsTheSame()
    {
        float[] whole = Pull(TwoTones(), 20 * Block);

        Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt[]>(), lengths =>
        {
            AudioMixer mixer = TwoTones();
            var played = new List<float>();
            foreach (PositiveInt length in lengths)
                played.AddRange(Pull(mixer, Math.Min(7 * length.Get, whole.Length - played.Count)));
            return played.SequenceEqual(whole.Take(played.Count));
        }).QuickCheckThrowOnFailure();

        static AudioMixer TwoTones()
        {
            var mixer = new AudioMixer(Mono48);
            mixer.Add(ScriptedSource.Tone(440, 0.9f));
            mixer.Add(ScriptedSource.Tone(500, 0.9f));
            return mixer;
        }
    }

    [Fact]
    public void Remove_WhilePlaying_FadesOutWithoutAStepAndPullsNoMore()
    {
        var mixer = new AudioMixer(Mono48);
        ScriptedSource source = ScriptedSource.Tone(300, 0.8f);
        mixer.Add(source);
        float[] before = Pull(mixer, 4 * Block);
        int pulls = source.Pulls;

        Assert.True(mixer.Remove(source));
        float[] after = Pull(mixer, 2 * Block);

        Assert.Equal(pulls, source.Pulls);
        Assert.InRange(LargestStep([.. before[Block..], .. after]), 0, 2 * Math.PI * 300 / 48000 * 0.8 * 1.1);
        Assert.Contains(after[..Block], sample => Math.Abs(sample) > 0.3f);
        Assert.All(after[Block..], sample => Assert.Equal(0f, sample));
        Assert.False(mixer.Remove(source));
        Assert.True(mixer.Inputs.IsEmpty);
    }

    [Fact]
    public void Remove_AndAddAgain_BothFade()
    {
        var mixer = new AudioMixer(new AudioFormat(48000, 2));
        var source = new ScriptedSource(_ => 0.5f, new AudioFormat(48000, 2));
        AudioMixerInput first = mixer.Add(source);
        Pull(mixer, 4 * Block);

        Assert.True(first.Remove());
        Assert.False(first.Remove());
        mixer.Add(source);
        float[] played = Pull(mixer, 4 * Block);

        // The one falls as the other rises.
        Assert.All(played, sample => Assert.Equal(0.5f, sample, 0.002f));
    }

    [Fact]
    public void Remove_ByTheSourceItself_EndsItWithinTheBlock()
    {
        var mixer = new AudioMixer(Mono48);
        var source = new ScriptedSource(_ => 0.25f);
        mixer.Add(source);
        Pull(mixer, 2 * Block);
        source.OnPull = () => mixer.Remove(source);
        int pulls = source.Pulls;

        Pull(mixer, 4 * Block);

        Assert.Equal(pulls + 1, source.Pulls);
    }

    [Fact]
    public void Remove_DuringAPull_WaitsForIt()
    {
        var mixer = new AudioMixer(Mono48);
        var source = new ScriptedSource(_ => 0);
        using var pulling = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        bool isPulled = false;
        source.OnPull = () =>
        {
            pulling.Set();
            mayGoOn.Wait();
            Volatile.Write(ref isPulled, true);
        };
        mixer.Add(source);
        var puller = new Thread(() => Pull(mixer, Block));
        puller.Start();
        pulling.Wait();
        bool wasPulled = false;
        var remover = new Thread(() =>
        {
            mixer.Remove(source);
            wasPulled = Volatile.Read(ref isPulled);
        });
        remover.Start();

        mayGoOn.Set();
        remover.Join();
        puller.Join();

        Assert.True(wasPulled);
    }

    [Fact]
    public void GainAndMute_Change_AsRampsOfTenMilliseconds()
    {
        var mixer = new AudioMixer(Mono48);
        AudioMixerInput input = mixer.Add(new ScriptedSource(_ => 0.5f));
        var played = new List<float>(Pull(mixer, 2 * Block));

        input.Gain = 0.25f;
        played.AddRange(Pull(mixer, 2 * Block));
        Assert.Equal(0.125f, played[^1]);
        input.IsMuted = true;
        played.AddRange(Pull(mixer, 2 * Block));
        Assert.Equal(0f, played[^1]);
        input.IsMuted = false;
        input.Gain = 2;
        played.AddRange(Pull(mixer, 2 * Block));
        Assert.Equal(1f, played[^1]);

        Assert.InRange(LargestStep([.. played]), 0, 1.01f / Block);
    }

    [Fact]
    public void Level_FollowsTheSourceWhateverItsGain()
    {
        var mixer = new AudioMixer(Mono48);
        float amplitude = 0.5f;
        AudioMixerInput quiet = mixer.Add(ScriptedSource.Tone(1000, 0.01f));
        AudioMixerInput speaker = mixer.Add(new ScriptedSource(n => amplitude * (float)Math.Sin(2 * Math.PI * 1000 * n / 48000)));
        speaker.IsMuted = true;

        Pull(mixer, Block);
        Assert.Equal(0.5 / Math.Sqrt(2), speaker.Level, 1e-3);
        Assert.Equal(0.01 / Math.Sqrt(2), quiet.Level, 1e-4);
        amplitude = 0;
        Pull(mixer, 50 * Block);

        Assert.Equal(0.05 / Math.Sqrt(2), speaker.Level, 2e-3);
    }

    [Fact]
    public void GetAudio_SourceThatThrows_IsSilencedReportedOnceAndTriedAgainAfterASecond()
    {
        var observer = new RecordingObserver();
        var mixer = new AudioMixer(Mono48, observer);
        ScriptedSource broken = ScriptedSource.Tone(300, 0.5f);
        mixer.Add(new ScriptedSource(_ => 0.25f));
        AudioMixerInput input = mixer.Add(broken);
        float[] before = Pull(mixer, 4 * Block);

        broken.OnPull = () => throw new InvalidOperationException("gone");
        float[] after = Pull(mixer, 250 * Block);

        Assert.InRange(LargestStep([.. before[Block..], .. after]), 0, 2 * Math.PI * 300 / 48000 * 0.5 * 1.1);
        Assert.All(after[Block..], sample => Assert.Equal(0.25f, sample));
        Assert.Equal(["IAudioSource.GetAudio: gone"], observer.Events);
        Assert.Equal(3, input.Faults);
        Assert.Equal(4 + 3, broken.Pulls);
        broken.OnPull = null;
        Assert.Contains(Pull(mixer, 101 * Block), sample => sample > 0.5f);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(1e30f)]
    public void GetAudio_SourceOutOfAllRange_IsAFault(float value)
    {
        var observer = new RecordingObserver();
        var mixer = new AudioMixer(Mono48, observer);
        mixer.Add(new ScriptedSource(n => n == 100 ? value : 0.25f));

        float[] played = Pull(mixer, 3 * Block);

        Assert.All(played, sample => Assert.Equal(0f, sample));
        Assert.Single(observer.Events);
    }

    [Fact]
    public void GetAudio_SourceThatPullsTheMixer_IsAFaultAndNoEndlessLoop()
    {
        var observer = new RecordingObserver();
        var mixer = new AudioMixer(Mono48, observer);
        var source = new ScriptedSource(_ => 0.5f);
        source.OnPull = () => Pull(mixer, 1);
        mixer.Add(source);

        Assert.All(Pull(mixer, Block), sample => Assert.Equal(0f, sample));
        Assert.Single(observer.Events);
    }

    [Fact]
    public void GetAudio_NestedMixers_IsTheSumOfAll()
    {
        var inner = new AudioMixer(Mono48);
        inner.Add(new ScriptedSource(_ => 0.25f));
        var outer = new AudioMixer(Mono48);
        outer.Add(inner);
        outer.Add(new ScriptedSource(_ => 0.5f));

        Assert.Equal(0.75f, Pull(outer, 3 * Block)[^1]);
        Assert.Throws<ArgumentException>(() => outer.Add(outer));
        Assert.Throws<ArgumentException>(() => inner.Add(outer));
    }

    [Theory]
    [InlineData(16000, 1)]
    [InlineData(48000, 2)]
    public void Add_AnotherFormat_ThrowsAndNamesBoth(int rateHz, int channels)
    {
        var mixer = new AudioMixer(Mono48);

        var error = Assert.Throws<ArgumentException>(() => mixer.Add(new ScriptedSource(_ => 0, new AudioFormat(rateHz, channels))));

        Assert.Contains("48000 Hz with 1 channels", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{rateHz} Hz with {channels} channels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongUse_Throws()
    {
        var mixer = new AudioMixer(new AudioFormat(48000, 2));
        var source = new ScriptedSource(_ => 0, mixer.OutputFormat);
        AudioMixerInput input = mixer.Add(source);

        Assert.Throws<ArgumentException>(() => mixer.Add(source));
        Assert.Throws<ArgumentException>(() => new AudioMixer(default));
        Assert.Throws<ArgumentException>(() => mixer.GetAudio(new float[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => input.Gain = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => input.Gain = float.NaN);
        Assert.Throws<ArgumentOutOfRangeException>(() => input.Gain = 17);
        Assert.Throws<ArgumentNullException>(() => mixer.Add(null!));
    }

    [Fact]
    public void AddAndRemove_FromOtherThreadsWhilePlaying_NeverPullsARemovedSource()
    {
        const int Rounds = 300;
        var mixer = new AudioMixer(Mono48, new RecordingObserver());
        int pulledAfterRemoval = 0;
        using var stop = new CancellationTokenSource();
        var device = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
                Pull(mixer, 3 * Block);
        });
        device.Start();
        Thread[] editors = [.. Enumerable.Range(0, 3).Select(_ => new Thread(Edit))];
        foreach (Thread editor in editors)
            editor.Start();
        foreach (Thread editor in editors)
            editor.Join();
        stop.Cancel();
        device.Join();

        Assert.Equal(0, pulledAfterRemoval);
        Assert.True(mixer.Inputs.IsEmpty);

        void Edit()
        {
            for (int i = 0; i < Rounds; i++)
            {
                bool isRemoved = false;
                var source = new ScriptedSource(_ => 0.1f);
                source.OnPull = () =>
                {
                    if (Volatile.Read(ref isRemoved))
                        Interlocked.Increment(ref pulledAfterRemoval);
                };
                AudioMixerInput input = mixer.Add(source);
                input.Gain = 0.5f;
                input.Remove();
                Volatile.Write(ref isRemoved, true);
            }
        }
    }

    [Fact]
    public void GetAudio_WhilePlaying_AllocatesNothing()
    {
        var mixer = new AudioMixer(Mono48);
        for (int i = 0; i < 10; i++)
            mixer.Add(ScriptedSource.Tone(200 + (50 * i), 0.3f));
        var samples = new float[441];

        AllocationAssert.None(() => mixer.GetAudio(samples), warmUps: 300, runs: 100);
    }

    [Fact]
    public void GetAudio_OfAReceiver_IsItsOwnOutput()
    {
        using var call = new Receiver.CallHarness();
        var mixer = new AudioMixer(call.Receiver.OutputFormat);

        AudioMixerInput input = mixer.Add(call.Receiver);

        Assert.Same(call.Receiver, input.Source);
        Assert.All(Pull(mixer, 160), sample => Assert.Equal(0f, sample));
        Assert.Equal(160, call.Receiver.GetStats().TotalSamplesReceived);
    }

    private static float[] Pull(IAudioSource source, int samples)
    {
        var pulled = new float[samples];
        source.GetAudio(pulled);
        return pulled;
    }

    private static int[] Bits(float[] samples) => [.. samples.Select(BitConverter.SingleToInt32Bits)];

    private static float LargestStep(float[] samples) => samples.Zip(samples.Skip(1), (a, b) => Math.Abs(b - a)).Max();
}
