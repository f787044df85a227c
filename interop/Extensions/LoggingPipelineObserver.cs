using Microsoft.Extensions.Logging;

namespace RtcEnhance.Extensions;

/// <summary>
/// Writes the receive path's rare events to an <see cref="ILogger"/>: faults as errors, fallbacks and flushes as
/// warnings, the rest as information. Thread-safe, as the logger is.
/// </summary>
/// <param name="logger">Where the events go; a logger that blocks delays the media thread that saw the event.</param>
public sealed partial class LoggingPipelineObserver(ILogger logger) : PipelineObserver
{
    private readonly ILogger _logger = logger ?? throw new ArgumentNullException(nameof(logger));

    /// <inheritdoc/>
    protected override void OnFallbackEngaged(string stage, ReasonCode reason) => LogFallbackEngaged(stage, reason);

    /// <inheritdoc/>
    protected override void OnFallbackReleased(string stage) => LogFallbackReleased(stage);

    /// <inheritdoc/>
    protected override void OnStageFaulted(string stage, Exception exception) => LogStageFaulted(stage, exception);

    /// <inheritdoc/>
    protected override void OnCallbackFaulted(string source, Exception exception) => LogCallbackFaulted(source, exception);

    /// <inheritdoc/>
    protected override void OnBufferFlushed(string source, int items) => LogBufferFlushed(source, items);

    /// <inheritdoc/>
    protected override void OnFormatChanged(string source, string format) => LogFormatChanged(source, format);

    /// <inheritdoc/>
    protected override void OnKeyFrameRequested(uint ssrc) => LogKeyFrameRequested(ssrc);

    /// <inheritdoc/>
    protected override void OnDecoderFaulted(string decoder, Exception? exception) => LogDecoderFaulted(decoder, exception);

    [LoggerMessage(1, LogLevel.Warning, "{Stage}: the classical fallback took over ({Reason}).")]
    private partial void LogFallbackEngaged(string stage, ReasonCode reason);

    [LoggerMessage(2, LogLevel.Information, "{Stage}: the primary is back.")]
    private partial void LogFallbackReleased(string stage);

    [LoggerMessage(3, LogLevel.Error, "{Stage}: the primary threw; the fallback made the output.")]
    private partial void LogStageFaulted(string stage, Exception exception);

    [LoggerMessage(4, LogLevel.Error, "{Source} threw; the media loop goes on.")]
    private partial void LogCallbackFaulted(string source, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "{Source}: flushed {Items} items.")]
    private partial void LogBufferFlushed(string source, int items);

    [LoggerMessage(6, LogLevel.Information, "{Source}: the format is now {Format}.")]
    private partial void LogFormatChanged(string source, string format);

    [LoggerMessage(7, LogLevel.Information, "Stream {Ssrc}: asked for a key frame.")]
    private partial void LogKeyFrameRequested(uint ssrc);

    [LoggerMessage(8, LogLevel.Error, "Decoder {Decoder} failed.")]
    private partial void LogDecoderFaulted(string decoder, Exception? exception);
}
