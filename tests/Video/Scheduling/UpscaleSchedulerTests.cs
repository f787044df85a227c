using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video.Scheduling;

/// <summary>The scheduler over time: who gets which step, how soon, and that it keeps to its mind.</summary>
public sealed class UpscaleSchedulerTests
{
    [Fact]
    public void FirstFrame_TakesACheapStep_AndTheNextOnesTheBest()
    {
        var conference = new SimulatedConference();
        SimulatedConference.Stream stream = conference.Add();
        Assert.Equal("2", conference.Limits);

        conference.Run(1);

        Assert.Equal("0", conference.Limits);
        Assert.Equal((0, 1, 0), (stream.Frames[3], stream.Frames[2], stream.Frames[1]));
    }

    [Theory]
    [InlineData(0.5, "0")]
    [InlineData(0.3, "1")]
    [InlineData(0.12, "2")]
    [InlineData(0.04, "3")]
    [InlineData(0.01, "4")]
    public void OneStream_GetsTheBestStepThatFitsTheBudget(double budget, string expected)
    {
        var conference = new SimulatedConference(budget);
        conference.Add();
        conference.Run(5);

        Assert.Equal(expected, conference.Limits);
        Assert.InRange(conference.Scheduler.GetStats().PlannedShare, 0, budget);
    }

    /// <summary>0.42, 0.15, 0.075 and 0.015 cores a step; a tenth of the budget stays free.</summary>
    [Fact]
    public void NineEqualStreams_TheOldestAreTheBest_AndTheTimeStaysInTheBudget()
    {
        var conference = new SimulatedConference();
        conference.AddMany(9, 960, 720);
        conference.Run(3);
        conference.Forget();
        conference.Run(30);

        Assert.Equal("011233333", conference.Limits);
        Assert.All(conference.Shares, share => Assert.InRange(share, 0, 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(9)]
    [InlineData(25)]
    [InlineData(64)]
    public void AnyNumberOfStreams_FromTheFirstSecondOn_StaysInTheBudget(int streams)
    {
        var conference = new SimulatedConference();
        for (int i = 0; i < streams; i++)
        {
            SimulatedConference.Stream stream = conference.Add(i % 3 == 0 ? 960 : 640, i % 3 == 0 ? 720 : 360, i % 2 == 0 ? 30 : 15);
            stream.Noise = 0.1;
        }

        conference.Run(20);

        Assert.All(conference.Shares, share => Assert.InRange(share, 0, 1));
        Assert.True(conference.Shares[^1] > 0.4);
        Assert.Equal(streams, conference.Scheduler.GetStats().ActiveStreams);
    }

    [Fact]
    public void LargestStream_AndThenTheActiveSpeaker_IsTheBest()
    {
        var conference = new SimulatedConference(budget: 0.6);
        conference.AddMany(4, 640, 480);
        conference.Add(960, 720);
        conference.Run(5);
        Assert.Equal('0', conference.Limits[4]);

        conference.Streams[2].Scheduled.Priority = 1;
        conference.Run(0.2);

        // At once, and the other one's share is free in the same moment.
        Assert.Equal('0', conference.Limits[2]);
        conference.Run(5);
        Assert.Equal("02031", conference.Limits);
    }

    [Fact]
    public void StreamThatLeaves_GivesItsShareToTheNext()
    {
        var conference = new SimulatedConference(budget: 0.55);
        conference.AddMany(3, 960, 720);
        conference.Run(5);
        Assert.Equal('0', conference.Limits[0]);
        Assert.NotEqual('0', conference.Limits[1]);

        conference.Streams[0].Scheduled.Dispose();
        conference.Streams.RemoveAt(0);
        conference.Run(0.9);
        Assert.NotEqual('0', conference.Limits[0]);

        conference.Run(1);
        Assert.Equal('0', conference.Limits[0]);
    }

    [Fact]
    public void StreamThatStops_GivesItsShareBackAfterTwoSeconds_AndGetsItAgain()
    {
        var conference = new SimulatedConference(budget: 0.55);
        conference.AddMany(2, 960, 720);
        conference.Run(5);
        conference.Streams[0].IsRunning = false;
        conference.Run(1.9);
        Assert.NotEqual('0', conference.Limits[1]);
        conference.Run(2);
        Assert.Equal("20", conference.Limits);

        (conference.Streams[0].IsRunning, conference.Streams[0].NextAt) = (true, conference.Time.Elapsed);
        conference.Run(0.5);

        Assert.Equal('0', conference.Limits[0]);
        Assert.NotEqual('0', conference.Limits[1]);
    }

    [Fact]
    public void ConstantInput_SettlesAndThenChangesNothing()
    {
        var conference = new SimulatedConference();
        conference.AddMany(9, 640, 480);
        foreach (SimulatedConference.Stream stream in conference.Streams)
            stream.Noise = 0.15;
        conference.Run(10);
        conference.Forget();

        conference.Run(120);

        Assert.Equal(0, conference.Changes);
    }

    /// <summary>
    /// The second stream's network costs three times the first one's, which it can only find out by trying: less and less often.
    /// </summary>
    [Fact]
    public void StepThatDoesNotFit_IsTriedLessAndLessOften()
    {
        var conference = new SimulatedConference(budget: 0.5);
        conference.AddMany(2, 960, 720);
        conference.Streams[0].NeuralFactor = 0.3;
        conference.Run(60);
        long inFirstMinute = conference.Streams[1].Frames[0];
        conference.Run(240);

        Assert.InRange(inFirstMinute, 1, 60);
        Assert.InRange(conference.Streams[1].Frames[0] - inFirstMinute, 0, 40);
        Assert.Equal('0', conference.Limits[0]);
    }

    [Fact]
    public void SlowerMachine_LowersWithinAThirdOfASecond_AndComesBack()
    {
        var conference = new SimulatedConference();
        conference.AddMany(2, 960, 720);
        conference.Run(10);
        Assert.Equal("00", conference.Limits);

        foreach (SimulatedConference.Stream stream in conference.Streams)
            stream.CostFactor = 4;
        conference.Run(0.35);
        Assert.DoesNotContain('0', conference.Limits);
        conference.Run(10);
        conference.Forget();
        conference.Run(20);
        Assert.InRange(conference.Shares.Average(), 0, 1);

        foreach (SimulatedConference.Stream stream in conference.Streams)
            stream.CostFactor = 1;
        conference.Run(40);
        Assert.Equal("00", conference.Limits);
    }

    [Fact]
    public void PictureThatBeginsToMove_IsLoweredAtOnce_AndTheMoreImportantStays()
    {
        var conference = new SimulatedConference(budget: 0.7);
        conference.AddMany(2, 960, 720);
        foreach (SimulatedConference.Stream stream in conference.Streams)
            stream.NeuralFactor = 0.3;
        conference.Run(5);
        Assert.Equal("00", conference.Limits);

        foreach (SimulatedConference.Stream stream in conference.Streams)
            stream.NeuralFactor = 1;
        conference.Run(0.4);

        Assert.Equal('0', conference.Limits[0]);
        Assert.NotEqual('0', conference.Limits[1]);
    }

    [Fact]
    public void OneStall_ChangesNothing()
    {
        var conference = new SimulatedConference();
        conference.AddMany(3, 960, 720);
        conference.Run(10);
        conference.Forget();

        conference.Streams[0].StallMs = 150;
        conference.Run(5);

        Assert.Equal(0, conference.Changes);
    }

    [Fact]
    public void BudgetBelowTheCheapestSteps_PassesTheLeastImportantThroughAndCountsThem()
    {
        var conference = new SimulatedConference(budget: 0.05);
        conference.AddMany(9, 960, 720);
        conference.Streams[8].Scheduled.Priority = 1;
        conference.Run(10);
        conference.Forget();
        conference.Run(10);

        Assert.Equal("334444443", conference.Limits);
        UpscaleSchedulerStats stats = conference.Scheduler.GetStats();
        Assert.Equal((9, 6), (stats.ActiveStreams, stats.StreamsPassedThrough));
        Assert.Equal(conference.Streams.Sum(stream => stream.Frames[4]), stats.FramesPassedThrough);
        Assert.All(conference.Shares, share => Assert.InRange(share, 0, 0.05));
    }

    [Fact]
    public void Raise_WaitsUntilThereWasRoomForASecond()
    {
        var conference = new SimulatedConference(budget: 0.55, raiseDelaySeconds: 3);
        conference.AddMany(2, 960, 720);
        conference.Run(5);
        conference.Streams[0].Scheduled.Dispose();
        conference.Streams.RemoveAt(0);

        conference.Run(2.9);
        Assert.NotEqual("0", conference.Limits);
        conference.Run(0.5);
        Assert.Equal("0", conference.Limits);
    }

    [Fact]
    public void EqualTilesWhoseSizesWaver_DoNotSwap()
    {
        var conference = new SimulatedConference(budget: 0.6);
        conference.AddMany(2, 960, 720);
        conference.Run(5);
        conference.Forget();
        var random = new Random(3);
        for (int i = 0; i < 50; i++)
        {
            foreach (SimulatedConference.Stream stream in conference.Streams)
                stream.Pixels = 960 * 720 * random.Next(90, 100) / 100;
            conference.Run(0.2);
        }

        Assert.Equal('0', conference.Limits[0]);
        Assert.Equal(0, conference.Changes);
    }

    [Fact]
    public void StepThatTheStreamDoesNotTake_GivesItsShareToOthers()
    {
        var conference = new SimulatedConference(budget: 0.6);
        conference.AddMany(2, 960, 720);
        conference.Streams[0].BestStep = 2;
        conference.Run(3.3);

        Assert.Equal("20", conference.Limits);

        conference.Streams[0].BestStep = 0;
        conference.Run(30);
        Assert.Equal('0', conference.Limits[0]);
    }

    [Fact]
    public void NeverMeasuredStep_IsTriedByOneStreamAtATime()
    {
        var conference = new SimulatedConference(budget: 8);
        conference.AddMany(9, 960, 720);
        int before = 9;
        for (int ms = 0; ms < 3000; ms++)
        {
            conference.Run(0.001);
            int waiting = conference.Limits.Count(limit => limit != '0');
            Assert.True(before - waiting <= 1, $"{before - waiting} streams were raised at once");
            before = waiting;
        }

        Assert.Equal("000000000", conference.Limits);
    }

    [Fact]
    public void TotalTime_IsTheSumOfAllCosts()
    {
        var conference = new SimulatedConference();
        conference.AddMany(3, 640, 360);
        conference.Run(4.001);

        Assert.Equal(conference.Shares.Sum(), conference.Scheduler.GetStats().TotalTime.TotalSeconds, 1);
    }

    [Fact]
    public void OnFrame_AfterWarmUp_AllocatesNothing()
    {
        var conference = new SimulatedConference();
        conference.AddMany(64, 640, 360);
        conference.Run(3);
        int i = 0;

        AllocationAssert.None(
            () =>
            {
                foreach (SimulatedConference.Stream stream in conference.Streams)
                {
                    conference.Scheduler.RequestPlan();
                    stream.Scheduled.OnFrame(Math.Min(stream.Scheduled.Limit, 3), stream.Pixels, TimeSpan.FromMilliseconds(i % 7), TimeSpan.Zero, stream.Interval);
                }

                i++;
            },
            warmUps: 0, runs: 100);
    }

    [Fact]
    public void ManyThreads_ReportAndLeave_KeepTheScheduleWhole()
    {
        var scheduler = new UpscaleScheduler(new UpscaleSchedulerOptions { PlanInterval = TimeSpan.FromMilliseconds(10) });
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(i => new Thread(() => Report(i)))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();

        Assert.Equal(8 * 20 * 100 * TimeSpan.TicksPerMillisecond, scheduler.GetStats().TotalTime.Ticks);
        using ScheduledStream last = scheduler.Add([UpscaleStep.Bicubic]);
        last.OnFrame(0, 1000, TimeSpan.FromMilliseconds(1), TimeSpan.Zero, TimeSpan.Zero);
        Assert.Equal(1, scheduler.GetStats().ActiveStreams);

        void Report(int thread)
        {
            for (int i = 0; i < 20; i++)
            {
                using ScheduledStream stream = scheduler.Add([UpscaleStep.Neural, UpscaleStep.Bicubic]);
                for (int frame = 0; frame < 100; frame++)
                {
                    stream.Priority = (thread + frame) % 3;
                    stream.OnFrame(Math.Min(stream.Limit, 1), 1000, TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5));
                }
            }
        }
    }

    [Fact]
    public void Options_OutsideTheirRange_AreAllNamed()
    {
        var options = new UpscaleSchedulerOptions { CpuBudget = 0, PlanInterval = TimeSpan.Zero, RaiseDelay = TimeSpan.FromHours(1), Hysteresis = double.NaN };

        string message = Assert.Throws<ArgumentException>(() => new UpscaleScheduler(options)).Message;

        foreach (string name in new[] { "CpuBudget", "PlanInterval", "RaiseDelay", "Hysteresis" })
            Assert.Contains(name, message, StringComparison.Ordinal);
    }
}
