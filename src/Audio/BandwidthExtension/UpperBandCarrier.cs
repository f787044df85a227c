namespace RtcEnhance.Audio;

/// <summary>
/// The raw material of the missing bands at 48 kHz: copies of the band below the cut-off, shifted up, blended with noise
/// that follows that band's own envelope from moment to moment. Either has the source band's mean power density in every
/// copy. Silence gives exact zeros. One thread at a time.
/// </summary>
internal sealed class UpperBandCarrier
{
    // One pole at about 1 kHz: follows the glottal pulses of any voice.
    private const float EnvelopeStep = 0.12f;
    // Below 16-bit resolution by 30 dB: there the envelope ends instead of decaying for ever.
    private const float SilentPower = 1e-13f;
    private static readonly float NoiseScale = MathF.Sqrt(3) / (1u << 31);

    private uint _random = 0x9E3779B9;
    private float _envelopePower;
    private int _phase;

    /// <summary>Writes the carrier, later than the source by <see cref="ExtensionPlan.SourceDelaySamples"/>.</summary>
    /// <param name="source">Samples at 48 kHz, from twice that delay before the first output on.</param>
    /// <param name="plan">The cut-off's filters.</param>
    /// <param name="noiseShare">Share of noise in the power, 0 to 1.</param>
    /// <param name="output">The carrier.</param>
    public void Process(ReadOnlySpan<float> source, ExtensionPlan plan, float noiseShare, Span<float> output)
    {
        var copyGain = MathF.Sqrt(1 - noiseShare);
        // |a|^2 / 2 is the source band's power; white noise spreads its own over 24 kHz.
        var noisePower = noiseShare / 2 * (DelayedUpsampler.OutputRateHz / 2f) / plan.SourceWidthHz;
        var period = plan.ShiftReal.Length;
        _phase %= period;
        for (var n = 0; n < output.Length; n++)
        {
            var (real, imaginary) = InnerProduct.Dot(plan.SourceReal, plan.SourceImaginary, source[n..]);
            _envelopePower += EnvelopeStep * (real * real + imaginary * imaginary - _envelopePower);
            if (_envelopePower < SilentPower)
                _envelopePower = 0;
            output[n] = copyGain * (real * plan.ShiftReal[_phase] - imaginary * plan.ShiftImaginary[_phase])
                + MathF.Sqrt(noisePower * _envelopePower) * NextNoise();
            if (++_phase == period)
                _phase = 0;
        }
    }

    /// <summary>Forgets the envelope and starts the noise again.</summary>
    public void Reset()
    {
        _random = 0x9E3779B9;
        _envelopePower = 0;
        _phase = 0;
    }

    /// <summary>White, of unit power (xorshift32).</summary>
    private float NextNoise()
    {
        _random ^= _random << 13;
        _random ^= _random >> 17;
        _random ^= _random << 5;
        return (int)_random * NoiseScale;
    }
}
