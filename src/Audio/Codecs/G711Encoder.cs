namespace RtcEnhance.Audio;

/// <summary>Encodes samples at 8000 Hz as G.711, one byte per sample (ITU-T G.711). Stateless. Thread-safe.</summary>
public sealed class G711Encoder
{
    private readonly G711Law _law;

    /// <summary>An encoder of one law.</summary>
    /// <param name="law">Mu-law or A-law.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="law"/> is neither.</exception>
    public G711Encoder(G711Law law)
    {
        if (law is not (G711Law.MuLaw or G711Law.ALaw))
            throw new ArgumentOutOfRangeException(nameof(law), law, "The law is MuLaw or ALaw.");
        _law = law;
    }

    /// <summary>Encodes samples; channels stay interleaved as they are.</summary>
    /// <param name="samples">Samples in [-1, 1]; outside it they are clipped.</param>
    /// <param name="payload">Output, at least as long as <paramref name="samples"/>.</param>
    /// <returns>Bytes written: one per sample.</returns>
    /// <exception cref="ArgumentException"><paramref name="payload"/> is too short.</exception>
    public int Encode(ReadOnlySpan<float> samples, Span<byte> payload)
    {
        if (payload.Length < samples.Length)
            throw new ArgumentException($"{samples.Length} samples need as many bytes, the output has {payload.Length}.", nameof(payload));

        for (var i = 0; i < samples.Length; i++)
        {
            var sample = Pcm16.FromFloat(samples[i]);
            payload[i] = _law == G711Law.MuLaw ? G711.EncodeMuLaw(sample) : G711.EncodeALaw(sample);
        }

        return samples.Length;
    }
}
