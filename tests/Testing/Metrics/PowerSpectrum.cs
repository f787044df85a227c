namespace RtcEnhance.Testing.Metrics;

/// <summary>Power spectra of real frames by a radix-2 FFT in double precision. One thread at a time.</summary>
public sealed class PowerSpectrum
{
    private readonly double[] _re;
    private readonly double[] _im;
    private readonly double[] _cos;
    private readonly double[] _sin;

    /// <summary>Prepares transforms of one length.</summary>
    /// <param name="length">Transform length, a power of two from 2 to 65536.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not such a length.</exception>
    public PowerSpectrum(int length)
    {
        if (length is < 2 or > 65536 || (length & (length - 1)) != 0)
            throw new ArgumentOutOfRangeException(nameof(length), length, "A power of two from 2 to 65536 is needed.");
        Length = length;
        _re = new double[length];
        _im = new double[length];
        _cos = new double[length / 2];
        _sin = new double[length / 2];
        for (var i = 0; i < length / 2; i++)
            (_sin[i], _cos[i]) = Math.SinCos(-2 * Math.PI * i / length);
    }

    /// <summary>Transform length in samples.</summary>
    public int Length { get; }

    /// <summary>Bins from DC to the Nyquist frequency, both included.</summary>
    public int Bins => (Length / 2) + 1;

    /// <summary>Writes the squared magnitude of each bin, unscaled.</summary>
    /// <param name="frame">Windowed samples, at most <see cref="Length"/>; zeros follow a shorter frame.</param>
    /// <param name="power">[<see cref="Bins"/>] squared magnitudes.</param>
    /// <exception cref="ArgumentException">The frame is too long or the output too short.</exception>
    public void Compute(ReadOnlySpan<double> frame, Span<double> power)
    {
        if (frame.Length > Length)
            throw new ArgumentException($"{frame.Length} samples exceed the transform's {Length}.", nameof(frame));
        if (power.Length < Bins)
            throw new ArgumentException($"{power.Length} bins are fewer than {Bins}.", nameof(power));

        frame.CopyTo(_re);
        Array.Clear(_re, frame.Length, Length - frame.Length);
        Array.Clear(_im);
        ReverseBits();
        for (var half = 1; half < Length; half *= 2)
            CombineHalves(half);
        for (var i = 0; i < Bins; i++)
            power[i] = (_re[i] * _re[i]) + (_im[i] * _im[i]);
    }

    private void ReverseBits()
    {
        for (int i = 1, j = 0; i < Length; i++)
        {
            var bit = Length >> 1;
            for (; (j & bit) != 0; bit >>= 1)
                j ^= bit;
            j ^= bit;
            if (i < j)
                (_re[i], _re[j]) = (_re[j], _re[i]);
        }
    }

    private void CombineHalves(int half)
    {
        var step = Length / 2 / half;
        for (var start = 0; start < Length; start += 2 * half)
        {
            for (var k = 0; k < half; k++)
            {
                var (a, b) = (start + k, start + k + half);
                var (cos, sin) = (_cos[k * step], _sin[k * step]);
                var re = (_re[b] * cos) - (_im[b] * sin);
                var im = (_re[b] * sin) + (_im[b] * cos);
                (_re[b], _im[b]) = (_re[a] - re, _im[a] - im);
                (_re[a], _im[a]) = (_re[a] + re, _im[a] + im);
            }
        }
    }
}
