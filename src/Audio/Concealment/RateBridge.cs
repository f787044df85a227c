using RtcEnhance.Inference;

namespace RtcEnhance.Audio;

/// <summary>
/// Carries samples between a stream's rate and the networks' without a shift in time: the samples on either side of a
/// place are to be there. Windowed sinc, -6 dB at half the lower rate. One thread at a time.
/// </summary>
internal sealed class RateBridge
{
    private const int CoreRateHz = NeuralConcealer.NetworkRateHz;
    private const double AttenuationDb = 60;

    // Samples at the lower rate on either side: 2 ms at 8 kHz, 1.5 ms at 16 kHz.
    private const int NarrowReach = 16;
    private const int WideReach = 24;

    private readonly int _factor;
    private readonly bool _coreIsHigher;
    private readonly int _reach;
    private readonly float[] _decimator = [];
    private readonly float[][] _phases = [];
    private readonly float[] _filtered;

    /// <summary>A bridge.</summary>
    /// <param name="rateHz">A rate that <see cref="Serves"/> names.</param>
    /// <param name="maxLength">Most samples of the stream that are asked for at once.</param>
    internal RateBridge(int rateHz, int maxLength)
    {
        _coreIsHigher = rateHz < CoreRateHz;
        _factor = _coreIsHigher ? CoreRateHz / rateHz : rateHz / CoreRateHz;
        _filtered = new float[Math.Max(maxLength, PastFeatures.PastLength)];
        if (_factor == 1)
            return;
        _reach = _coreIsHigher ? NarrowReach : WideReach;
        CoreReach = _coreIsHigher ? _reach * _factor : _reach;
        StreamReach = _coreIsHigher ? _reach : _reach * _factor;
        _decimator = Design(_reach * _factor, 0, 1.0 / _factor, (2 * _reach * _factor) + 1);
        _phases = new float[_factor][];
        for (int phase = 1; phase < _factor; phase++)
            _phases[phase] = Design(_reach - 1, (double)phase / _factor, 1, 2 * _reach);
    }

    /// <summary>Samples at the networks' rate that are needed on either side of a place.</summary>
    internal int CoreReach { get; }

    /// <summary>Samples of the stream that are needed on either side of a place.</summary>
    internal int StreamReach { get; }

    /// <summary>Whether there is a bridge from this rate: 8, 16, 32 and 48 kHz.</summary>
    internal static bool Serves(int rateHz) => rateHz is 8000 or 16000 or 32000 or 48000;

    /// <summary>Writes samples at the networks' rate, the first one at the place of <c>stream[first]</c>.</summary>
    internal void ToCore(ReadOnlySpan<float> stream, int first, Span<float> core)
    {
        if (_coreIsHigher)
            Interpolate(stream, first, core);
        else
            Decimate(stream, first, core);
    }

    /// <summary>Writes samples at the stream's rate, the first one at the place of <c>core[first]</c>.</summary>
    internal void FromCore(ReadOnlySpan<float> core, int first, Span<float> stream)
    {
        if (_coreIsHigher)
            Decimate(core, first, stream);
        else
            Interpolate(core, first, stream);
    }

    private void Decimate(ReadOnlySpan<float> source, int first, Span<float> output)
    {
        if (_factor == 1)
        {
            source.Slice(first, output.Length).CopyTo(output);
            return;
        }

        int start = first - (_decimator.Length / 2);
        for (int i = 0; i < output.Length; i++, start += _factor)
            output[i] = InnerProduct.Sum(_decimator, source[start..]);
    }

    private void Interpolate(ReadOnlySpan<float> source, int first, Span<float> output)
    {
        for (int phase = 0; phase < _factor; phase++)
        {
            int count = (output.Length - phase + _factor - 1) / _factor;
            ReadOnlySpan<float> filtered = source.Slice(first, count);
            if (phase > 0)
            {
                SlidingProduct.Apply(_phases[phase], source[(first - _reach + 1)..], _filtered.AsSpan(0, count));
                filtered = _filtered.AsSpan(0, count);
            }

            for (int i = 0; i < count; i++)
                output[(i * _factor) + phase] = filtered[i];
        }
    }

    // Places lie a step apart, the centre between the one at `centre` and the next.
    private float[] Design(int centre, double fraction, double step, int count)
    {
        double beta = Window.KaiserBeta(AttenuationDb);
        var taps = new float[count];
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            double t = (i - centre - fraction) * step;
            double sinc = Math.Abs(t) < 1e-9 ? 1 : Math.Sin(Math.PI * t) / (Math.PI * t);
            taps[i] = (float)(sinc * Window.Kaiser(Math.Clamp(t / _reach, -1, 1), beta));
            sum += taps[i];
        }

        for (int i = 0; i < count; i++)
            taps[i] = (float)(taps[i] / sum);
        return taps;
    }
}
