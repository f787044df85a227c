namespace RtcEnhance.Extensions.Tests;

public sealed class LoggingPipelineObserverTests
{
    [Fact]
    public void EveryEvent_Logged_HasItsLevelAndWords()
    {
        var logger = new ListLogger();
        PipelineObserver observer = new LoggingPipelineObserver(logger);
        var exception = new InvalidOperationException("x");

        observer.NotifyFallbackEngaged("concealment", ReasonCode.Overload);
        observer.NotifyFallbackReleased("concealment");
        observer.NotifyStageFaulted("concealment", exception);
        observer.NotifyCallbackFaulted("sink", exception);
        observer.NotifyBufferFlushed("audio", 3);
        observer.NotifyFormatChanged("video", "640x480");
        observer.NotifyKeyFrameRequested(7);
        observer.NotifyDecoderFaulted("libvpx", null);

        Assert.Equal(
            [
                "Warning: concealment: the classical fallback took over (Overload).",
                "Information: concealment: the primary is back.",
                "Error: concealment: the primary threw; the fallback made the output. x",
                "Error: sink threw; the media loop goes on. x",
                "Warning: audio: flushed 3 items.",
                "Information: video: the format is now 640x480.",
                "Information: Stream 7: asked for a key frame.",
                "Error: Decoder libvpx failed.",
            ],
            logger.Lines);
    }

    [Fact]
    public void Constructor_NoLogger_Throws()
        => Assert.Throws<ArgumentNullException>(() => new LoggingPipelineObserver(null!));
}
