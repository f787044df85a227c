using System.Numerics;

namespace RtcEnhance.Audio;

/// <summary>
/// The raw material of the missing bands at 48 kHz: copies of the band below the cut-off, shifted up, and noise that
/// follows that band's own envelope from moment to moment. Either has the source band's mean power density in every copy.
/// Silence gives exact zeros. One thread at a time.
/// </summary>
internal sealed class UpperBandCarrier
{
    // One pole at about 1 kHz: follows the glottal pulses of any voice.
    private const float EnvelopeStep = 0.12f;
    // Below 16-bit resolution by 30 dB: there the envelope ends instead of decaying for ever.
    private const float SilentPower = 1e-13f;
    private static readonly float NoiseScale = MathF.Sqrt(3) / (1u << 31);

    private readonly float[] _real = new float[ExtensionPlan.StepSamples];
    private readonly float[] _imaginary = new float[ExtensionPlan.StepSamples];
    private readonly float[] _envelope = new float[ExtensionPlan.StepSamples];
    private readonly float[] _noise = new float[ExtensionPlan.StepSamples];
    private uint _random = 0x9E3779B9;
    private float _envelopePower;

    /// <summary>Writes 5 ms of both carriers, later than the source by <see cref="ExtensionPlan.SourceDelaySamples"/>.</summary>
    /// <param name="source">Samples at 48 kHz, from twice that delay before the first output on.</param>
    /// <param name="plan">The cut-off's filters.</param>
    /// <param name="copies">The shifted copies: 240 samples.</param>
    /// <param name="noise">Noise under the source band's envelope: 240 samples.</param>
    public void Process(ReadOnlySpan<float> source, ExtensionPlan plan, Span<float> copies, Span<float> noise)
    {
        SlidingProduct.Apply(plan.SourceReal, plan.SourceImaginary, source, _real, _imaginary);
        Follow();

        // |a|^2 / 2 is the source band's power; white noise spreads its own over 24 kHz.
        var noisePower = DelayedUpsampler.OutputRateHz / 4f / plan.SourceWidthHz;
        // 240 samples are whole vectors of any width there is.
        for (var n = 0; n < _real.Length; n += Vector<float>.Count)
        {
            var copy = new Vector<float>(_real, n) * new Vector<float>(plan.ShiftReal, n)
                - new Vector<float>(_imaginary, n) * new Vector<float>(plan.ShiftImaginary, n);
            copy.CopyTo(copies[n..]);
            (Vector.SquareRoot(noisePower * new Vector<float>(_envelope, n)) * new Vector<float>(_noise, n)).CopyTo(noise[n..]);
        }
    }

    /// <summary>Forgets the envelope and starts the noise again.</summary>
    public void Reset()
    {
        _random = 0x9E3779B9;
        _envelopePower = 0;
    }

    /// <summary>Follows the envelope through the step, and draws white noise of unit power (xorshift32).</summary>
    private void Follow()
    {
        var power = _envelopePower;
        var random = _random;
        for (var n = 0; n < _envelope.Length; n++)
        {
            power += EnvelopeStep * (_real[n] * _real[n] + _imaginary[n] * _imaginary[n] - power);
            if (power < SilentPower)
                power = 0;
            _envelope[n] = power;
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            _noise[n] = (int)random * NoiseScale;
        }

        (_envelopePower, _random) = (power, random);
    }
}
