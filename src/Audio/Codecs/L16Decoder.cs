using System.Buffers.Binary;

namespace RtcEnhance.Audio;

/// <summary>
/// Decodes uncompressed 16-bit samples in network byte order (RFC 3551 section 4.5.11, RFC 2586). It keeps no state, so
/// a loss leaves no trace behind it. One thread at a time.
/// </summary>
public sealed class L16Decoder : IAudioDecoder
{
    /// <summary>A decoder of one format.</summary>
    /// <param name="sampleRateHz">8000 to 48000 Hz, a multiple of 100.</param>
    /// <param name="channels">1, or 2 interleaved.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public L16Decoder(int sampleRateHz, int channels = 1) => Format = new AudioFormat(sampleRateHz, channels);

    /// <inheritdoc/>
    public string Name => "L16";

    /// <inheritdoc/>
    public AudioFormat Format { get; }

    /// <inheritdoc/>
    public int RtpClockRateHz => Format.SampleRateHz;

    /// <inheritdoc/>
    public int MaxSamplesPerPacket => 12 * Format.SamplesPerBlock;

    /// <inheritdoc/>
    public int GetSampleCount(ReadOnlySpan<byte> payload)
    {
        var frameBytes = sizeof(short) * Format.Channels;
        var count = payload.Length / frameBytes;
        return count <= MaxSamplesPerPacket && count * frameBytes == payload.Length ? count : 0;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="samples"/> is too short for the payload.</exception>
    public int Decode(ReadOnlySpan<byte> payload, Span<float> samples)
    {
        var count = GetSampleCount(payload);
        var values = count * Format.Channels;
        if (samples.Length < values)
            throw new ArgumentException($"The payload holds {values} samples, the output {samples.Length}.", nameof(samples));

        for (var i = 0; i < values; i++)
            samples[i] = Pcm16.ToFloat(BinaryPrimitives.ReadInt16BigEndian(payload[(2 * i)..]));
        return count;
    }

    /// <summary>Returns 0: an L16 payload carries no redundancy.</summary>
    /// <inheritdoc/>
    public int DecodeFec(ReadOnlySpan<byte> nextPayload, Span<float> samples) => 0;

    /// <summary>Returns 0: L16 has no concealment of its own.</summary>
    /// <inheritdoc/>
    public int Conceal(Span<float> samples) => 0;

    /// <inheritdoc/>
    public void Reset()
    {
    }

    /// <summary>Does nothing: there is nothing to release.</summary>
    public void Dispose()
    {
    }
}
