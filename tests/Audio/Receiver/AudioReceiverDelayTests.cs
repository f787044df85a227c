namespace RtcEnhance.Audio.Tests.Receiver;

/// <summary>How long received samples wait: at the target from the first packet on, and back at it after a pause.</summary>
public class AudioReceiverDelayTests
{
    [Theory]
    [InlineData(100, 120)]
    [InlineData(500, 200)]
    [InlineData(500, 400)]
    public void GetAudio_PullsPausedAtALongTarget_ReturnsToTheTargetWithoutALoss(int targetMs, int pauseMs)
    {
        using CallHarness call = Call(targetMs);
        call.Run(50);
        for (int i = 0; i < pauseMs / 20; i++)
        {
            call.Send();
            call.Clock.Advance(TimeSpan.FromMilliseconds(20));
        }

        call.Run(500);
        InboundAudioStats before = call.Receiver.GetStats();
        call.Run(500);

        InboundAudioStats after = call.Receiver.GetStats();
        double delay = (after.JitterBufferDelay - before.JitterBufferDelay) / (after.JitterBufferEmittedCount - before.JitterBufferEmittedCount);
        Assert.InRange(delay * 1000, targetMs - 25, targetMs + 25);
        Assert.Equal(0, after.PacketsDiscarded);
        Assert.Equal(0, after.ConcealedSamples);
        Assert.InRange(after.RemovedSamplesForAcceleration, 8 * (pauseMs - 25), 8 * (pauseMs + 15));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(2000)]
    public void GetAudio_FirstPacket_WaitsTheTarget(int targetMs)
    {
        using CallHarness call = Call(targetMs);

        call.Run(200);

        Assert.Equal(targetMs / 10, call.Played.FindIndex(sample => sample != 0) / 80);
        Assert.Equal(0, call.Receiver.GetStats().ConcealedSamples);
    }

    private static CallHarness Call(int targetMs) => new(options => new AudioReceiverOptions
    {
        Decoders = options.Decoders,
        Time = options.Time,
        OutputFormat = options.OutputFormat,
        Enhancement = new EnhancementOptions { PlayoutDelay = PlayoutDelayOptions.Fixed(TimeSpan.FromMilliseconds(targetMs)) },
    });
}
