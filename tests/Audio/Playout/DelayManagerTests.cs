namespace RtcEnhance.Audio.Tests.Playout;

public class DelayManagerTests
{
    private const int PacketMs = 20;
    private long _block;
    private long _packet;
    private readonly PriorityQueue<long, long> _network = new();

    [Fact]
    public void TargetMs_BeforeAnythingIsKnown_IsTheStartDelay()
    {
        DelayManager delay = Manager(startMs: 120);

        Run(delay, 400, _ => 0);

        Assert.Equal(120, delay.TargetMs);
    }

    [Theory]
    [InlineData(0, 20, 25)]
    [InlineData(60, 60, 75)]
    [InlineData(150, 150, 165)]
    public void TargetMs_SteadyJitter_CoversIt(int jitterMs, int least, int most)
    {
        DelayManager delay = Manager();
        var random = new Random(1);

        Run(delay, 120_000, _ => random.Next(jitterMs + 1));

        Assert.InRange(delay.TargetMs, least, most);
    }

    [Fact]
    public void TargetMs_ShareOfLateHalfSeconds_DecidesAgainstTheQuantile()
    {
        // One packet in 4 s, one half second in eight, is 200 ms late.
        DelayManager patient = Manager(quantile: 0.97);
        DelayManager hasty = Manager(quantile: 0.8);
        foreach (DelayManager delay in new[] { patient, hasty })
        {
            _block = _packet = 0;
            _network.Clear();
            Run(delay, 120_000, n => n % 200 == 100 ? 200 : 0);
        }

        Assert.InRange(patient.TargetMs, 200, 215);
        Assert.InRange(hasty.TargetMs, 20, 25);
    }

    [Fact]
    public void Limits_SetAtRunTime_HoldAtOnceAndOrderIsCeilingOverFloors()
    {
        DelayManager delay = Manager();
        Run(delay, 10_000, _ => 0);
        Assert.InRange(delay.TargetMs, 20, 25);

        delay.MinimumMs = 150;
        Assert.Equal(150, delay.TargetMs);
        delay.BaseMinimumMs = 180;
        Assert.Equal(180, delay.TargetMs);
        delay.MinimumMs = 0;
        Assert.Equal(180, delay.TargetMs);
        delay.MaximumMs = 100;
        Assert.Equal(100, delay.TargetMs);
        delay.CapMs = 70;
        Assert.Equal(70, delay.TargetMs);
        delay.MaximumMs = 2000;
        delay.CapMs = 3000;
        delay.BaseMinimumMs = 0;
        Assert.InRange(delay.TargetMs, 20, 25);
        Assert.InRange(delay.WantedMs, 5, 25);
    }

    [Fact]
    public void GetDelayMs_AgainstTheFastestOfTwoSeconds_ForgetsIt()
    {
        DelayManager delay = Manager();
        Run(delay, 2000, _ => 50);
        Assert.Equal(0, delay.GetDelayMs(_block, (_block * 10) - 50));

        // One fast packet is the base until it is two seconds, and at most two and a half, old.
        Run(delay, PacketMs, _ => 0);
        Assert.Equal(50, delay.GetDelayMs(_block, (_block * 10) - 50));
        Run(delay, 1900, _ => 50);
        Assert.Equal(50, delay.GetDelayMs(_block, (_block * 10) - 50));
        Run(delay, 700, _ => 50);
        Assert.Equal(0, delay.GetDelayMs(_block, (_block * 10) - 50));
    }

    [Theory]
    [InlineData(0, 200)]
    [InlineData(200, 0)]
    public void TargetMs_StepOfTheWholeNetwork_IsNoJitter(int beforeMs, int afterMs)
    {
        DelayManager delay = Manager();
        Run(delay, 30_000, _ => beforeMs);
        Assert.InRange(delay.TargetMs, 20, 25);

        // What is late for the old base is not yet told from jitter; after the base has followed it is, and for good.
        Run(delay, 3500, _ => afterMs);
        for (int i = 0; i < 20; i++)
        {
            Run(delay, 500, _ => afterMs);
            Assert.InRange(delay.TargetMs, 20, 35);
        }
    }

    [Fact]
    public void RecentLeastMs_SlowerNetwork_TellsAtOnce()
    {
        DelayManager delay = Manager();
        Run(delay, 10_000, _ => 0);
        Assert.Equal(0, delay.RecentLeastMs);

        Run(delay, 300, _ => 200);

        Assert.InRange(delay.RecentLeastMs, 190, 210);
    }

    [Fact]
    public void TargetMs_AfterAnOutage_DoesNotWaitForTheNextOne()
    {
        DelayManager delay = Manager();
        Run(delay, 30_000, _ => 0);
        int before = delay.TargetMs;

        // 5 s are held back and come at once.
        Idle(delay, 5000);
        for (int i = 0; i < 250; i++)
            delay.OnArrival(_block, _packet++ * PacketMs);
        Run(delay, 10_000, _ => 0);

        Assert.InRange(delay.TargetMs, before, before + 20);
    }

    [Theory]
    [InlineData(+0.05)]
    [InlineData(-0.05)]
    [InlineData(+0.0002)]
    [InlineData(-0.0002)]
    public void TargetMs_ClocksDrift_IsMeasuredWithJitterAndBounded(double drift)
    {
        // The sender's second is longer or shorter; over the two seconds of the base this is some ms.
        DelayManager delay = Manager();
        double sentMs = 0;
        for (_block = 0; _block < 30_000;)
        {
            while (sentMs <= _block * 10)
            {
                delay.OnArrival(_block, _packet++ * PacketMs);
                sentMs += PacketMs * (1 + drift);
            }

            delay.OnBlock(++_block);
        }

        // Behind a base of 2.5 s at most, drift alone is late by that share of it.
        int expected = Math.Max(20, drift > 0 ? (int)(drift * 2500) + 10 : 0);
        Assert.InRange(delay.TargetMs, 20, expected + 20);
        Assert.InRange(delay.GetDelayMs(_block, _packet * PacketMs), -40, 200);
    }

    [Fact]
    public void Restart_OtherTimeLine_KeepsTheTargetAndStartsTheBaseAnew()
    {
        DelayManager delay = Manager();
        var random = new Random(1);
        Run(delay, 60_000, _ => random.Next(120));
        int target = delay.TargetMs;
        Assert.InRange(target, 100, 135);

        delay.Restart();
        _packet += 1_000_000;
        delay.OnArrival(_block, _packet * PacketMs);

        Assert.Equal(target, delay.TargetMs);
        Assert.Equal(0, delay.GetDelayMs(_block, _packet * PacketMs));
        Assert.Equal(0, delay.RecentLeastMs);
    }

    [Fact]
    public void OnBlock_NothingArrives_KeepsTheLastBase()
    {
        DelayManager delay = Manager();
        Run(delay, 5000, _ => 0);
        long mediaMs = _block * 10;
        Assert.Equal(0, delay.GetDelayMs(_block, mediaMs), 20.0);

        Idle(delay, 60_000);

        Assert.Equal(60_000, delay.GetDelayMs(_block, mediaMs), 20.0);
    }

    [Fact]
    public void OnArrival_Reordered_CountsByItsOwnLag()
    {
        // Every tenth packet changes places with the one three later: it is 60 ms late, nothing else is.
        DelayManager delay = Manager();
        Run(delay, 60_000, n => n % 10 == 0 ? 60 : 0);

        Assert.InRange(delay.TargetMs, 60, 75);
    }

    private static DelayManager Manager(int startMs = 60, double quantile = 0.97) => new(
        new PlayoutDelayOptions { StartDelay = TimeSpan.FromMilliseconds(startMs), Quantile = quantile }, 3000);

    /// <summary>A packet every 20 ms of media, sent on time, with a delay in ms by its number.</summary>
    private void Run(DelayManager delay, int ms, Func<long, int> delayMs)
    {
        long end = _block + (ms / 10);
        for (; _block < end;)
        {
            for (; _packet * PacketMs <= _block * 10; _packet++)
                _network.Enqueue(_packet, (_packet * PacketMs) + delayMs(_packet));
            while (_network.TryPeek(out _, out long at) && at <= _block * 10)
                delay.OnArrival(_block, _network.Dequeue() * PacketMs);
            delay.OnBlock(++_block);
        }
    }

    private void Idle(DelayManager delay, int ms)
    {
        for (int i = 0; i < ms / 10; i++)
            delay.OnBlock(++_block);
    }
}
