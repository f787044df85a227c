using RtcEnhance.Audio;
using SIPSorcery.Media;
using SIPSorcery.Net;
using AudioFormat = RtcEnhance.Audio.AudioFormat;
using IAudioSource = RtcEnhance.Audio.IAudioSource;
using NegotiatedFormat = SIPSorceryMedia.Abstractions.AudioFormat;

namespace RtcEnhance.Softphone;

/// <summary>Says a recording again and again, or silence, in the negotiated format, 20 ms a packet. Thread-safe.</summary>
internal sealed class SpeechSender : IAudioSource, IDisposable
{
    private const int FrameMs = 20;

    private readonly RTPSession _session;
    private readonly WavAudio? _recording;
    private readonly AudioEncoder _encoder = new(includeLinearFormats: false, includeOpus: true);
    private readonly Lock _lock = new();
    private NegotiatedFormat _format;
    private float[] _speech = [];
    private short[] _pcm = [];
    private int _position;
    private AudioPump? _pump;
    private bool _isDisposed;

    public SpeechSender(RTPSession session, WavAudio? recording)
    {
        if (recording is { Channels: not 1 })
            throw new UsageException($"--send takes a mono file, not one of {recording.Channels} channels.");
        _session = session;
        _recording = recording;
        session.OnAudioFormatsNegotiated += OnFormats;
    }

    public AudioFormat OutputFormat { get; private set; }

    /// <summary>Whether silence is said in place of the recording.</summary>
    public bool IsMuted { get; set; }

    public void GetAudio(Span<float> samples)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = _speech.Length == 0 || IsMuted ? 0 : _speech[_position];
            if (++_position >= _speech.Length)
                _position = 0;
        }
    }

    public void Dispose()
    {
        _session.OnAudioFormatsNegotiated -= OnFormats;
        lock (_lock)
            _isDisposed = true;
        _pump?.Dispose();
    }

    private void OnFormats(List<NegotiatedFormat> formats)
    {
        lock (_lock)
        {
            NegotiatedFormat format = formats.FirstOrDefault(format => format.FormatName != "telephone-event");
            if (_isDisposed || format.IsEmpty() || format.Equals(_format))
                return;
            _pump?.Dispose();
            _format = format;
            OutputFormat = new AudioFormat(format.ClockRate);
            _speech = _recording is null ? [] : Resampler.Convert(_recording.Samples, _recording.SampleRateHz, format.ClockRate);
            _position = 0;
            _pcm = new short[format.ClockRate * FrameMs / 1000];
            _pump = new AudioPump(this, Send, new AudioPumpOptions { BlockSamples = _pcm.Length });
            _pump.Start();
        }
    }

    private void Send(ReadOnlySpan<float> block)
    {
        Pcm16.FromFloat(block, _pcm);
        _session.SendAudio((uint)(_format.RtpClockRate * FrameMs / 1000), _encoder.EncodeAudio(_pcm, _format));
    }
}
