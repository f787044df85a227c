using System.Collections.Concurrent;
using System.Net;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.SipSorcery.Tests;

/// <summary>An end point without a device: a microphone that is silent, a loudspeaker that writes down what it is given.</summary>
internal sealed class RecordingSink : IAudioSink, IAudioSource
{
    private readonly List<AudioFormat> _formats = [Call.Pcmu];

#pragma warning disable CS0067 // Nobody speaks, and nothing fails.
    public event SourceErrorDelegate? OnAudioSinkError;

    public event EncodedSampleDelegate? OnAudioSourceEncodedSample;

    public event Action<EncodedAudioFrame>? OnAudioSourceEncodedFrameReady;

    public event RawAudioSampleDelegate? OnAudioSourceRawSample;

    public event SourceErrorDelegate? OnAudioSourceError;
#pragma warning restore CS0067

    public ConcurrentQueue<EncodedAudioFrame> Frames { get; } = new();

    public List<AudioFormat> GetAudioSinkFormats() => _formats;

    public List<AudioFormat> GetAudioSourceFormats() => _formats;

    public void GotEncodedMediaFrame(EncodedAudioFrame encodedMediaFrame) => Frames.Enqueue(encodedMediaFrame);

    [Obsolete("Of the interface.")]
    public void GotAudioRtp(IPEndPoint remoteEndPoint, uint ssrc, uint seqnum, uint timestamp, int payloadID, bool marker, byte[] payload)
    {
    }

    public void ExternalAudioSourceRawSample(AudioSamplingRatesEnum samplingRate, uint durationMilliseconds, short[] sample)
    {
    }

    public bool HasEncodedAudioSubscribers() => OnAudioSourceEncodedSample is not null;

    public bool IsAudioSourcePaused() => false;

    public void RestrictFormats(Func<AudioFormat, bool> filter)
    {
    }

    public void SetAudioSinkFormat(AudioFormat audioFormat)
    {
    }

    public void SetAudioSourceFormat(AudioFormat audioFormat)
    {
    }

    public Task PauseAudioSink() => Task.CompletedTask;

    public Task ResumeAudioSink() => Task.CompletedTask;

    public Task StartAudioSink() => Task.CompletedTask;

    public Task CloseAudioSink() => Task.CompletedTask;

    public Task PauseAudio() => Task.CompletedTask;

    public Task ResumeAudio() => Task.CompletedTask;

    public Task StartAudio() => Task.CompletedTask;

    public Task CloseAudio() => Task.CompletedTask;
}
