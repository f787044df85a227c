using RtcEnhance.Audio;
using RtcEnhance.Opus;
using RtcEnhance.SipSorcery;
using SIPSorcery.SIP;
using SIPSorcery.SIP.App;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.Softphone;

/// <summary>One call: its dialogue, and its sound through RtcEnhance and past it. Thread-safe.</summary>
internal sealed class PhoneCall : IDisposable
{
    private readonly SpeechSender _sender;
    private readonly PlainAudio _plain;
    private readonly ListeningSwitch _listening;
    private readonly EnhancedSession _enhanced;
    private readonly IDisposable _player;
    private int _hasEnded;
    private int _isDisposed;

    public PhoneCall(SIPTransport transport, PhoneOptions options, Action<string> say)
    {
        Agent = new SIPUserAgent(transport, null);
        Session = new PhoneSession(options);
        Session.OnAudioFormatsNegotiated += formats => Codec = formats.FirstOrDefault().FormatName ?? "none";
        _sender = new SpeechSender(Session, options.SendPath is { } path ? WavFile.Read(path) : null);
        _plain = new PlainAudio(Session);
        _enhanced = Session.UseRtcEnhance(new EnhancedSessionOptions
        {
            AudioDecoderFactory = format => format.Codec == AudioCodecsEnum.OPUS && OpusLibrary.IsAvailable ? new OpusDecoder() : null,
        });
        _listening = new ListeningSwitch(_enhanced.Audio, _plain, options);
        _player = Play(options, say);
    }

    public SIPUserAgent Agent { get; }

    public PhoneSession Session { get; }

    /// <summary>The incoming call that is to be answered; null for one of ours.</summary>
    public SIPServerUserAgent? Incoming { get; set; }

    public string Codec { get; private set; } = "none";

    public bool IsEnhanced
    {
        get => _listening.IsEnhanced;
        set => _listening.IsEnhanced = value;
    }

    public bool IsMuted
    {
        set => _sender.IsMuted = value;
    }

    public InboundAudioStats GetStats() => _enhanced.GetStats().Audio;

    /// <summary>Whether it is the caller who ends it: the first to ask.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref _hasEnded, 1) == 0;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        _sender.Dispose();
        _player.Dispose();
        _listening.Dispose();
        _enhanced.Dispose();
        _plain.Dispose();
        Session.Close("the call is over");

        // Not Dispose: it waits for the end of the event that this may be called in.
        Agent.Close();
    }

    // Without a device the system's clock pulls, for the recording.
    private IDisposable Play(PhoneOptions options, Action<string> say)
    {
        if (options.Device is { } device)
            return new SoundCard(_listening, device, say);
        var pump = new AudioPump(_listening, static _ => { }, new AudioPumpOptions { BlockSamples = _listening.OutputFormat.SamplesPerBlock });
        pump.Start();
        return pump;
    }
}
