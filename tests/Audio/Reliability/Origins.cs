namespace RtcEnhance.Audio.Tests.Reliability;

/// <summary>Every output sample has exactly one origin.</summary>
internal static class Origins
{
    public static long Sum(in InboundAudioStats stats)
        => stats.ReceivedSamples + stats.ConcealedSamples + stats.StretchedSamples + stats.ComfortNoiseSamples + stats.SilenceSamples;

    /// <summary>Samples of what the sender spoke, stretched or not.</summary>
    public static long Spoken(in InboundAudioStats stats) => stats.ReceivedSamples + stats.StretchedSamples;
}
