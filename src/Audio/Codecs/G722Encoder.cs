namespace RtcEnhance.Audio;

/// <summary>Encodes samples at 16000 Hz as G.722 at 64 kbit/s, one byte per two samples (ITU-T G.722). One thread at a time.</summary>
public sealed class G722Encoder
{
    private const int MinBand = -16384;
    private const int MaxBand = 16383;

    private readonly G722Band _low = G722Band.CreateLow();
    private readonly G722Band _high = G722Band.CreateHigh();
    private readonly G722Qmf _qmf = new();

    /// <summary>Encodes mono samples and advances the encoder's state.</summary>
    /// <param name="samples">An even number of samples in [-1, 1]; outside it they are clipped.</param>
    /// <param name="payload">Output, at least half as long as <paramref name="samples"/>.</param>
    /// <returns>Bytes written: one per two samples.</returns>
    /// <exception cref="ArgumentException">The number of samples is odd, or <paramref name="payload"/> is too short.</exception>
    public int Encode(ReadOnlySpan<float> samples, Span<byte> payload)
    {
        if (samples.Length % 2 != 0)
            throw new ArgumentException($"G.722 encodes pairs of samples, not {samples.Length}.", nameof(samples));
        if (payload.Length < samples.Length / 2)
            throw new ArgumentException($"{samples.Length} samples need {samples.Length / 2} bytes, the output has {payload.Length}.", nameof(payload));

        for (var i = 0; i < samples.Length; i += 2)
            payload[i / 2] = EncodePair(Pcm16.FromFloat(samples[i]), Pcm16.FromFloat(samples[i + 1]));
        return samples.Length / 2;
    }

    /// <summary>Forgets the stream; the next samples start a new one.</summary>
    public void Reset()
    {
        _low.Reset();
        _high.Reset();
        _qmf.Reset();
    }

    private static int QuantizeLow(int difference, int scale)
    {
        var magnitude = Mirror(difference);
        var levels = G722Tables.DecisionLevels6;
        var interval = 0;
        while (interval < levels.Length && magnitude >= (levels[interval] * scale) >> 12)
            interval++;
        if (difference >= 0)
            return 61 - interval;
        return interval < 2 ? 63 - interval : 33 - interval;
    }

    private static int QuantizeHigh(int difference, int scale)
    {
        var isOuter = Mirror(difference) >= (564 * scale) >> 12;
        if (difference >= 0)
            return isOuter ? 2 : 3;
        return isOuter ? 0 : 1;
    }

    private static int Mirror(int difference) => difference < 0 ? ~difference : difference;

    private byte EncodePair(short first, short second)
    {
        // 12 bits for the filter's gain of 4096, one for the sum of its phases, one for the bands' 15 bits.
        _qmf.Push(first, second);
        var (odd, even) = _qmf.Filter();
        var low = Math.Clamp((even + odd) >> 14, MinBand, MaxBand);
        var high = Math.Clamp((even - odd) >> 14, MinBand, MaxBand);

        var lowCode = QuantizeLow(Pcm16.Saturate(low - _low.Prediction), _low.Scale);
        _low.Adapt(G722Tables.InverseQuantizer4[lowCode >> 2], G722Tables.LowLogSteps[lowCode >> 2]);

        var highCode = QuantizeHigh(Pcm16.Saturate(high - _high.Prediction), _high.Scale);
        _high.Adapt(G722Tables.InverseQuantizer2[highCode], G722Tables.HighLogSteps[highCode]);

        return (byte)((highCode << 6) | lowCode);
    }
}
