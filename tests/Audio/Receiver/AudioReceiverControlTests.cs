using RtcEnhance.Audio.Tests.Hosting;

namespace RtcEnhance.Audio.Tests.Receiver;

/// <summary>What the application may set and ask while a call runs.</summary>
public class AudioReceiverControlTests
{
    private static readonly TimeSpan Zero = TimeSpan.Zero;

    [Fact]
    public void MinimumDelay_SetAtRunTime_IsReachedAndLeftAgainWithoutALoss()
    {
        using CallHarness call = Call();
        call.Run(250);
        Assert.InRange(call.Receiver.CurrentDelay.TotalMilliseconds, 10, 45);

        call.Receiver.MinimumDelay = TimeSpan.FromMilliseconds(200);
        call.Run(250);
        Assert.InRange(call.Receiver.CurrentDelay.TotalMilliseconds, 185, 215);
        Assert.Equal(200, call.Receiver.GetStats().TargetDelay.TotalMilliseconds);

        call.Receiver.MinimumDelay = Zero;
        call.Run(250);
        Assert.InRange(call.Receiver.CurrentDelay.TotalMilliseconds, 10, 45);
        Assert.Equal(0, call.Receiver.GetStats().ConcealedSamples);
    }

    [Fact]
    public void JitterBufferTarget_AndMinimumDelay_AreTwoFloors()
    {
        using CallHarness call = Call();
        Assert.Null(call.Receiver.JitterBufferTarget);
        call.Receiver.JitterBufferTarget = TimeSpan.FromMilliseconds(150);
        call.Receiver.MinimumDelay = TimeSpan.FromMilliseconds(90);
        call.Run(300);

        Assert.Equal(150, call.Receiver.JitterBufferTarget!.Value.TotalMilliseconds);
        Assert.Equal(90, call.Receiver.MinimumDelay.TotalMilliseconds);
        Assert.InRange(call.Receiver.CurrentDelay.TotalMilliseconds, 135, 165);
        InboundAudioStats stats = call.Receiver.GetStats();
        Assert.InRange(stats.JitterBufferMinimumDelay, 0, stats.JitterBufferTargetDelay * 0.6);

        call.Receiver.JitterBufferTarget = TimeSpan.Zero;
        Assert.Equal(TimeSpan.Zero, call.Receiver.JitterBufferTarget);
        call.Receiver.JitterBufferTarget = null;
        call.Run(200);
        Assert.Null(call.Receiver.JitterBufferTarget);
        Assert.InRange(call.Receiver.CurrentDelay.TotalMilliseconds, 75, 105);
    }

    [Fact]
    public void MaximumDelay_BelowAFloor_Wins()
    {
        using CallHarness call = Call();
        call.Receiver.MinimumDelay = TimeSpan.FromMilliseconds(300);
        call.Run(300);
        call.Receiver.MaximumDelay = TimeSpan.FromMilliseconds(100);
        call.Run(300);

        Assert.Equal(100, call.Receiver.GetStats().TargetDelay.TotalMilliseconds);
        Assert.InRange(call.Receiver.CurrentDelay.TotalMilliseconds, 85, 125);
        Assert.Equal(0, call.Receiver.GetStats().ConcealedSamples);
    }

    [Fact]
    public void Delays_OutsideTheirRange_AreRefusedOrClamped()
    {
        using CallHarness call = Call();
        AudioReceiver receiver = call.Receiver;

        Assert.Throws<ArgumentOutOfRangeException>(() => receiver.MaximumDelay = TimeSpan.FromSeconds(11));
        Assert.Throws<ArgumentOutOfRangeException>(() => receiver.JitterBufferTarget = TimeSpan.FromSeconds(-1));
        receiver.MinimumDelay = TimeSpan.FromSeconds(99);
        Assert.Equal(10, receiver.MinimumDelay.TotalSeconds);
        receiver.MinimumDelay = TimeSpan.FromSeconds(-99);
        Assert.Equal(Zero, receiver.MinimumDelay);
    }

    [Fact]
    public void AddSenderReport_BeforeTheFirstPacket_TellsWhenItIsHeard()
    {
        using CallHarness call = Call();
        Assert.True(call.Receiver.AddSenderReport(Report(1, 1000, 0)));
        Assert.Null(call.Receiver.GetStats().EstimatedPlayoutTimestamp);

        // What is captured at 0 is sent at 0: heard now is what was captured a delay ago.
        call.Run(200);

        double heard = call.Receiver.GetStats().EstimatedPlayoutTimestamp!.Value.TotalSeconds;
        double delay = call.Receiver.CurrentDelay.TotalSeconds;
        Assert.Equal(1000 + 4 - delay, heard, 0.015);
    }

    [Fact]
    public void AddSenderReport_OfAnotherStreamOrTheOneBefore_IsNotUsed()
    {
        using CallHarness call = Call();
        Assert.True(call.Receiver.AddSenderReport(Report(9, 5, 0)));
        call.Run(50);
        Assert.Null(call.Receiver.GetStats().EstimatedPlayoutTimestamp);

        Assert.False(call.Receiver.AddSenderReport(Report(2, 1000, 0)));
        Assert.True(call.Receiver.AddSenderReport(Report(1, 1000, 0)));
        Assert.False(call.Receiver.AddSenderReport(Report(1, 1000, 0)));
        call.Run(50);
        Assert.NotNull(call.Receiver.GetStats().EstimatedPlayoutTimestamp);

        for (int i = 0; i < 50; i++)
        {
            call.Send(ssrc: 3);
            call.Pull();
            call.Pull();
        }

        Assert.Null(call.Receiver.GetStats().EstimatedPlayoutTimestamp);
        Assert.True(call.Receiver.AddSenderReport(Report(3, 2000, 0)));
        call.Run(0);
        for (int i = 0; i < 50; i++)
        {
            call.Send(ssrc: 3);
            call.Pull();
            call.Pull();
        }

        Assert.NotNull(call.Receiver.GetStats().EstimatedPlayoutTimestamp);
    }

    [Fact]
    public void AddSenderReport_ThenTheBufferOverflows_IsStillKnown()
    {
        using CallHarness call = Call();
        call.Receiver.AddSenderReport(Report(1, 1000, 0));
        call.Run(50);
        for (int i = 0; i < 500; i++)
        {
            call.Send();
            call.Clock.Advance(TimeSpan.FromMilliseconds(20));
            foreach (RtpPacket packet in call.TakeArrived())
                call.Receiver.InsertPacket(packet);
        }

        call.Run(100);

        Assert.InRange(call.Receiver.GetStats().Flushes, 1, 2);
        Assert.NotNull(call.Receiver.GetStats().EstimatedPlayoutTimestamp);
    }

    [Fact]
    public void PlayoutLog_IsToldOfEveryBlock()
    {
        var log = new RecordingLog();
        using CallHarness call = Call(log);
        call.Run(100, i => i is 50 or 51 ? null : 0);

        Assert.Equal(200, log.Steps.Count);
        Assert.Equal(PlayoutOperation.Silence, log.Steps[0].Operation);
        Assert.Equal(0u, log.Steps[0].RtpTimestamp);

        // A block may start with what stretching left of the last packet.
        long concealed = log.Steps.Count(step => step.Operation == PlayoutOperation.Expand) * 80;
        Assert.InRange(call.Receiver.GetStats().ConcealedSamples, concealed - 79, concealed);
        Assert.Single(log.Steps, step => step.Operation == PlayoutOperation.Merge);
        for (int i = 1; i < log.Steps.Count; i++)
        {
            PlayoutStep step = log.Steps[i];
            bool isPlayed = step.Operation is PlayoutOperation.Normal or PlayoutOperation.Accelerate or PlayoutOperation.PreemptiveExpand;
            if (isPlayed)
                Assert.Equal((uint)(80 - step.StretchedSamples), step.RtpTimestamp - log.Steps[i - 1].RtpTimestamp);
        }
    }

    [Fact]
    public void PlayoutLog_ThatThrows_IsReportedOnceAndTheCallGoesOn()
    {
        var observer = new RecordingObserver();
        using CallHarness call = Call(new ThrowingLog(), observer);

        call.Run(100);

        Assert.Equal(["IPlayoutLog.OnBlock: log"], observer.Events);
        Assert.InRange(call.Receiver.GetStats().ReceivedSamples, 80 * 180, 80 * 200);
    }

    [Theory]
    [InlineData(128, 8000)]
    [InlineData(13, 11025)]
    public void Validate_ComfortNoise_NamesWhatIsWrong(byte payloadType, int clockRateHz)
        => AssertFault("ComfortNoise", comfortNoise: new() { [payloadType] = clockRateHz });

    [Theory]
    [InlineData(128, 8000)]
    [InlineData(101, 999)]
    [InlineData(0, 8000)]
    [InlineData(13, 8000)]
    public void Validate_TelephoneEvents_NamesWhatIsWrong(byte payloadType, int clockRateHz)
        => AssertFault("TelephoneEvents", events: new() { [payloadType] = clockRateHz });

    [Theory]
    [InlineData(128)]
    [InlineData(0)]
    [InlineData(13)]
    [InlineData(101)]
    public void Validate_RedundantAudio_NamesWhatIsWrong(byte payloadType)
        => AssertFault("RedundantAudio", events: new() { [101] = 8000 }, redundant: [payloadType]);

    private static void AssertFault(string name, Dictionary<byte, int>? comfortNoise = null, Dictionary<byte, int>? events = null, byte[]? redundant = null)
    {
        var options = new AudioReceiverOptions
        {
            Decoders = new Dictionary<byte, Func<IAudioDecoder>> { [0] = () => new G711Decoder(G711Law.MuLaw) },
            ComfortNoise = comfortNoise ?? new() { [13] = 8000 },
            TelephoneEvents = events ?? [],
            RedundantAudio = redundant ?? [],
        };

        Assert.Equal(name, Assert.Throws<ArgumentException>(options.Validate).ParamName);
    }

    private static CallHarness Call(IPlayoutLog? log = null, PipelineObserver? observer = null) => new(options => new AudioReceiverOptions
    {
        Time = options.Time,
        OutputFormat = options.OutputFormat,
        Decoders = options.Decoders,
        PlayoutLog = log,
        Observer = observer,
    });

    /// <summary>The media time <paramref name="seconds"/> after timestamp 0 was at this wall-clock time.</summary>
    private static RtcpSenderReport Report(uint ssrc, double wallSeconds, double seconds) => new()
    {
        Ssrc = ssrc, NtpTimestamp = (ulong)(wallSeconds * 4294967296.0), RtpTimestamp = (uint)(seconds * 8000),
    };

    private sealed class RecordingLog : IPlayoutLog
    {
        public List<PlayoutStep> Steps { get; } = [];

        public void OnBlock(in PlayoutStep step) => Steps.Add(step);
    }

    private sealed class ThrowingLog : IPlayoutLog
    {
        public void OnBlock(in PlayoutStep step) => throw new InvalidOperationException("log");
    }
}
