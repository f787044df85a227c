using RtcEnhance.Audio;
using RtcEnhance.Concentus;
using SIPSorcery.Net;
using SIPSorceryMedia.Abstractions;
using NegotiatedFormat = SIPSorceryMedia.Abstractions.AudioFormat;

namespace RtcEnhance.SipSorcery;

/// <summary>What each payload type of a negotiated audio track carries. Thread-safe: immutable.</summary>
internal sealed class AudioPayloads
{
    private static readonly int[] ComfortNoiseRates = [8000, 16000, 32000, 48000];

    private readonly Dictionary<byte, string> _formats = [];
    private readonly Dictionary<byte, Func<IAudioDecoder>> _decoders = [];
    private readonly Dictionary<byte, int> _comfortNoise = new() { [13] = 8000 };
    private readonly Dictionary<byte, int> _telephoneEvents = [];
    private readonly HashSet<byte> _redundantAudio = [];
    private readonly EnhancedSessionOptions _options;

    public AudioPayloads(IEnumerable<SDPAudioVideoMediaFormat> negotiated, EnhancedSessionOptions options)
    {
        _options = options;
        foreach (SDPAudioVideoMediaFormat sdp in negotiated)
        {
            NegotiatedFormat format = sdp.ToAudioFormat();
            if (format.IsEmpty() || format.FormatID is < 0 or > 127)
                continue;
            var payloadType = (byte)format.FormatID;
            if (!_formats.TryAdd(payloadType, $"{format.FormatName}/{format.RtpClockRate}/{format.ChannelCount}"))
                continue;
            Add(payloadType, format);
        }
    }

    public bool HasAudio => _decoders.Count > 0;

    /// <summary>Whether a receiver made for these payloads also serves the others: a hold, or an answer that chose from an offer.</summary>
    public bool Covers(AudioPayloads others)
        => others._formats.All(other => _formats.TryGetValue(other.Key, out string? format) && format == other.Value);

    public AudioReceiver CreateReceiver() => new(new AudioReceiverOptions
    {
        Decoders = _decoders,
        ComfortNoise = _comfortNoise,
        TelephoneEvents = _telephoneEvents,
        RedundantAudio = _redundantAudio,
        OutputFormat = _options.OutputFormat,
        ExtendBandwidth = _options.ExtendBandwidth,
        BandwidthExtensionModel = _options.BandwidthExtensionModel,
        ConcealmentModel = _options.ConcealmentModel,
        Enhancement = _options.Enhancement,
        Observer = _options.Observer,
        Time = _options.Time,
    });

    private void Add(byte payloadType, NegotiatedFormat format)
    {
        _comfortNoise.Remove(payloadType);
        switch (format.FormatName.ToUpperInvariant())
        {
            case "TELEPHONE-EVENT":
                _telephoneEvents[payloadType] = format.RtpClockRate;
                break;
            case "CN":
                if (ComfortNoiseRates.Contains(format.RtpClockRate))
                    _comfortNoise[payloadType] = format.RtpClockRate;
                break;
            case "RED":
                _redundantAudio.Add(payloadType);
                break;
            default:
                _decoders[payloadType] = () => CreateDecoder(format);
                break;
        }
    }

    private IAudioDecoder CreateDecoder(NegotiatedFormat format)
        => _options.AudioDecoderFactory?.Invoke(format) ?? format.Codec switch
        {
            AudioCodecsEnum.PCMU when IsPlain(format, 8000) => new G711Decoder(G711Law.MuLaw, format.ChannelCount),
            AudioCodecsEnum.PCMA when IsPlain(format, 8000) => new G711Decoder(G711Law.ALaw, format.ChannelCount),
            AudioCodecsEnum.G722 when format.ChannelCount == 1 => new G722Decoder(),
            AudioCodecsEnum.L16 when IsPlain(format, format.ClockRate) => new L16Decoder(format.ClockRate, format.ChannelCount),

            // The two channels of Opus in SDP say nothing about the stream (RFC 7587 section 7).
            AudioCodecsEnum.OPUS => new ConcentusDecoder(_options.OutputFormat.Channels),
            _ => new EncoderDecoder(_options.OtherCodecs(), format),
        };

    private static bool IsPlain(NegotiatedFormat format, int rateHz)
        => format.ClockRate == rateHz && rateHz is >= 8000 and <= 48000 && rateHz % 100 == 0 && format.ChannelCount is 1 or 2;
}
