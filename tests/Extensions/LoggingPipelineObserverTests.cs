using Microsoft.Extensions.Logging;

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

    private sealed class ListLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Lines.Add($"{logLevel}: {formatter(state, exception)} {exception?.Message}".TrimEnd());
    }
}
