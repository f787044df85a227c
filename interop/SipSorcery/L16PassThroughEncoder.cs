using System.Buffers.Binary;
using SIPSorceryMedia.Abstractions;

namespace RtcEnhance.SipSorcery;

/// <summary>
/// An encoder for SIPSorcery's end points that unpacks L16, which is how RtcEnhance hands finished audio to them, and
/// leaves every other format to another encoder: for those whose own does not know L16. SIPSorcery's AudioEncoder does.
/// As safe with threads as the other encoder.
/// </summary>
public sealed class L16PassThroughEncoder : IAudioEncoder
{
    private readonly IAudioEncoder _inner;

    /// <summary>An encoder around another one.</summary>
    /// <param name="inner">Encodes, and decodes what is not L16.</param>
    public L16PassThroughEncoder(IAudioEncoder inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        _inner = inner;
    }

    /// <summary>Those of the other encoder: L16 is not offered to the remote side.</summary>
    public List<AudioFormat> SupportedFormats => _inner.SupportedFormats;

    /// <inheritdoc/>
    public byte[] EncodeAudio(short[] pcm, AudioFormat format) => _inner.EncodeAudio(pcm, format);

    /// <inheritdoc/>
    public short[] DecodeAudio(byte[] encodedSample, AudioFormat format)
    {
        ArgumentNullException.ThrowIfNull(encodedSample);
        if (format.Codec != AudioCodecsEnum.L16)
            return _inner.DecodeAudio(encodedSample, format);
        var pcm = new short[encodedSample.Length / 2];
        for (int i = 0; i < pcm.Length; i++)
            pcm[i] = BinaryPrimitives.ReadInt16BigEndian(encodedSample.AsSpan(2 * i));
        return pcm;
    }

    internal static byte[] Encode(ReadOnlySpan<short> pcm)
    {
        var bytes = new byte[2 * pcm.Length];
        for (int i = 0; i < pcm.Length; i++)
            BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(2 * i), pcm[i]);
        return bytes;
    }
}
