using System.Numerics;

namespace RtcEnhance.Testing.Metrics;

/// <summary>The power spectrum of windowed frames, in double precision. One thread at a time.</summary>
internal sealed class PowerSpectrum
{
    private readonly double[] _window;
    private readonly Complex[] _buffer;

    public PowerSpectrum(double[] window)
    {
        _window = window;
        _buffer = new Complex[window.Length];
    }

    /// <summary>Bins of a frame.</summary>
    public int Bins => _window.Length / 2 + 1;

    /// <summary>Writes |X|^2 of one frame, unscaled.</summary>
    public void Compute(ReadOnlySpan<float> frame, Span<double> power)
    {
        var bits = BitOperations.Log2((uint)_buffer.Length);
        for (var i = 0; i < _buffer.Length; i++)
            _buffer[Reverse(i, bits)] = frame[i] * _window[i];
        for (var half = 1; half < _buffer.Length; half *= 2)
        {
            for (var k = 0; k < half; k++)
            {
                var twiddle = Complex.FromPolarCoordinates(1, -Math.PI * k / half);
                for (var i = k; i < _buffer.Length; i += 2 * half)
                {
                    var odd = _buffer[i + half] * twiddle;
                    _buffer[i + half] = _buffer[i] - odd;
                    _buffer[i] += odd;
                }
            }
        }

        for (var i = 0; i < power.Length; i++)
            power[i] = _buffer[i].Real * _buffer[i].Real + _buffer[i].Imaginary * _buffer[i].Imaginary;
    }

    private static int Reverse(int value, int bits)
    {
        var reversed = 0;
        for (var i = 0; i < bits; i++)
            reversed |= ((value >> i) & 1) << (bits - 1 - i);
        return reversed;
    }
}
