namespace RtcEnhance.Tests;

/// <summary>Keeps every event as a line of text.</summary>
internal sealed class RecordingObserver : PipelineObserver
{
    public List<string> Events { get; } = [];

    protected override void OnFallbackEngaged(string stage, ReasonCode reason) => Events.Add($"engaged {stage} {reason}");

    protected override void OnFallbackReleased(string stage) => Events.Add($"released {stage}");

    protected override void OnStageFaulted(string stage, Exception exception) => Events.Add($"faulted {stage} {exception.Message}");

    protected override void OnCallbackFaulted(string source, Exception exception) => Events.Add($"callback {source} {exception.Message}");

    protected override void OnBufferFlushed(string source, int items) => Events.Add($"flushed {source} {items}");

    protected override void OnFormatChanged(string source, string format) => Events.Add($"format {source} {format}");

    protected override void OnKeyFrameRequested(uint ssrc) => Events.Add($"key frame {ssrc}");

    protected override void OnDecoderFaulted(string decoder, Exception? exception) => Events.Add($"decoder {decoder} {exception?.Message}");
}
