using FsCheck;
using FsCheck.Fluent;
using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests.Hosting;

/// <summary>The pump stepped by hand on a virtual clock.</summary>
public class AudioPumpTests
{
    private static readonly AudioFormat Voice = new(16000);

    private readonly ManualTimeProvider _clock = new();
    private readonly List<float[]> _blocks = [];

    [Fact]
    public void RunStep_SixteenKilohertz_DeliversTwentyMillisecondsEveryTwenty()
    {
        using AudioPump pump = Make(new ScriptedSource(n => n, Voice));
        pump.Start();

        for (int ms = 0; ms < 100; ms++)
        {
            while (pump.RunStep())
            {
            }

            Assert.Equal((ms / 20) + 1, _blocks.Count);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.All(_blocks, block => Assert.Equal(320, block.Length));
        Assert.Equal(Enumerable.Range(0, 1600).Select(n => (float)n), _blocks.SelectMany(block => block));
    }

    [Fact]
    public void RunStep_BlocksOfAnyLength_NeverDrift()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var clock = new ManualTimeProvider();
            var format = new AudioFormat(random.Next(80, 481) * 100);
            int blockSamples = random.Next(format.SampleRateHz / 100, format.SampleRateHz / 10);
            using var pump = new AudioPump(new ScriptedSource(_ => 0, format), _ => { }, new AudioPumpOptions { Time = clock, OwnThread = false, BlockSamples = blockSamples });
            clock.Advance(TimeSpan.FromMicroseconds(random.Next(1_000_000)));
            TimeSpan start = clock.Elapsed;
            pump.Start();
            for (int i = 0; i < 60; i++)
            {
                while (pump.RunStep())
                {
                }

                long due = (long)Math.Floor((clock.Elapsed - start).TotalSeconds * format.SampleRateHz / blockSamples) + 1;
                long delivered = pump.GetStats().DeliveredBlocks;
                if (Math.Abs(due - delivered) > 1)
                    return false;
                clock.Advance(TimeSpan.FromMicroseconds(random.Next(40_000)));
            }

            return pump.GetStats().SkippedBlocks == 0;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void RunStep_AfterTwoDaysOfBlocksThatFitNoClock_IsDueToTheTick()
    {
        using AudioPump pump = Make(new ScriptedSource(_ => 0, new AudioFormat(44100)), new() { Time = _clock, OwnThread = false, BlockSamples = 1024, MaxCatchUp = TimeSpan.Zero });
        pump.Start();
        Assert.True(pump.RunStep());

        // 441 blocks of 1024 samples last 10.24 s exactly, and two days are 16875 times that.
        _clock.Advance(TimeSpan.FromDays(2) - TimeSpan.FromTicks(1));
        Assert.True(pump.RunStep());
        Assert.False(pump.RunStep());
        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.True(pump.RunStep());
        Assert.Equal(3, pump.GetStats().DeliveredBlocks);
        Assert.Equal(16875 * 441, pump.GetStats().DeliveredBlocks + pump.GetStats().SkippedBlocks - 1);
    }

    [Fact]
    public void RunStep_LateByLessThanItMayCatchUp_DeliversEveryBlock()
    {
        using AudioPump pump = Make(new ScriptedSource(n => n, Voice));
        pump.Start();
        Drain(pump);

        _clock.Advance(TimeSpan.FromMilliseconds(190));

        Assert.Equal(9, Drain(pump));
        Assert.Equal(0, pump.GetStats().SkippedBlocks);
        Assert.Equal(TimeSpan.FromMilliseconds(170), pump.GetStats().MaxLateness);
    }

    [Fact]
    public void RunStep_LateByMore_SkipsAheadCountsAndKeepsTheBeat()
    {
        using AudioPump pump = Make(new ScriptedSource(n => n, Voice));
        pump.Start();
        Drain(pump);

        _clock.Advance(TimeSpan.FromMilliseconds(5 * 1000) + TimeSpan.FromMilliseconds(7));

        Assert.Equal(1, Drain(pump));
        Assert.Equal(249, pump.GetStats().SkippedBlocks);
        Assert.Equal(320f, _blocks[^1][0]);
        _clock.Advance(TimeSpan.FromMilliseconds(12));
        Assert.Equal(0, Drain(pump));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, Drain(pump));
    }

    [Fact]
    public void RunStep_HandlerThatThrows_IsReportedAndTheNextBlockComes()
    {
        var observer = new RecordingObserver();
        int calls = 0;
        using var pump = new AudioPump(new ScriptedSource(_ => 0, Voice), _ => throw new InvalidOperationException($"{++calls}"), new AudioPumpOptions { Time = _clock, OwnThread = false, Observer = observer });
        pump.Start();
        _clock.Advance(TimeSpan.FromMilliseconds(20));

        Assert.True(pump.RunStep());
        Assert.True(pump.RunStep());

        Assert.Equal(["AudioPump handler: 1", "AudioPump handler: 2"], observer.Events);
        Assert.Equal(2, pump.GetStats().HandlerFaults);
    }

    [Fact]
    public void RunStep_SourceThatThrows_IsSilenceReportedAndTheNextBlockComes()
    {
        var observer = new RecordingObserver();
        var source = new ScriptedSource(_ => 0.5f, Voice);
        using AudioPump pump = Make(source, new() { Time = _clock, OwnThread = false, Observer = observer });
        pump.Start();
        pump.RunStep();
        source.OnPull = () => throw new InvalidOperationException("gone");
        _clock.Advance(TimeSpan.FromMilliseconds(20));

        Assert.True(pump.RunStep());

        Assert.All(_blocks[^1], sample => Assert.Equal(0f, sample));
        Assert.Equal(["IAudioSource.GetAudio: gone"], observer.Events);
        Assert.Equal(1, pump.GetStats().SourceFaults);
    }

    [Fact]
    public void StopAndStart_CountsFromTheNewStart()
    {
        using AudioPump pump = Make(new ScriptedSource(n => n, Voice));
        Assert.False(pump.RunStep());
        pump.Start();
        Drain(pump);
        pump.Stop();
        _clock.Advance(TimeSpan.FromSeconds(10) + TimeSpan.FromMilliseconds(3));
        Assert.Equal(0, Drain(pump));

        pump.Start();
        pump.Start();

        Assert.Equal(1, Drain(pump));
        _clock.Advance(TimeSpan.FromMilliseconds(19));
        Assert.Equal(0, Drain(pump));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, Drain(pump));
        Assert.Equal(0, pump.GetStats().SkippedBlocks);
    }

    [Fact]
    public void StopAndStart_WithinTheHandler_TakeEffectAfterIt()
    {
        AudioPump pump = null!;
        int blocks = 0;
        using (pump = new AudioPump(new ScriptedSource(_ => 0, Voice), _ =>
        {
            pump.Stop();
            if (++blocks == 1)
                pump.Start();
        }, new AudioPumpOptions { Time = _clock, OwnThread = false }))
        {
            pump.Start();

            Assert.True(pump.RunStep());
            Assert.True(pump.RunStep());
            _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.False(pump.RunStep());
        }
    }

    [Fact]
    public void Dispose_ThenUse_DeliversNothing()
    {
        AudioPump pump = Make(new ScriptedSource(_ => 0, Voice));
        pump.Start();

        pump.Dispose();
        pump.Dispose();

        Assert.False(pump.RunStep());
        pump.Stop();
        Assert.Throws<ObjectDisposedException>(pump.Start);
    }

    [Fact]
    public void RunStep_AfterWarmUp_AllocatesNothing()
    {
        using var pump = new AudioPump(new ScriptedSource(_ => 0, Voice), _ => { }, new AudioPumpOptions { Time = _clock, OwnThread = false });
        pump.Start();

        AllocationAssert.None(
            () =>
            {
                pump.RunStep();
                _clock.Advance(TimeSpan.FromMilliseconds(20));
            },
            warmUps: 200, runs: 100);
    }

    [Fact]
    public void WrongUse_Throws()
    {
        var source = new ScriptedSource(_ => 0, Voice);

        Assert.Throws<ArgumentException>(() => Make(source, new() { BlockSamples = 15 }));
        Assert.Throws<ArgumentException>(() => Make(source, new() { BlockSamples = 16001 }));
        Assert.Throws<ArgumentException>(() => Make(source, new() { MaxCatchUp = TimeSpan.FromSeconds(11) }));
        Assert.Throws<ArgumentNullException>(() => new AudioPump(null!, _ => { }));
        Assert.Throws<ArgumentNullException>(() => new AudioPump(source, null!));
        using AudioPump pump = Make(source, new());
        Assert.Throws<InvalidOperationException>(() => pump.RunStep());
    }

    private AudioPump Make(IAudioSource source, AudioPumpOptions? options = null)
        => new(source, block => _blocks.Add(block.ToArray()), options ?? new AudioPumpOptions { Time = _clock, OwnThread = false });

    private static int Drain(AudioPump pump)
    {
        int blocks = 0;
        while (pump.RunStep())
            blocks++;
        return blocks;
    }
}
