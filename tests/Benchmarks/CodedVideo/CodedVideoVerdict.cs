namespace RtcEnhance.Benchmarks.CodedVideo;

/// <summary>Whether an upscaler reached a mark. Immutable. Thread-safe.</summary>
/// <param name="Method">The upscaler's name.</param>
/// <param name="Mark">The mark.</param>
/// <param name="Where">The streams that it was measured on, or the worst one.</param>
/// <param name="Asked">What is asked: decibels ahead, SSIM ahead, or the ratio of flicker.</param>
/// <param name="Found">What was found.</param>
public sealed record CodedVideoVerdict(string Method, CodedVideoMark Mark, string Where, double Asked, double Found)
{
    /// <summary>Whether the mark is reached.</summary>
    public bool IsMet => Mark == CodedVideoMark.FlickerOfBicubic ? Found <= Asked : Found >= Asked;
}
