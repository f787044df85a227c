using RtcEnhance.Video;

namespace RtcEnhance.ConferenceView;

/// <summary>A frame that was shown. Thread-safe: immutable.</summary>
/// <param name="At">Its time in the stream.</param>
/// <param name="MadeBy">What enlarged it; null where its size was kept.</param>
/// <param name="DelayMs">Milliseconds from submission to the finished picture.</param>
/// <param name="ShownAt">The stopwatch's time when it was finished.</param>
public readonly record struct ShownFrame(TimeSpan At, UpscaleMethod? MadeBy, double DelayMs, long ShownAt);
