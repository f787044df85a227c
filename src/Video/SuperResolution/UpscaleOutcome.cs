namespace RtcEnhance.Video;

/// <summary>Who made a frame, and for how much. Thread-safe: immutable.</summary>
/// <param name="Origin">Network, filter, or nobody.</param>
/// <param name="Method">What made most of its rows; null for the application's own stage.</param>
/// <param name="Step">The step that ran, counted from the top, 0; a cheaper filter may have made most rows.</param>
/// <param name="Cost">What the step cost, or would have cost without that filter; zero for a frame that keeps its size.</param>
internal readonly record struct UpscaleOutcome(FrameOrigin Origin, UpscaleMethod? Method, int Step, TimeSpan Cost)
{
    /// <summary>A frame that keeps its size.</summary>
    public static UpscaleOutcome PassedThrough { get; } = new(FrameOrigin.PassedThrough, UpscaleMethod.PassThrough, int.MaxValue, TimeSpan.Zero);
}
