using RtcEnhance.Audio;

namespace RtcEnhance.Rtc;

/// <summary>A telephone event (RFC 4733) of the capture.</summary>
/// <param name="TimeMs">When it was told, in the time of the output.</param>
/// <param name="Event">The key, or the event's code where it is none.</param>
/// <param name="DurationMs">How long it was pressed.</param>
internal sealed record ReplayedEvent(int TimeMs, string Event, int DurationMs)
{
    public static ReplayedEvent From(in TelephoneEvent telephoneEvent, TimeSpan time)
        => new((int)time.TotalMilliseconds, telephoneEvent.Key?.ToString() ?? $"event {telephoneEvent.Code}", (int)telephoneEvent.Duration.TotalMilliseconds);
}
