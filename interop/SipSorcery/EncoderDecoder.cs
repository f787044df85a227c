using RtcEnhance.Audio;
using SIPSorceryMedia.Abstractions;
using NegotiatedFormat = SIPSorceryMedia.Abstractions.AudioFormat;

namespace RtcEnhance.SipSorcery;

/// <summary>
/// Decodes by SIPSorcery's <see cref="IAudioEncoder"/>, which is told nothing of losses: they are concealed from its
/// samples, and its own state does not advance over them. It allocates on every packet. One thread at a time.
/// </summary>
internal sealed class EncoderDecoder : IAudioDecoder
{
    private readonly IAudioEncoder _encoder;
    private readonly NegotiatedFormat _format;
    private int _lastCount;
    private int _lastBytes;

    /// <exception cref="ArgumentOutOfRangeException">RtcEnhance has no such sample rate.</exception>
    public EncoderDecoder(IAudioEncoder encoder, NegotiatedFormat format)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        _encoder = encoder;
        _format = format;

        // SIPSorcery's decoders yield mono, whatever the format says.
        Format = new Audio.AudioFormat(format.ClockRate);
    }

    public string Name => _format.FormatName;

    public Audio.AudioFormat Format { get; }

    public int RtpClockRateHz => _format.RtpClockRate;

    public int MaxSamplesPerPacket => 12 * Format.SamplesPerBlock;

    /// <summary>From the last payload's: these codecs have constant rates, and SIPSorcery does not say without decoding.</summary>
    public int GetSampleCount(ReadOnlySpan<byte> payload)
        => _lastBytes == 0 ? 0 : (int)Math.Min(MaxSamplesPerPacket, (long)payload.Length * _lastCount / _lastBytes);

    public int Decode(ReadOnlySpan<byte> payload, Span<float> samples)
    {
        short[]? pcm;
        try
        {
            pcm = _encoder.DecodeAudio(payload.ToArray(), _format);
        }
        catch (Exception)
        {
            // SIPSorcery's encoders say so that they do not know a codec or cannot read a payload.
            return 0;
        }

        if (pcm is null || pcm.Length == 0 || pcm.Length > MaxSamplesPerPacket)
            return 0;
        Pcm16.ToFloat(pcm, samples[..pcm.Length]);
        _lastCount = pcm.Length;
        _lastBytes = payload.Length;
        return pcm.Length;
    }

    public int DecodeFec(ReadOnlySpan<byte> nextPayload, Span<float> samples) => 0;

    public int Conceal(Span<float> samples) => 0;

    /// <summary>Does nothing: SIPSorcery's encoders cannot be reset.</summary>
    public void Reset()
    {
    }

    public void Dispose() => (_encoder as IDisposable)?.Dispose();
}
