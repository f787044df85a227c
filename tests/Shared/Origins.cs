using RtcEnhance.Audio;

namespace RtcEnhance.Tests;

/// <summary>Every output sample has exactly one origin.</summary>
internal static class Origins
{
    /// <summary>All of them: what <see cref="InboundAudioStats.TotalSamplesReceived"/> must be.</summary>
    public static long Sum(in InboundAudioStats stats)
        => stats.ReceivedSamples + stats.ConcealedSamples + stats.StretchedSamples + stats.ComfortNoiseSamples + stats.SilenceSamples;

    /// <summary>Samples of what the sender spoke, stretched or not.</summary>
    public static long Spoken(in InboundAudioStats stats) => stats.ReceivedSamples + stats.StretchedSamples;
}
