namespace RtcEnhance.Benchmarks.CodedVideo;

/// <summary>A clip coded by one codec at one rate. Immutable. Thread-safe.</summary>
/// <param name="Clip">The clip's name.</param>
/// <param name="Codec">The codec, or "none".</param>
/// <param name="Rate">How many bits it was given.</param>
/// <param name="Kbits">Kilobits a second that it took; 0 where it was not coded.</param>
public sealed record StreamInfo(string Clip, string Codec, CallRate Rate, double Kbits);
