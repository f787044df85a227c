using System.Numerics;

namespace RtcEnhance.Audio;

/// <summary>
/// The polyphase coefficients that carry one rate to another: a Kaiser-windowed sinc sampled directly at each phase,
/// so that the delay is a whole number of output samples. Thread-safe.
/// </summary>
internal sealed class ResamplerFilter
{
    private readonly float[] _coefficients;
    private readonly int _stride;

    /// <summary>Designs the filter.</summary>
    /// <param name="inputRateHz">Input rate.</param>
    /// <param name="outputRateHz">Output rate.</param>
    /// <param name="passEdge">End of the pass-band as a fraction of the lower rate's half.</param>
    /// <param name="stopEdge">Start of the stop-band in the same unit.</param>
    /// <param name="attenuationDb">Stop-band attenuation designed for, dB.</param>
    public ResamplerFilter(int inputRateHz, int outputRateHz, double passEdge, double stopEdge, double attenuationDb)
    {
        var divisor = (int)BigInteger.GreatestCommonDivisor(inputRateHz, outputRateHz);
        InputStep = inputRateHz / divisor;
        OutputStep = outputRateHz / divisor;
        // Everything below is in input samples; the band edges are those of the lower rate.
        var lower = Math.Min(1.0, (double)outputRateHz / inputRateHz);
        var cutoff = lower * (passEdge + stopEdge) / 2;
        var halfWidth = (attenuationDb - 7.95) / (2.285 * Math.PI * (stopEdge - passEdge) * lower) / 2;
        var beta = Window.KaiserBeta(attenuationDb);

        // The newest input there is when output n is due lies at least (n + 1) * in/out - 1.
        DelaySamples = (int)Math.Ceiling((halfWidth + 1) * OutputStep / InputStep - 1);
        Taps = (int)Math.Ceiling(2 * halfWidth) + 1;
        _stride = InnerProduct.PaddedLength(Taps);
        _coefficients = new float[OutputStep * _stride];
        First = new int[OutputStep];
        for (var phase = 0; phase < OutputStep; phase++)
            DesignPhase(phase, halfWidth, cutoff, beta);
    }

    /// <summary>Input samples after which the phases repeat.</summary>
    public int InputStep { get; }

    /// <summary>Output samples, and phases, in that time.</summary>
    public int OutputStep { get; }

    /// <summary>Taps per phase.</summary>
    public int Taps { get; }

    /// <summary>Group delay in output samples.</summary>
    public int DelaySamples { get; }

    /// <summary>For each phase the first input sample its taps touch, counted from the step's first input; negative.</summary>
    public int[] First { get; }

    /// <summary>Taps of one phase, zero-padded to whole vectors.</summary>
    public ReadOnlySpan<float> Phase(int phase) => _coefficients.AsSpan(phase * _stride, _stride);

    private void DesignPhase(int phase, double halfWidth, double cutoff, double beta)
    {
        var centre = (double)(phase - DelaySamples) * InputStep / OutputStep;
        First[phase] = (int)Math.Ceiling(centre - halfWidth);
        var taps = new double[Taps];
        double sum = 0;
        for (var i = 0; i < Taps; i++)
        {
            var t = First[phase] + i - centre;
            var angle = Math.PI * cutoff * t;
            taps[i] = (Math.Abs(angle) < 1e-9 ? 1 : Math.Sin(angle) / angle) * Window.Kaiser(t / halfWidth, beta);
            sum += taps[i];
        }

        // Equal gain at 0 Hz in every phase: no ripple of a constant input.
        for (var i = 0; i < Taps; i++)
            _coefficients[phase * _stride + i] = (float)(taps[i] / sum);
    }
}
