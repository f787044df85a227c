namespace RtcEnhance.Audio;

/// <summary>
/// Port: turns encoded payloads into samples. No member throws on what the network sent; a bad payload returns 0.
/// One thread at a time.
/// </summary>
public interface IAudioDecoder : IDisposable
{
    /// <summary>Codec name as in SDP, for example <c>PCMU</c> or <c>opus</c>.</summary>
    string Name { get; }

    /// <summary>Rate and channels of the samples that <see cref="Decode"/> writes.</summary>
    AudioFormat Format { get; }

    /// <summary>RTP clock rate; G.722 says 8000 and decodes at 16000 Hz (RFC 3551 section 4.5.2).</summary>
    int RtpClockRateHz { get; }

    /// <summary>Largest number of samples per channel that one payload can hold (120 ms).</summary>
    int MaxSamplesPerPacket { get; }

    /// <summary>Samples per channel that the payload holds, without decoding it; 0 where it is malformed.</summary>
    /// <param name="payload">An RTP payload.</param>
    /// <returns>Samples per channel at <see cref="Format"/>'s rate.</returns>
    int GetSampleCount(ReadOnlySpan<byte> payload);

    /// <summary>
    /// Whether the sender pauses after this payload because nobody speaks (discontinuous transmission): what is missing
    /// from there on is comfort noise, which <see cref="Conceal"/> makes, and no loss.
    /// </summary>
    /// <param name="payload">An RTP payload.</param>
    /// <returns>False for codecs without discontinuous transmission.</returns>
    bool IsDiscontinuous(ReadOnlySpan<byte> payload) => false;

    /// <summary>Decodes one payload and advances the decoder's state.</summary>
    /// <param name="payload">An RTP payload.</param>
    /// <param name="samples">Interleaved output, at least <see cref="MaxSamplesPerPacket"/> x channels long.</param>
    /// <returns>Samples per channel written; 0 where the payload is malformed.</returns>
    int Decode(ReadOnlySpan<byte> payload, Span<float> samples);

    /// <summary>
    /// Recovers the packet just before <paramref name="nextPayload"/> from redundancy inside it (Opus in-band FEC).
    /// To be called for exactly that packet, before <paramref name="nextPayload"/> itself is decoded.
    /// </summary>
    /// <param name="nextPayload">The payload that follows the missing one.</param>
    /// <param name="samples">Interleaved output whose length is the missing duration.</param>
    /// <returns>Samples per channel written; 0 where there is no redundancy.</returns>
    int DecodeFec(ReadOnlySpan<byte> nextPayload, Span<float> samples);

    /// <summary>Runs the codec's own concealment, so that its state advances over a loss.</summary>
    /// <param name="samples">Interleaved output whose length is the missing duration.</param>
    /// <returns>Samples per channel written; 0 where the codec has none.</returns>
    int Conceal(Span<float> samples);

    /// <summary>Forgets the stream; the next payload starts a new one.</summary>
    void Reset();
}
