using RtcEnhance.Benchmarks.Playout;
using RtcEnhance.Testing;

namespace RtcEnhance.Tests;

/// <summary>The playout benchmark's measure, on calls whose figures are plain by hand.</summary>
public class PlayoutMetricsTests
{
    private static readonly byte[] Sound = new byte[480];

    private static PlayoutCall Call(int seconds, ImpairmentOptions impairment, int packetMs = 20)
        => new(TimeSpan.FromSeconds(seconds), packetMs, impairment, Sound);

    private static ImpairmentOptions Constant(double ms) => new() { BaseDelay = TimeSpan.FromMilliseconds(ms) };

    private static PlayoutMetrics Play(PlayoutCall call, IPlayoutPolicy policy)
    {
        List<PlayedBlock> blocks = [];
        int next = 0;
        for (int i = 0; i < call.Pulls; i++)
        {
            for (; next < call.Packets.Count && call.Packets[next].Arrival.TotalMilliseconds <= i * 10; next++)
                policy.Insert(call.Packets[next]);
            blocks.Add(policy.Pull());
        }

        return PlayoutMetrics.Measure(call, blocks);
    }

    [Fact]
    public void Delay_OfAFixedBuffer_IsItsOwnWhateverTheNetworks()
    {
        PlayoutMetrics near = Play(Call(10, Constant(0)), new FixedBuffer(50, 160));
        PlayoutMetrics far = Play(Call(10, Constant(400)), new FixedBuffer(50, 160));

        Assert.Equal(50, near.DelayMs, 6);
        Assert.Equal(50, far.DelayMs, 6);
        Assert.Equal(0, near.ConcealedPercent);
    }

    [Fact]
    public void Delay_OfAnArrivalBetweenPulls_CountsTheWaitForThePull()
        => Assert.Equal(57, Play(Call(10, Constant(3)), new FixedBuffer(50, 160)).DelayMs, 6);

    [Fact]
    public void Delay_WithAFastSender_GrowsAsItsPacketsWait()
    {
        // 1000 ppm over 60 s: 60 ms more at the end, half of it on average.
        var impairment = new ImpairmentOptions { BaseDelay = TimeSpan.FromMilliseconds(100), ClockDriftPpm = 1000 };
        PlayoutMetrics played = Play(Call(60, impairment), new FixedBuffer(50, 160));

        Assert.InRange(played.DelayMs, 78, 82);
    }

    [Fact]
    public void Concealed_OfLostPackets_IsTheirShare()
    {
        bool[] lost = [true, false, false, false, false, false, false, false, false, false];
        var impairment = new ImpairmentOptions { LossTrace = new LossTrace(lost, TimeSpan.FromMilliseconds(20)) };
        PlayoutMetrics played = Play(Call(100, impairment), new FixedBuffer(50, 160));

        Assert.InRange(played.ConcealedPercent, 9.9, 10.1);
        Assert.Equal(0, played.InterruptionsPerMinute);
        Assert.Equal(0, played.DiscardedPercent);
    }

    [Fact]
    public void Interruptions_AreRunsFrom150Ms()
    {
        bool[] lost = new bool[50];
        lost.AsSpan(10, 7).Fill(true);
        lost.AsSpan(30, 8).Fill(true);
        var impairment = new ImpairmentOptions { LossTrace = new LossTrace(lost, TimeSpan.FromMilliseconds(20)) };
        PlayoutMetrics played = Play(Call(60, impairment), new FixedBuffer(50, 160));

        Assert.InRange(played.InterruptionsPerMinute, 59, 61);
    }

    [Fact]
    public void FixedBuffer_AfterAStepBeyondIt_LosesASecondAndBeginsAgain()
    {
        var impairment = new ImpairmentOptions { DelayTrace = DelayTraces.Steps(TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10)) };
        PlayoutMetrics played = Play(Call(20, impairment), new FixedBuffer(50, 160));

        Assert.InRange(played.ConcealedPercent, 6, 7);
        Assert.InRange(played.DiscardedPercent, 4.5, 5.5);
    }

    [Fact]
    public void PacketCountBuffer_AfterAnUnderrun_WaitsForItsPacketsAgain()
    {
        var impairment = new ImpairmentOptions { DelayTrace = DelayTraces.Steps(TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10)) };
        PlayoutMetrics played = Play(Call(20, impairment), new PacketCountBuffer(5, 50, 160));

        // 80 ms at first; 200 more are missing, 80 of them were waiting and must wait again.
        Assert.InRange(played.ConcealedPercent, 0.9, 1.1);
        Assert.InRange(played.DelayMs, 175, 185);
        Assert.Equal(0, played.DiscardedPercent);
    }

    [Fact]
    public void Stretching_IsCountedPerSamplePlayed()
    {
        PlayoutCall call = Call(1, Constant(0));
        PlayedBlock[] blocks = [.. Enumerable.Range(1, 100).Select(i => new PlayedBlock(80 * i, Inserted: i == 10 ? 40 : 0, Removed: i == 20 ? 80 : 0))];
        PlayoutMetrics played = PlayoutMetrics.Measure(call, blocks);

        Assert.Equal(0.5, played.InsertedPercent, 6);
        Assert.Equal(1, played.RemovedPercent, 6);
        Assert.Equal(0, played.DelayMs, 6);
    }

    [Theory]
    [InlineData(3, 75, CurveEnd.None)]
    [InlineData(1, 100, CurveEnd.None)]
    [InlineData(5, 50, CurveEnd.None)]
    [InlineData(0.5, 100, CurveEnd.Longest)]
    [InlineData(6, 50, CurveEnd.Shortest)]
    public void Curve_AtAShare_IsTheDelayThatBuysIt(double concealed, double delay, CurveEnd end)
    {
        // (120, 2) is beaten by (100, 1) in both.
        var curve = new PlayoutCurve([(100, 1), (50, 5), (120, 2)]);

        Assert.Equal((delay, end), curve.DelayAt(concealed));
    }
}
