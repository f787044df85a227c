using RtcEnhance.Audio;
using SIPSorcery.Media;
using SIPSorcery.Net;
using SIPSorceryMedia.Abstractions;
using NegotiatedFormat = SIPSorceryMedia.Abstractions.AudioFormat;

namespace RtcEnhance.SipSorcery;

/// <summary>
/// Plays through an end point that only takes encoded frames: L16 every 20 ms of the system's clock. Where the end point
/// says how much it still has to play, a block more or one less is pulled now and then: the receiver plays out the
/// difference by stretching, so that the device's drift is heard as nothing. Thread-safe.
/// </summary>
internal sealed class AudioSinkFeed : Audio.IAudioSource, IDisposable
{
    private const int FrameMs = 20;
    private const int PayloadType = 118;

    // Devices empty their buffers in gulps: what was left at the worst moment of half a second counts.
    private const int WindowFrames = 25;
    private static readonly TimeSpan LeastDepth = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MostDepth = TimeSpan.FromMilliseconds(60);

    private readonly IAudioSink _sink;
    private readonly VoIPMediaSession? _takenFrom;
    private readonly EnhancedAudio _audio;
    private readonly Func<TimeSpan>? _depth;
    private readonly NegotiatedFormat _format;
    private readonly int _index;
    private readonly short[] _pcm;
    private readonly float[] _extra;
    private readonly AudioPump _pump;
    private TimeSpan _least = TimeSpan.MaxValue;
    private int _frames;
    private bool _holdsBack;

    private AudioSinkFeed(IAudioSink sink, VoIPMediaSession? takenFrom, EnhancedAudio audio, EnhancedSessionOptions options)
    {
        _sink = sink;
        _takenFrom = takenFrom;
        _audio = audio;
        _depth = options.AudioSinkDepth;
        _index = options.AudioIndex!.Value;
        int rateHz = audio.OutputFormat.SampleRateHz;
        _format = new NegotiatedFormat(AudioCodecsEnum.L16, PayloadType, rateHz);
        _pcm = new short[rateHz * FrameMs / 1000];
        _extra = new float[_pcm.Length];
        _pump = new AudioPump(this, Deliver, new AudioPumpOptions { BlockSamples = _pcm.Length, Observer = options.Observer, Time = options.Time });
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

    public Audio.AudioFormat OutputFormat => _audio.OutputFormat;

    /// <summary>For the pump, which waits for the end of this and of the delivery.</summary>
    public void GetAudio(Span<float> samples)
    {
        if (!_holdsBack)
            _audio.GetAudio(samples);
    }

    public void Dispose()
    {
        _pump.Dispose();
        if (_takenFrom is not null)
            _takenFrom.OnAudioFrameReceived += _sink.GotEncodedMediaFrame;
    }

    private void Deliver(ReadOnlySpan<float> block)
    {
        if (!_holdsBack)
            HandOver(block);
        _holdsBack = false;
        if (_depth is null)
            return;

        TimeSpan depth = _depth();
        _least = depth < _least ? depth : _least;
        if (++_frames < WindowFrames)
            return;
        _holdsBack = _least > MostDepth;
        if (_least < LeastDepth)
        {
            _audio.GetAudio(_extra);
            HandOver(_extra);
        }

        _frames = 0;
        _least = TimeSpan.MaxValue;
    }

    private void HandOver(ReadOnlySpan<float> block)
    {
        Pcm16.FromFloat(block, _pcm);
        _sink.GotEncodedMediaFrame(new EncodedAudioFrame(_index, _format, FrameMs, L16PassThroughEncoder.Encode(_pcm)));
    }
}
