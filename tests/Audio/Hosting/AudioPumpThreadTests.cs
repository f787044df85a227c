using RtcEnhance.Testing;

namespace RtcEnhance.Audio.Tests.Hosting;

/// <summary>The pump's own thread. Every wait is for an event that must come; the limit only ends a test that fails.</summary>
public sealed class AudioPumpThreadTests : IDisposable
{
    private static readonly AudioFormat Voice = new(16000);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _clock = new();
    private readonly SemaphoreSlim _delivered = new(0);
    private readonly ScriptedSource _source = new(n => n, Voice);

    public void Dispose() => _delivered.Dispose();

    [Fact]
    public void OwnThread_OnAVirtualClock_DeliversAsTheClockAdvances()
    {
        var first = new List<float>();
        using var pump = new AudioPump(_source, block => Take(block, first), new AudioPumpOptions { Time = _clock });
        pump.Start();
        Wait();

        for (int i = 0; i < 200; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            Wait();
        }

        pump.Dispose();
        Assert.Equal(Enumerable.Range(0, 201).Select(i => i * 320f), first);
        Assert.Equal(201, pump.GetStats().DeliveredBlocks);
        Assert.False(pump.ThreadIsAlive);
    }

    [Fact]
    public void OwnThread_OnTheSystemsClock_DeliversInOrderAndInTime()
    {
        var first = new List<float>();
        long start = TimeProvider.System.GetTimestamp();
        using var pump = new AudioPump(_source, block => Take(block, first), new AudioPumpOptions { MaxCatchUp = TimeSpan.FromSeconds(10) });
        pump.Start();
        for (int i = 0; i < 11; i++)
            Wait();
        pump.Stop();

        // Never early: a late one says nothing about the pump, on a machine that is busy.
        Assert.True(TimeProvider.System.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(199));
        Assert.Equal(Enumerable.Range(0, first.Count).Select(i => i * 320f), first);
        Assert.Equal(0, pump.GetStats().SkippedBlocks);
    }

    [Fact]
    public void Stop_WhileTheHandlerRuns_WaitsForItAndNothingFollows()
    {
        using var inHandler = new ManualResetEventSlim();
        using var mayReturn = new ManualResetEventSlim();
        int returned = 0;
        using var pump = new AudioPump(_source, _ =>
        {
            inHandler.Set();
            mayReturn.Wait(Limit);
            Volatile.Write(ref returned, 1);
        }, new AudioPumpOptions { Time = _clock });
        pump.Start();
        Assert.True(inHandler.Wait(Limit));
        int returnedBeforeStop = 0;
        var stopper = new Thread(() =>
        {
            pump.Stop();
            returnedBeforeStop = Volatile.Read(ref returned);
        });
        stopper.Start();

        mayReturn.Set();
        stopper.Join();
        int pulls = _source.Pulls;
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, returnedBeforeStop);
        Assert.Equal(1, pulls);
        Assert.Equal(pulls, _source.Pulls);
    }

    [Fact]
    public void Dispose_WithinTheHandler_EndsTheThread()
    {
        AudioPump pump = null!;
        using (pump = new AudioPump(_source, _ =>
        {
            pump.Dispose();
            _delivered.Release();
        }, new AudioPumpOptions { Time = _clock }))
        {
            pump.Start();
            Wait();
        }

        // The outer Dispose waited for the thread.
        Assert.False(pump.ThreadIsAlive);
        Assert.Equal(1, pump.GetStats().DeliveredBlocks);
    }

    [Fact]
    public void StartStopDispose_FromManyThreads_EndsQuietly()
    {
        for (int round = 0; round < 30; round++)
        {
            var pump = new AudioPump(new ScriptedSource(_ => 0, Voice), _ => { }, new AudioPumpOptions { Time = _clock });
            using var go = new ManualResetEventSlim();
            Thread[] threads = [.. Enumerable.Range(0, 4).Select(i => new Thread(() =>
            {
                go.Wait();
                for (int n = 0; n < 20; n++)
                    Act(pump, (n + i) % 3, isLast: i == 3 && n == 10);
            }))];
            foreach (Thread thread in threads)
                thread.Start();
            go.Set();
            foreach (Thread thread in threads)
                Assert.True(thread.Join(Limit));

            pump.Dispose();
            Assert.False(pump.ThreadIsAlive);
        }

        void Act(AudioPump pump, int action, bool isLast)
        {
            try
            {
                if (isLast)
                    pump.Dispose();
                else if (action == 0)
                    pump.Stop();
                else if (action == 1)
                    pump.Start();
                else
                    _clock.Advance(TimeSpan.FromMilliseconds(20));
            }
            catch (ObjectDisposedException)
            {
                // Started after the disposal: what it is for.
            }
        }
    }

    private void Take(ReadOnlySpan<float> block, List<float> first)
    {
        first.Add(block[0]);
        _delivered.Release();
    }

    private void Wait() => Assert.True(_delivered.Wait(Limit));
}
