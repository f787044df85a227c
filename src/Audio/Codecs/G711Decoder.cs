namespace RtcEnhance.Audio;

/// <summary>
/// Decodes G.711 at 8000 Hz, one byte per sample (ITU-T G.711; RFC 3551 section 4.5.14). It keeps no state, so a loss
/// leaves no trace behind it. One thread at a time.
/// </summary>
public sealed class G711Decoder : IAudioDecoder
{
    private static readonly float[] MuLawTable = BuildTable(G711.DecodeMuLaw);
    private static readonly float[] ALawTable = BuildTable(G711.DecodeALaw);

    private readonly float[] _table;

    /// <summary>A decoder of one law.</summary>
    /// <param name="law">Mu-law or A-law.</param>
    /// <param name="channels">1, or 2 interleaved.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public G711Decoder(G711Law law, int channels = 1)
    {
        (_table, Name) = law switch
        {
            G711Law.MuLaw => (MuLawTable, "PCMU"),
            G711Law.ALaw => (ALawTable, "PCMA"),
            _ => throw new ArgumentOutOfRangeException(nameof(law), law, "The law is MuLaw or ALaw."),
        };
        Format = new AudioFormat(8000, channels);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public AudioFormat Format { get; }

    /// <inheritdoc/>
    public int RtpClockRateHz => 8000;

    /// <inheritdoc/>
    public int MaxSamplesPerPacket => 960;

    /// <inheritdoc/>
    public int GetSampleCount(ReadOnlySpan<byte> payload)
    {
        var count = payload.Length / Format.Channels;
        return count <= MaxSamplesPerPacket && count * Format.Channels == payload.Length ? count : 0;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="samples"/> is too short for the payload.</exception>
    public int Decode(ReadOnlySpan<byte> payload, Span<float> samples)
    {
        var count = GetSampleCount(payload);
        if (count == 0)
            return 0;
        if (samples.Length < payload.Length)
            throw new ArgumentException($"The payload holds {payload.Length} samples, the output {samples.Length}.", nameof(samples));

        for (var i = 0; i < payload.Length; i++)
            samples[i] = _table[payload[i]];
        return count;
    }

    /// <summary>Returns 0: a G.711 payload carries no redundancy.</summary>
    /// <inheritdoc/>
    public int DecodeFec(ReadOnlySpan<byte> nextPayload, Span<float> samples) => 0;

    /// <summary>Returns 0: G.711 has no concealment of its own (Appendix I is a stage's work, not the codec's).</summary>
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

    private static float[] BuildTable(Func<byte, short> decode)
    {
        var table = new float[256];
        for (var code = 0; code < table.Length; code++)
            table[code] = Pcm16.ToFloat(decode((byte)code));
        return table;
    }
}
