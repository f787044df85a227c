using System.Collections.Concurrent;
using RtcEnhance.Audio;
using SIPSorcery.Media;
using SIPSorcery.Net;
using SIPSorceryMedia.Abstractions;
using AudioFormat = RtcEnhance.Audio.AudioFormat;
using IAudioSource = RtcEnhance.Audio.IAudioSource;

namespace RtcEnhance.Softphone;

/// <summary>
/// What a SIPSorcery call sounds like by itself, for comparison: frames are decoded in the order they come and wait in a
/// queue for the device; what is missing is silence, what is late is played late. Insert and pull may be two threads.
/// </summary>
internal sealed class PlainAudio : IAudioSource, IDisposable
{
    private const int MostFrames = 250;

    private readonly RTPSession _session;
    private readonly AudioEncoder _decoder = new(includeLinearFormats: false, includeOpus: true);
    private readonly ConcurrentQueue<EncodedAudioFrame> _frames = new();
    private readonly Queue<float> _decoded = new();
    private float[] _input = [];
    private float[] _output = [];
    private Resampler? _resampler;

    public PlainAudio(RTPSession session)
    {
        _session = session;
        session.OnAudioFrameReceived += Insert;
    }

    public AudioFormat OutputFormat { get; } = new(48000);

    public void GetAudio(Span<float> samples)
    {
        while (_decoded.Count < samples.Length && _frames.TryDequeue(out EncodedAudioFrame? frame))
            Decode(frame);
        int count = Math.Min(samples.Length, _decoded.Count);
        for (int i = 0; i < count; i++)
            samples[i] = _decoded.Dequeue();
        samples[count..].Clear();
    }

    public void Dispose() => _session.OnAudioFrameReceived -= Insert;

    private void Insert(EncodedAudioFrame frame)
    {
        if (_frames.Count < MostFrames)
            _frames.Enqueue(frame);
    }

    private void Decode(EncodedAudioFrame frame)
    {
        short[] pcm;
        try
        {
            pcm = _decoder.DecodeAudio(frame.EncodedAudio, frame.AudioFormat);
        }
        catch (Exception)
        {
            // SIPSorcery's decoders throw on payloads that they cannot read, among them Opus packets of one byte.
            return;
        }

        int rateHz = frame.AudioFormat.ClockRate;
        if (_resampler?.Input.SampleRateHz != rateHz)
        {
            _resampler = new Resampler(rateHz, OutputFormat.SampleRateHz);
            _input = new float[rateHz / 100];
            _output = new float[OutputFormat.SamplesPerBlock];
        }

        for (int at = 0; at + _input.Length <= pcm.Length; at += _input.Length)
        {
            Pcm16.ToFloat(pcm.AsSpan(at, _input.Length), _input);
            _resampler.Process(_input, _output);
            foreach (float sample in _output)
                _decoded.Enqueue(sample);
        }
    }
}
