using RtcEnhance.Audio;
using RtcEnhance.Video;
using SIPSorcery.Media;
using SIPSorceryMedia.Abstractions;
using NegotiatedFormat = SIPSorceryMedia.Abstractions.AudioFormat;

namespace RtcEnhance.SipSorcery;

/// <summary>How a session is received. Read once, by <see cref="RtpSessionExtensions.UseRtcEnhance"/>. Thread-safe: immutable.</summary>
public sealed class EnhancedSessionOptions
{
    /// <summary>SIPSorcery's index of the audio stream to receive.</summary>
    /// <value>0, the session's first; null for none.</value>
    public int? AudioIndex { get; init; } = 0;

    /// <summary>SIPSorcery's index of the video stream to receive, where there is a <see cref="VideoSink"/>.</summary>
    /// <value>0, the session's first.</value>
    public int VideoIndex { get; init; }

    /// <summary>Rate and channels that <see cref="EnhancedAudio.GetAudio"/> yields.</summary>
    /// <value>48 kHz, mono.</value>
    public Audio.AudioFormat OutputFormat { get; init; } = new(48000);

    /// <summary>Whether narrow-band and wide-band mono streams get an upper band.</summary>
    /// <value>True.</value>
    public bool ExtendBandwidth { get; init; } = true;

    /// <summary>The network that extends bandwidth, as <see cref="AudioReceiverOptions.BandwidthExtensionModel"/>.</summary>
    /// <value>Null: spectral extension alone. <see cref="BandwidthExtensionModelSource.BuiltIn"/> is the library's own.</value>
    public BandwidthExtensionModelSource? BandwidthExtensionModel { get; init; }

    /// <summary>The network that conceals losses, as <see cref="AudioReceiverOptions.ConcealmentModel"/>.</summary>
    /// <value>Null: pitch-synchronous concealment alone. <see cref="ConcealmentModelSource.BuiltIn"/> is the library's own.</value>
    public ConcealmentModelSource? ConcealmentModel { get; init; }

    /// <summary>
    /// Makes the decoder of a negotiated format, or says null to leave it to the adapter, which takes RtcEnhance's own for
    /// PCMU, PCMA, G.722 and L16, Concentus for Opus, and <see cref="OtherCodecs"/> for the rest.
    /// </summary>
    /// <value>Null: the adapter's choice for all. <c>RtcEnhance.Opus</c> decodes Opus faster where libopus is installed.</value>
    public Func<NegotiatedFormat, IAudioDecoder?>? AudioDecoderFactory { get; init; }

    /// <summary>Makes SIPSorcery's decoder of the formats that RtcEnhance has none for; losses are concealed from its samples.</summary>
    /// <value>SIPSorcery's own <see cref="AudioEncoder"/>, which knows G.729 beside them.</value>
    public Func<IAudioEncoder> OtherCodecs { get; init; } = static () => new AudioEncoder();

    /// <summary>
    /// An end point that takes encoded frames and is to play the audio; it is handed L16 at <see cref="OutputFormat"/>'s
    /// rate every 20 ms. A device that pulls <see cref="EnhancedSession.Audio"/> itself has less delay and no drift.
    /// </summary>
    /// <value>Null: none, but a VoIPMediaSession's own, see <see cref="TakesOverAudioSink"/>.</value>
    public IAudioSink? AudioSink { get; init; }

    /// <summary>
    /// Says how much audio the end point still has to play, for example NAudio's BufferedWaveProvider.BufferedDuration; asked
    /// every 20 ms on the thread that feeds it. With it the drift between the device's clock and this one is made good.
    /// </summary>
    /// <value>Null: not known, and the end point is fed at this clock's pace whatever it plays.</value>
    public Func<TimeSpan>? AudioSinkDepth { get; init; }

    /// <summary>
    /// Whether the end point of a VoIPMediaSession gets the enhanced audio in place of the packets, until the
    /// <see cref="EnhancedSession"/> is disposed.
    /// </summary>
    /// <value>True.</value>
    public bool TakesOverAudioSink { get; init; } = true;

    /// <summary>Takes the enlarged pictures, on the enhancer's thread.</summary>
    /// <value>Null: video is not received.</value>
    public IVideoFrameSink? VideoSink { get; init; }

    /// <summary>Makes a decoder for VP8, VP9, H.264 or AV1: <c>RtcEnhance.FFmpeg.FFmpegVideoDecoder</c> has them all, <c>RtcEnhance.Vpx.VpxDecoder</c> VP8.</summary>
    /// <value>No default: needed with <see cref="VideoSink"/>.</value>
    public Func<VideoCodec, IVideoDecoder>? VideoDecoderFactory { get; init; }

    /// <summary>How pictures are enlarged.</summary>
    /// <value>The defaults; its clock must be <see cref="Time"/>.</value>
    public VideoEnhancerOptions VideoEnhancer { get; init; } = new();

    /// <summary>Whether pictures and sound are kept together, where both are received.</summary>
    /// <value>True.</value>
    public bool LipSync { get; init; } = true;

    /// <summary>Budgets and presets of the audio, and its playout delay.</summary>
    /// <value>The balanced preset.</value>
    public EnhancementOptions Enhancement { get; init; } = new();

    /// <summary>Told of rare events.</summary>
    /// <value>Null: nobody.</value>
    public PipelineObserver? Observer { get; init; }

    /// <summary>The clock that packets are stamped with.</summary>
    /// <value>The system's.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is outside its range; the message names it.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(OtherCodecs);
        ArgumentNullException.ThrowIfNull(VideoEnhancer);
        ArgumentNullException.ThrowIfNull(Enhancement);
        ArgumentNullException.ThrowIfNull(Time);
        if (AudioIndex is < 0)
            throw new ArgumentException($"A stream's index is 0 or more, not {AudioIndex}.", nameof(AudioIndex));
        if (VideoIndex < 0)
            throw new ArgumentException($"A stream's index is 0 or more, not {VideoIndex}.", nameof(VideoIndex));
        if (AudioIndex is null && VideoSink is null)
            throw new ArgumentException("Neither audio nor video is to be received.", nameof(AudioIndex));
        if (AudioIndex is null && AudioSink is not null)
            throw new ArgumentException("An audio sink needs an audio stream.", nameof(AudioSink));
        if (OutputFormat.Channels == 0)
            throw new ArgumentException("The output format is not set.", nameof(OutputFormat));
        if (AudioSink is not null && OutputFormat.Channels != 1)
            throw new ArgumentException("SIPSorcery's end points play mono.", nameof(OutputFormat));
        if (VideoSink is not null && VideoDecoderFactory is null)
            throw new ArgumentException("Video needs a decoder.", nameof(VideoDecoderFactory));
        if (VideoSink is not null && VideoEnhancer.Time != Time)
            throw new ArgumentException($"The enhancer's clock is not {nameof(Time)}.", nameof(VideoEnhancer));
        Enhancement.Validate();
        VideoEnhancer.Validate();
    }
}
