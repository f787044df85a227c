namespace RtcEnhance.Audio;

/// <summary>
/// Decodes G.722 at 64 kbit/s (mode 1) to 16000 Hz, two samples per byte; the RTP clock is 8000 Hz for historical
/// reasons (ITU-T G.722; RFC 3551 section 4.5.2). One thread at a time.
/// </summary>
/// <remarks>
/// After a loss the adaptive state stays as the last received payload left it. The predictor and the scale factor leak
/// towards their rest values, which pulls decoder and encoder together again; a reset would throw away a scale factor that
/// is nearly right and has to be learned anew.
/// </remarks>
public sealed class G722Decoder : IAudioDecoder
{
    private const int MinBand = -16384;
    private const int MaxBand = 16383;

    private readonly G722Band _low = G722Band.CreateLow();
    private readonly G722Band _high = G722Band.CreateHigh();
    private readonly G722Qmf _qmf = new();

    /// <inheritdoc/>
    public string Name => "G722";

    /// <inheritdoc/>
    public AudioFormat Format { get; } = new(16000);

    /// <inheritdoc/>
    public int RtpClockRateHz => 8000;

    /// <inheritdoc/>
    public int MaxSamplesPerPacket => 1920;

    /// <inheritdoc/>
    public int GetSampleCount(ReadOnlySpan<byte> payload) =>
        payload.Length <= MaxSamplesPerPacket / 2 ? 2 * payload.Length : 0;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="samples"/> is too short for the payload.</exception>
    public int Decode(ReadOnlySpan<byte> payload, Span<float> samples)
    {
        var count = GetSampleCount(payload);
        if (samples.Length < count)
            throw new ArgumentException($"The payload holds {count} samples, the output {samples.Length}.", nameof(samples));

        for (var i = 0; i < count; i += 2)
        {
            var (first, second) = DecodePair(payload[i / 2]);
            samples[i] = Pcm16.ToFloat(first);
            samples[i + 1] = Pcm16.ToFloat(second);
        }

        return count;
    }

    /// <summary>Returns 0: a G.722 payload carries no redundancy.</summary>
    /// <inheritdoc/>
    public int DecodeFec(ReadOnlySpan<byte> nextPayload, Span<float> samples) => 0;

    /// <summary>Returns 0 and leaves the state as it is: the concealment is a stage's work (see the type's remarks).</summary>
    /// <inheritdoc/>
    public int Conceal(Span<float> samples) => 0;

    /// <inheritdoc/>
    public void Reset()
    {
        _low.Reset();
        _high.Reset();
        _qmf.Reset();
    }

    /// <summary>Does nothing: there is nothing to release.</summary>
    public void Dispose()
    {
    }

    private (short First, short Second) DecodePair(byte code)
    {
        var lowCode = code & 0x3F;
        var highCode = code >> 6;

        var lowDifference = (_low.Scale * G722Tables.InverseQuantizer6[lowCode]) >> 15;
        var low = Math.Clamp(_low.Prediction + lowDifference, MinBand, MaxBand);
        _low.Adapt(G722Tables.InverseQuantizer4[lowCode >> 2], G722Tables.LowLogSteps[lowCode >> 2]);

        var highQuantized = G722Tables.InverseQuantizer2[highCode];
        var high = Math.Clamp(_high.Prediction + ((_high.Scale * highQuantized) >> 15), MinBand, MaxBand);
        _high.Adapt(highQuantized, G722Tables.HighLogSteps[highCode]);

        // 12 bits for the filter's gain of 4096, less one for the bands' 15 bits.
        _qmf.Push(low + high, low - high);
        var (sum, difference) = _qmf.Filter();
        return (Pcm16.Saturate(difference >> 11), Pcm16.Saturate(sum >> 11));
    }
}
