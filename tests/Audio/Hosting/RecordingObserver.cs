namespace RtcEnhance.Audio.Tests.Hosting;

internal sealed class RecordingObserver : PipelineObserver
{
    public List<string> Events { get; } = [];

    protected override void OnCallbackFaulted(string source, Exception exception)
    {
        lock (Events)
            Events.Add($"{source}: {exception.Message}");
    }
}
