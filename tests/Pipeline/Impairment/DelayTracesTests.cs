using RtcEnhance.Testing;

namespace RtcEnhance.Tests.Impairment;

public class DelayTracesTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    private static double[] Delays(DelayTrace trace) => [.. Enumerable.Range(0, trace.Count).Select(slot => trace[slot].TotalMilliseconds)];

    [Fact]
    public void DelayAt_AnyTime_IsItsSlotsAndStartsAgainAtTheEnd()
    {
        var trace = new DelayTrace([Ms(1), Ms(2), Ms(3)], Ms(10));

        Assert.Equal(Ms(1), trace.DelayAt(TimeSpan.Zero));
        Assert.Equal(Ms(2), trace.DelayAt(Ms(19.9)));
        Assert.Equal(Ms(3), trace.DelayAt(Ms(20)));
        Assert.Equal(Ms(1), trace.DelayAt(Ms(30)));
        Assert.Throws<ArgumentOutOfRangeException>(() => trace.DelayAt(Ms(-1)));
    }

    [Fact]
    public void Trace_OfImpossibleValues_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new DelayTrace([], Ms(10)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DelayTrace([Ms(1)], TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DelayTrace([Ms(-1)], Ms(10)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DelayTrace([TimeSpan.FromMinutes(2)], Ms(10)));
    }

    [Fact]
    public void Spikes_OverAnHour_AreAsOftenAndAsLongAsAsked()
    {
        double[] delays = Delays(DelayTraces.Spikes(Hour, TimeSpan.FromSeconds(5), Ms(80), seed: 1));
        int[] starts = [.. Enumerable.Range(1, delays.Length - 1).Where(i => delays[i - 1] == 0 && delays[i] > 0)];

        // A stop begins within its slot, so its first delay is that long or up to a slot longer.
        Assert.InRange(starts.Length, 600, 800);
        Assert.InRange(starts.Average(i => delays[i]), 75, 95);
        Assert.InRange(delays.Max(), 100, 410);
    }

    [Fact]
    public void Spikes_WhatIsSentInAStop_ComesAtOneTime()
    {
        double[] delays = Delays(DelayTraces.Spikes(Hour, TimeSpan.FromSeconds(5), Ms(80), seed: 1));

        for (int i = 1; i < delays.Length; i++)
        {
            if (delays[i] > 0 && delays[i - 1] > 0 && delays[i] < delays[i - 1])
                Assert.Equal(delays[i - 1] - 10, delays[i], tolerance: 1e-6);
        }
    }

    [Fact]
    public void Steps_EachPeriod_ChangeBetweenTwoDelays()
    {
        double[] delays = Delays(DelayTraces.Steps(TimeSpan.FromSeconds(4), Ms(200), TimeSpan.FromSeconds(1)));

        Assert.Equal([.. Enumerable.Repeat(0.0, 100), .. Enumerable.Repeat(200.0, 100), .. Enumerable.Repeat(0.0, 100), .. Enumerable.Repeat(200.0, 100)], delays);
    }

    [Fact]
    public void Handovers_OverAnHour_StopAsLongAsAskedAndChangeThePath()
    {
        double[] delays = Delays(DelayTraces.Handovers(Hour, TimeSpan.FromSeconds(20), Ms(50), Ms(600), Ms(60), seed: 1));
        int[] starts = [.. Enumerable.Range(1, delays.Length - 1).Where(i => delays[i] > delays[i - 1] + 65)];

        Assert.InRange(starts.Length, 120, 210);
        Assert.InRange(delays.Max(), 500, 670);
        Assert.True(delays.Where(delay => delay is > 0 and < 60).Distinct().Count() > 100);
    }

    [Fact]
    public void Queue_OverAnHour_IsFilledByItsLoadAndNeverBeyondItsRoom()
    {
        double[] light = Delays(DelayTraces.Queue(Hour, 0.3, 1.8, Ms(150), Ms(250), seed: 1));
        double[] heavy = Delays(DelayTraces.Queue(Hour, 0.7, 1.8, Ms(150), Ms(250), seed: 1));

        Assert.Equal(250, heavy.Max());
        Assert.Equal(0, heavy.Min());
        Assert.True(light.Average() < heavy.Average());
        // Without the room's bound, a fluid queue is empty for the share of time that the load leaves.
        Assert.InRange(light.Count(delay => delay == 0) / (double)light.Length, 0.65, 0.78);
        double[] changes = [.. heavy.Zip(heavy.Skip(1), (before, after) => after - before)];
        Assert.InRange(changes.Max(), 7.999, 8.001);
        Assert.InRange(changes.Min(), -10.001, -9.999);
    }

    [Fact]
    public void Traces_OfEqualSeeds_AreEqual()
    {
        static double[] Make(int seed) =>
        [
            .. Delays(DelayTraces.Spikes(Ms(60_000), Ms(500), Ms(80), seed)),
            .. Delays(DelayTraces.Handovers(Ms(60_000), Ms(5000), Ms(50), Ms(600), Ms(60), seed)),
            .. Delays(DelayTraces.Queue(Ms(60_000), 0.5, 1.8, Ms(150), Ms(250), seed)),
        ];

        Assert.Equal(Make(1), Make(1));
        Assert.NotEqual(Make(1), Make(2));
    }

    [Fact]
    public void Traces_OfImpossibleValues_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DelayTraces.Spikes(TimeSpan.Zero, Ms(500), Ms(80), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DelayTraces.Spikes(Hour, TimeSpan.Zero, Ms(80), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DelayTraces.Spikes(Hour, Ms(500), TimeSpan.FromMinutes(1), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DelayTraces.Steps(Hour, Ms(-1), Ms(500)));
        Assert.Throws<ArgumentOutOfRangeException>(() => DelayTraces.Handovers(Hour, Ms(500), Ms(60), Ms(50), Ms(60), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DelayTraces.Queue(Hour, 1, 1.8, Ms(150), Ms(250), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DelayTraces.Queue(Hour, 0.5, 1, Ms(150), Ms(250), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DelayTraces.Queue(Hour, double.NaN, 1.8, Ms(150), Ms(250), 1));
    }

    [Fact]
    public void Impairment_WithATrace_AddsItToTheJitterAndKeepsTheOrder()
    {
        var options = new ImpairmentOptions { BaseDelay = Ms(5), DelayTrace = DelayTraces.Steps(TimeSpan.FromSeconds(2), Ms(200), TimeSpan.FromSeconds(1)) };
        var model = new ImpairmentModel(options, null, 0);
        TimeSpan[] arrivals = [.. Enumerable.Range(0, 101).Select(i => model.Next(Ms(20 * i)).DeliveredAt!.Value)];

        Assert.Equal(Ms(985), arrivals[49]);
        Assert.Equal(Ms(1205), arrivals[50]);
        // On the shorter path again, yet not before what was sent earlier.
        Assert.Equal(arrivals[99], arrivals[100]);
    }
}
