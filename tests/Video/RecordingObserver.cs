namespace RtcEnhance.Tests.Video;

internal sealed class RecordingObserver : PipelineObserver
{
    public List<string> Events { get; } = [];

    protected override void OnFallbackEngaged(string stage, ReasonCode reason) => Events.Add($"engaged {stage} {reason}");

    protected override void OnFallbackReleased(string stage) => Events.Add($"released {stage}");

    protected override void OnStageFaulted(string stage, Exception exception) => Events.Add($"fault {stage} {exception.GetType().Name}");

    protected override void OnCallbackFaulted(string source, Exception exception) => Events.Add($"callback {source} {exception.Message}");
}
