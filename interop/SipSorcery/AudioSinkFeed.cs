using RtcEnhance.Audio;
using SIPSorcery.Media;
using SIPSorcery.Net;
using SIPSorceryMedia.Abstractions;
using NegotiatedFormat = SIPSorceryMedia.Abstractions.AudioFormat;

namespace RtcEnhance.SipSorcery;

/// <summary>Plays through an end point that only takes encoded frames: L16 every 20 ms of the system's clock. Thread-safe.</summary>
internal sealed class AudioSinkFeed : IDisposable
{
    private const int FrameMs = 20;
    private const int PayloadType = 118;

    private readonly IAudioSink _sink;
    private readonly VoIPMediaSession? _takenFrom;
    private readonly NegotiatedFormat _format;
    private readonly int _index;
    private readonly short[] _pcm;
    private readonly AudioPump _pump;

    private AudioSinkFeed(IAudioSink sink, VoIPMediaSession? takenFrom, EnhancedAudio audio, EnhancedSessionOptions options)
    {
        _sink = sink;
        _takenFrom = takenFrom;
        _index = options.AudioIndex!.Value;
        int rateHz = audio.OutputFormat.SampleRateHz;
        _format = new NegotiatedFormat(AudioCodecsEnum.L16, PayloadType, rateHz);
        _pcm = new short[rateHz * FrameMs / 1000];
        _pump = new AudioPump(audio, Deliver, new AudioPumpOptions { BlockSamples = _pcm.Length, Observer = options.Observer, Time = options.Time });
        if (takenFrom is not null)
            takenFrom.OnAudioFrameReceived -= sink.GotEncodedMediaFrame;
        _pump.Start();
    }

    /// <summary>Null where nobody takes frames.</summary>
    public static AudioSinkFeed? Create(RTPSession session, EnhancedAudio audio, EnhancedSessionOptions options)
    {
        var host = options.TakesOverAudioSink && options.OutputFormat.Channels == 1 ? session as VoIPMediaSession : null;
        IAudioSink? own = host?.Media.AudioSink;
        IAudioSink? sink = options.AudioSink ?? own;
        return sink is null ? null : new AudioSinkFeed(sink, own == sink ? host : null, audio, options);
    }

    public void Dispose()
    {
        _pump.Dispose();
        if (_takenFrom is not null)
            _takenFrom.OnAudioFrameReceived += _sink.GotEncodedMediaFrame;
    }

    private void Deliver(ReadOnlySpan<float> block)
    {
        Pcm16.FromFloat(block, _pcm);
        _sink.GotEncodedMediaFrame(new EncodedAudioFrame(_index, _format, FrameMs, L16PassThroughEncoder.Encode(_pcm)));
    }
}
