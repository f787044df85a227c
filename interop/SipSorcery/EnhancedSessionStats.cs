using RtcEnhance.Audio;
using RtcEnhance.Video;

namespace RtcEnhance.SipSorcery;

/// <summary>Statistics of a session; what is not received is all zero. Thread-safe: immutable.</summary>
public readonly record struct EnhancedSessionStats
{
    /// <summary>Of the audio.</summary>
    public InboundAudioStats Audio { get; init; }

    /// <summary>Of the video's packets and its decoder.</summary>
    public VideoReceiverStats VideoReceiver { get; init; }

    /// <summary>Of the enlarged pictures.</summary>
    public InboundVideoStats Video { get; init; }
}
