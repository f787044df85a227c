namespace RtcEnhance.Tests.Video.Sync;

/// <summary>
/// Lips and voice within 45 ms: from 3 s after both streams' reports are there where the sound is the later one, from 8 s
/// where it has to be made to wait, and again 3 s after its delay made a step.
/// </summary>
public sealed class LipSyncTests
{
    private const double LimitMs = 45;

    [Theory]
    [InlineData(0.020, 0.000)]
    [InlineData(0.150, 0.000)]
    [InlineData(0.400, 0.000)]
    [InlineData(0.020, 0.120)]
    [InlineData(0.150, 0.120)]
    [InlineData(0.400, 0.120)]
    [InlineData(0.020, 0.300)]
    [InlineData(0.150, 0.300)]
    [InlineData(0.400, 0.300)]
    public void Delays_OfEitherStream_EndWithinTheLimit(double audio, double video)
    {
        using var call = new SyncedCall { AudioTarget = audio, AudioDelay = audio, VideoDelay = video };

        call.Run(audio + 0.02 >= video ? 4.5 : 9.5);
        call.Run(30);

        AssertWithinLimit(call);
        Assert.Equal(900, call.OffsetsMs.Count, 5.0);
        Assert.InRange(call.LongestGapMs, 30, 50);
        Assert.Equal(0, call.Stats.FramesReleasedEarly);

        // No longer than the later of the two needs.
        Assert.InRange(call.AudioDelay, audio - 1e-9, Math.Max(audio, video + 0.02));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.4)]
    public void NoSync_ShowsEveryFrameAtOnce(double audio)
    {
        using var call = new SyncedCall { AudioTarget = audio, AudioDelay = audio, SendsVideoReports = false };
        call.Run(10);

        Assert.Equal((0, 0, null), (call.Stats.FramesHeld, call.Stats.FramesWaiting, call.Stats.EstimatedPlayoutTimestamp));
        Assert.All(call.OffsetsMs, offset => Assert.InRange(offset, -1000 * (audio + 0.03), -1000 * (audio + 0.01)));
    }

    [Theory]
    [InlineData(-200, 0, 0)]
    [InlineData(0, -200, 200)]
    [InlineData(200, -200, -200)]
    public void Drift_OfAllClocksForAnHour_StaysWithinTheLimit(double audioPpm, double videoPpm, double wallPpm)
    {
        using var call = new SyncedCall
        {
            AudioDriftPpm = audioPpm, VideoDriftPpm = videoPpm, WallDriftPpm = wallPpm, AudioTarget = 0.2, AudioDelay = 0.2, VideoDelay = 0.05, VideoJitter = 0.02,
        };

        call.Run(5);
        call.Run(3600);

        AssertWithinLimit(call);
        Assert.Equal(108_000, call.OffsetsMs.Count, 20.0);
        Assert.InRange(call.MinimumChanges, 0, 2);
    }

    [Theory]
    [InlineData(-86_400 * 365.0)]
    [InlineData(0.7)]
    [InlineData(3.4e8)]
    public void WallClock_OfTheSender_MayBeAnything(double offset)
    {
        using var call = new SyncedCall { WallOffset = offset, AudioTarget = 0.2, AudioDelay = 0.2 };

        call.Run(4.5);
        call.Run(20);

        AssertWithinLimit(call);
    }

    [Theory]
    [InlineData(3600, 0.002)]
    [InlineData(-0.4, 0.002)]
    [InlineData(1.5, 0.012)]
    public void WallClock_Stepped_ShiftsNothing(double step, double jitter)
    {
        using var call = new SyncedCall { ReportJitter = jitter, AudioTarget = 0.2, AudioDelay = 0.2, VideoDelay = 0.05 };
        call.Run(20.3);

        for (int i = 0; i < 5; i++)
        {
            call.WallOffset += step;
            call.Run(17);
            AssertWithinLimit(call);
            Assert.InRange(call.LongestGapMs, 30, 60);
        }
    }

    [Theory]
    [InlineData(true, 0.3)]
    [InlineData(false, 0.3)]
    [InlineData(true, 0.05)]
    [InlineData(false, 0.05)]
    public void Reports_OfOneStreamMissing_StaysWithinTheLimit(bool audioMissing, double videoDelay)
    {
        using var call = new SyncedCall { AudioDriftPpm = 100, VideoDriftPpm = -100, AudioTarget = 0.1, AudioDelay = 0.1, VideoDelay = videoDelay };
        call.Run(60);

        call.SendsAudioReports = !audioMissing;
        call.SendsVideoReports = audioMissing;
        call.Run(180);

        AssertWithinLimit(call);
    }

    [Theory]
    [InlineData(0.005)]
    [InlineData(0.02)]
    public void Reports_WithJitter_DoNotMakeItWander(double jitter)
    {
        using var call = new SyncedCall { ReportJitter = jitter, VideoDelay = 0.2, VideoJitter = 0.03 };
        call.Run(30);
        int changes = call.MinimumChanges;

        call.Run(300);

        AssertWithinLimit(call);
        Assert.InRange(call.MinimumChanges - changes, 0, 30);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Device_PullingSeveralBlocksAtOnce_StaysWithinTheLimit(int blocks)
    {
        using var call = new SyncedCall { BlocksPerPull = blocks, AudioTarget = 0.1, AudioDelay = 0.1 };
        call.Run(5);
        call.Run(30);

        AssertWithinLimit(call);
        Assert.Equal(0, call.MinimumChanges);
    }

    [Theory]
    [InlineData(0.1, 0.3)]
    [InlineData(0.3, 0.1)]
    [InlineData(0.05, 0.4)]
    [InlineData(0.4, 0.05)]
    public void AudioDelay_Stepped_IsFollowedWithinThreeSeconds(double before, double after)
    {
        using var call = new SyncedCall { AudioTarget = before, AudioDelay = before };
        call.Run(10);

        call.AudioTarget = call.AudioDelay = after;
        call.Run(3);
        if (Math.Abs(after - before) < 0.3)
            Assert.InRange(call.LongestGapMs, 30, 50);
        call.Run(10);

        AssertWithinLimit(call);
    }

    [Fact]
    public void Video_BecomingFaster_GivesTheAudioItsDelayBack()
    {
        using var call = new SyncedCall { VideoDelay = 0.3 };
        call.Run(12);
        Assert.InRange(call.AudioDelay, 0.26, 0.32);

        call.VideoDelay = 0.03;
        call.Run(10);

        Assert.InRange(call.AudioDelay, 0.02, 0.05);
        AssertWithinLimit(call, from: 250);
    }

    [Fact]
    public void Video_Pausing_GivesTheAudioItsDelayBack()
    {
        using var call = new SyncedCall { VideoDelay = 0.3 };
        call.Run(12);

        call.SendsVideo = false;
        call.Run(12);

        Assert.Equal(TimeSpan.Zero, call.MinimumDelay);
        Assert.Equal(0.02, call.AudioDelay, 3);
    }

    [Fact]
    public void Sync_Ending_GivesTheAudioItsDelayBack()
    {
        using var call = new SyncedCall { VideoDelay = 0.3 };
        call.Run(12);

        call.EndSync();

        Assert.Equal(TimeSpan.Zero, call.MinimumDelay);
        call.Run(6);
        Assert.Equal(0.02, call.AudioDelay, 3);
    }

    [Fact]
    public void Streams_FarApart_AreLeftAlone()
    {
        using var call = new SyncedCall { VideoDelay = 2.5 };
        call.Run(15);

        Assert.Equal((0, 0), (call.Stats.FramesHeld, call.MinimumChanges));
    }

    [Fact]
    public void Video_SomewhatTooLate_MakesTheAudioWaitNoLongerThanASecond()
    {
        using var call = new SyncedCall { VideoDelay = 1.6 };
        call.Run(30);

        Assert.Equal(TimeSpan.FromSeconds(1), call.MinimumDelay);
    }

    [Fact]
    public void Stats_OfHeldFrames_AddUp()
    {
        using var call = new SyncedCall { AudioTarget = 0.28, AudioDelay = 0.28 };
        call.Run(20);

        var stats = call.Stats;
        Assert.Equal(stats.FramesReceived, stats.FramesRendered + stats.FramesDropped + stats.FramesWaiting);
        Assert.InRange(stats.FramesHeld, 550, 580);
        Assert.InRange(stats.FramesWaiting, 8, 10);
        Assert.Equal(0.29, (stats.TotalHoldDelay / stats.FramesHeld).TotalSeconds, 0.02);
        Assert.Equal(3_950_000_000 + call.Now - 0.3, stats.EstimatedPlayoutTimestamp!.Value.TotalSeconds, 0.05);
    }

    private static void AssertWithinLimit(SyncedCall call, int from = 0)
    {
        double worst = 0;
        foreach (double offset in call.OffsetsMs[from..])
            worst = Math.Abs(offset) > Math.Abs(worst) ? offset : worst;
        Assert.NotEmpty(call.OffsetsMs);
        Assert.InRange(worst, -LimitMs, LimitMs);
    }
}
