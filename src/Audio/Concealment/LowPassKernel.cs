namespace RtcEnhance.Audio;

/// <summary>
/// The symmetric kernel that takes the edge off a pitch cycle each time it is repeated: half the amplitude at 4 kHz and
/// none at 8 kHz at any sampling rate. Thread-safe.
/// </summary>
internal sealed class LowPassKernel
{
    private readonly float[] _taps;

    internal LowPassKernel(int sampleRateHz)
    {
        if (sampleRateHz <= 16000)
        {
            float side = 0.25f / (1 - MathF.Cos(2 * MathF.PI * 4000 / sampleRateHz));
            _taps = [1 - 2 * side, side];
            return;
        }
        float width = sampleRateHz / 8000f;
        _taps = new float[(int)MathF.Ceiling(width)];
        float sum = 0;
        for (int k = 0; k < _taps.Length; k++)
        {
            _taps[k] = 1 + MathF.Cos(MathF.PI * k / width);
            sum += k == 0 ? _taps[k] : 2 * _taps[k];
        }
        for (int k = 0; k < _taps.Length; k++)
            _taps[k] /= sum;
    }

    /// <summary>Samples needed either side of the centre.</summary>
    internal int Reach => _taps.Length - 1;

    /// <summary>The filtered value at <paramref name="centre"/>.</summary>
    internal float At(ReadOnlySpan<float> signal, int centre)
    {
        float sum = _taps[0] * signal[centre];
        for (int k = 1; k < _taps.Length; k++)
            sum += _taps[k] * (signal[centre - k] + signal[centre + k]);
        return sum;
    }
}
