namespace RtcEnhance.Video;

/// <summary>Who made a frame, and for how much. Thread-safe: immutable.</summary>
/// <param name="Origin">Network, filter, or nobody.</param>
/// <param name="Method">What made most of its rows; null for the application's own stage.</param>
/// <param name="Step">The step that ran: another than the method where a cheaper filter made most rows; null likewise.</param>
/// <param name="Cost">What the step cost, or would have cost without that filter; zero for a frame that keeps its size.</param>
internal readonly record struct UpscaleOutcome(FrameOrigin Origin, UpscaleMethod? Method, UpscaleMethod? Step, TimeSpan Cost)
{
    /// <summary>A frame that keeps its size.</summary>
    public static UpscaleOutcome PassedThrough { get; } = new(FrameOrigin.PassedThrough, UpscaleMethod.PassThrough, UpscaleMethod.PassThrough, TimeSpan.Zero);
}
