using RtcEnhance.Video;

namespace RtcEnhance.Tests.Video.Reliability;

/// <summary>
/// Item 14: pauses and a machine that others use too. The ladder goes down for a reason, no frame is late but the one
/// that a pause hits, and the network comes back without going to and fro.
/// </summary>
public class Item14LoadTests
{
    private static readonly UpscaleMethod?[] NetworkAlone = [UpscaleMethod.Neural];

    [Fact]
    public void Item14_NothingElseRuns_EveryFrameIsTheQualityNetworks()
    {
        using var call = new LadderCall();

        call.Run(TimeSpan.FromSeconds(20));

        Assert.Equal(NetworkAlone, call.Steps);
        Assert.Equal((0, 0, 0), (call.Stats.DeadlineMisses, call.Stats.FramesDropped, call.Stats.RowsFinishedByFallback));
        Assert.Empty(call.Observer.Events);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(120)]
    public void Item14_GarbageCollectionPauseOf30Ms_MakesOneFrameLateAndTheNetworkGoesOn(int framesBefore)
    {
        using var call = new LadderCall();
        call.Run(TimeSpan.FromSeconds(framesBefore / 30.0));

        call.Pause = TimeSpan.FromMilliseconds(30);
        call.Run(TimeSpan.FromSeconds(5));

        Assert.Equal(1, call.Stats.DeadlineMisses);
        Assert.InRange(call.Stats.RowsFinishedByFallback, 1, 2 * LadderCall.Height);
        Assert.InRange(call.Made.Count(made => made != UpscaleMethod.Neural), 0, 35);
        Assert.InRange(call.Steps.Count, 1, 3);
        Assert.Equal(UpscaleMethod.Neural, call.Made[^1]);
    }

    [Fact]
    public void Item14_GarbageCollectionPauseThreeTimesASecond_MakesOneFrameLateEachAndTheNetworkComesBack()
    {
        const int Pauses = 30;
        using var call = new LadderCall();
        call.Run(TimeSpan.FromSeconds(3));

        for (int i = 0; i < Pauses; i++)
        {
            call.Pause = TimeSpan.FromMilliseconds(30);
            call.Run(TimeSpan.FromSeconds(1) / 3);
        }

        Assert.InRange(call.Stats.DeadlineMisses, 1, Pauses);
        Assert.InRange(call.StepsAboveBicubic.Count, 1, 30);
        call.Run(TimeSpan.FromSeconds(3));
        int before = call.Made.Count;
        call.Run(TimeSpan.FromSeconds(3));
        Assert.Equal(1, call.Share(UpscaleMethod.Neural, before));
    }

    [Fact]
    public void Item14_StarvedForHalfASecond_MakesOneFrameLateAndTheNetworkGoesOn()
    {
        using var call = new LadderCall();
        call.Run(TimeSpan.FromSeconds(5));

        call.Pause = TimeSpan.FromMilliseconds(500);
        call.Run(TimeSpan.FromSeconds(10));

        Assert.Equal(1, call.Stats.DeadlineMisses);
        Assert.Equal(NetworkAlone, call.StepsAboveBicubic);
        Assert.Empty(call.Observer.Events);
    }

    [Theory]
    [InlineData(1.5, 3)]
    [InlineData(3, 6)]
    [InlineData(3, 9)]
    [InlineData(6, 6)]
    public void Item14_SharesTheMachineInSlices_AtMostOneFrameInAThousandIsLateAndTheNetworkComesBack(double ownMs, double othersMs)
    {
        var random = new Random(4);
        using var call = new LadderCall();
        call.Run(TimeSpan.FromSeconds(30));
        int starved = call.Made.Count;

        call.Slices = (TimeSpan.FromMilliseconds(ownMs), TimeSpan.FromMilliseconds(othersMs));
        call.PickUpAfter = _ => TimeSpan.FromMilliseconds(othersMs * random.NextDouble() * random.NextDouble());
        call.Run(TimeSpan.FromSeconds(30));
        double networks = call.Share(UpscaleMethod.Neural, starved) + call.Share(UpscaleMethod.NeuralFast, starved);
        int again = call.Made.Count;
        call.Slices = null;
        call.PickUpAfter = _ => TimeSpan.Zero;
        call.Run(TimeSpan.FromSeconds(30));

        Assert.True(call.Stats.DeadlineMisses <= 0.001 * call.Made.Count, $"{call.Stats.DeadlineMisses} late");
        Assert.Equal(0, call.Stats.FramesDropped);
        Assert.Equal(NetworkAlone, call.Made.Take(starved).Distinct());
        Assert.InRange(networks, 0.8, 1);
        Assert.InRange(call.Made.FindIndex(again, made => made == UpscaleMethod.Neural) - again, 0, 60);
        Assert.InRange(call.Share(UpscaleMethod.Neural, again), 0.95, 1);
    }

    [Theory]
    [InlineData(8, 3, 0)]
    [InlineData(9, 0, 12)]
    public void Item14_OneFrameInSeveralIsHitByAnotherProgram_TheNetworkComesBackAllTheSame(int every, double pickUpMs, double pauseMs)
    {
        using var call = new LadderCall();
        call.Run(TimeSpan.FromSeconds(5));
        call.Oversubscription = 4;
        call.Run(TimeSpan.FromSeconds(30));
        int again = call.Made.Count;

        // Less than what a network that is in use may be hit by.
        call.Oversubscription = 1;
        call.PickUpAfter = frame =>
        {
            bool isHit = frame % every == 0;
            call.Pause = TimeSpan.FromMilliseconds(isHit ? pauseMs : 0);
            return TimeSpan.FromMilliseconds(isHit ? pickUpMs : 0);
        };
        call.Run(TimeSpan.FromSeconds(30));

        Assert.InRange(call.Made.FindIndex(again, made => made == UpscaleMethod.Neural) - again, 0, 10 * 30);
        Assert.InRange(call.Share(UpscaleMethod.Neural, again + 300), 0.8, 1);
    }

    [Fact]
    public void Item14_AStepThatWasNotInUse_IsMadeReadyOnAFrameThatIsShown()
    {
        const double FirstMs = 10;
        using var call = new LadderCall { FirstMs = FirstMs };
        call.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(NetworkAlone, call.Steps);
        Assert.Equal(1, call.Stage(UpscaleMethod.NeuralFast).Trials);
        Assert.Equal(FirstMs + call.CostMs[UpscaleMethod.NeuralFast], call.Stage(UpscaleMethod.NeuralFast).TrialTime.TotalMilliseconds, 1);
        int before = call.Made.Count;

        call.Oversubscription = 2;
        call.Run(TimeSpan.FromSeconds(5));

        Assert.Contains(UpscaleMethod.NeuralFast, call.Made.Skip(before));
        Assert.Equal(0, call.Stats.DeadlineMisses);
    }

    [Fact]
    public void Item14_TwiceOversubscribed_TheFastNetworkTakesOverAndNoFrameIsLate()
    {
        using var call = new LadderCall();
        call.Run(TimeSpan.FromSeconds(5));

        call.Oversubscription = 2;
        call.Run(TimeSpan.FromSeconds(60));
        InboundVideoStats loaded = call.Stats;
        int steps = call.Steps.Count;
        double fast = call.Share(UpscaleMethod.NeuralFast, since: 150);
        int before = call.Made.Count;
        call.Oversubscription = 1;
        call.Run(TimeSpan.FromSeconds(40));

        Assert.Equal((0, 0), (loaded.DeadlineMisses, loaded.FramesDropped));
        Assert.InRange(fast, 0.95, 1);

        // Down once, and up and down for each trial: at most two seconds apart.
        Assert.InRange(steps, 2, 70);
        Assert.InRange(call.Steps.Count - steps, 1, 2);
        Assert.InRange(call.Share(UpscaleMethod.Neural, before), 0.95, 1);
        Assert.Equal(["engaged super-resolution OverBudget", "released super-resolution"], call.Observer.Events);
    }

    [Theory]
    [InlineData(4, UpscaleMethod.NeuralFast)]
    [InlineData(6, UpscaleMethod.Bicubic)]
    [InlineData(30, UpscaleMethod.PassThrough)]
    public void Item14_Oversubscribed_TheStreamGoesDownAsFarAsItMustAndComesBack(double times, UpscaleMethod expected)
    {
        using var call = new LadderCall();
        call.Run(TimeSpan.FromSeconds(5));

        call.Oversubscription = times;
        call.Run(TimeSpan.FromSeconds(40));
        UpscaleMethod?[] settled = [.. call.Made.TakeLast(300)];
        call.Oversubscription = 1;
        call.Run(TimeSpan.FromSeconds(70));

        Assert.InRange(settled.Count(made => made == expected), 270, 300);
        Assert.Equal((UpscaleMethod.Neural, ReasonCode.Ok), (call.Made[^1], call.Reasons[^1]));
        Assert.InRange(call.Steps.Count, 3, 60);
    }

    [Fact]
    public void Item14_FramesPickedUpLate_AreTheFastNetworksWithReasonOverload()
    {
        using var call = new LadderCall();
        call.Run(TimeSpan.FromSeconds(5));

        call.PickUpAfter = frame => TimeSpan.FromMilliseconds(frame % 2 == 0 ? 2 : 9);
        call.Run(TimeSpan.FromSeconds(60));
        int steps = call.Steps.Count;
        call.PickUpAfter = _ => TimeSpan.Zero;
        call.Run(TimeSpan.FromSeconds(40));

        Assert.Equal(0, call.Stats.DeadlineMisses);
        Assert.Contains(ReasonCode.Overload, call.Reasons);
        Assert.InRange(steps, 2, 110);
        Assert.Equal((UpscaleMethod.Neural, ReasonCode.Ok), (call.Made[^1], call.Reasons[^1]));
    }

    [Fact]
    public void Item14_PictureGrowsAndShrinks_NoStalePredictionKeepsTheNetworkOut()
    {
        using var call = new LadderCall();
        call.Run(TimeSpan.FromSeconds(5));

        call.CostMs[UpscaleMethod.Neural] = 40;
        call.Resize(4 * LadderCall.Height);
        call.Run(TimeSpan.FromSeconds(10));
        UpscaleMethod? large = call.Made[^1];
        call.CostMs[UpscaleMethod.Neural] = 10;
        call.Resize(LadderCall.Height);
        int before = call.Made.Count;
        call.Run(TimeSpan.FromSeconds(1));

        Assert.Equal(UpscaleMethod.NeuralFast, large);
        Assert.All(call.Made.Skip(before), made => Assert.Equal(UpscaleMethod.Neural, made));
        Assert.Equal(0, call.Stats.DeadlineMisses);
    }
}
