using System.Numerics;

namespace RtcEnhance.Audio;

/// <summary>
/// The discrete Fourier transform of real signals whose length is a power of two, without scaling forward and with
/// 1/N backward. One thread at a time: it owns its scratch.
/// </summary>
/// <remarks>
/// A complex transform of half the length (radix 2, decimation in time, real and imaginary parts in arrays of their
/// own so that butterflies run lane by lane) followed by the split into the real signal's spectrum. Maximum error
/// relative to the largest bin below 1e-6 against a double-precision sum.
/// </remarks>
internal sealed class Fft
{
    private const int MinSize = 4;
    private const int MaxSize = 1 << 16;

    private readonly int _half;
    private readonly int[] _bitReversed;
    // Twiddles of the stage whose butterflies span 2h points lie at [h, 2h): e^(-i*pi*k/h), k = 0 .. h-1.
    private readonly float[] _stageCos;
    private readonly float[] _stageSin;
    // e^(-i*2*pi*k/N) for the split, k = 0 .. N/2.
    private readonly float[] _splitCos;
    private readonly float[] _splitSin;
    private readonly float[] _real;
    private readonly float[] _imaginary;

    /// <summary>Precomputes the tables for one length.</summary>
    /// <param name="size">Real samples: a power of two, 4 to 65536.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is not such a power of two.</exception>
    public Fft(int size)
    {
        if (size is < MinSize or > MaxSize || !BitOperations.IsPow2(size))
            throw new ArgumentOutOfRangeException(nameof(size), size, $"A transform's size is a power of two from {MinSize} to {MaxSize}.");
        Size = size;
        _half = size / 2;
        _real = new float[_half];
        _imaginary = new float[_half];
        _bitReversed = new int[_half];
        var bits = BitOperations.Log2((uint)_half);
        for (var i = 0; i < _half; i++)
            _bitReversed[i] = (_bitReversed[i >> 1] >> 1) | ((i & 1) << (bits - 1));
        _stageCos = new float[_half];
        _stageSin = new float[_half];
        for (var h = 1; h < _half; h *= 2)
        {
            for (var k = 0; k < h; k++)
                (_stageSin[h + k], _stageCos[h + k]) = SinCos(-Math.PI * k / h);
        }

        _splitCos = new float[_half + 1];
        _splitSin = new float[_half + 1];
        for (var k = 0; k <= _half; k++)
            (_splitSin[k], _splitCos[k]) = SinCos(-2 * Math.PI * k / size);
    }

    /// <summary>Real samples per transform.</summary>
    public int Size { get; }

    /// <summary>Bins of a real signal's spectrum, from 0 to half the rate: <c>Size / 2 + 1</c>.</summary>
    public int Bins => _half + 1;

    /// <summary>Writes the spectrum of a real signal.</summary>
    /// <param name="time">[Size] samples.</param>
    /// <param name="real">[Bins], may alias <paramref name="time"/>.</param>
    /// <param name="imaginary">[Bins]; the first and the last are zero. May not alias <paramref name="real"/>.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public void Forward(ReadOnlySpan<float> time, Span<float> real, Span<float> imaginary)
    {
        CheckLengths(time.Length, real.Length, imaginary.Length);
        for (var i = 0; i < _half; i++)
        {
            var source = 2 * _bitReversed[i];
            _real[i] = time[source];
            _imaginary[i] = time[source + 1];
        }

        Transform(_real, _imaginary);

        real[0] = _real[0] + _imaginary[0];
        imaginary[0] = 0;
        real[_half] = _real[0] - _imaginary[0];
        imaginary[_half] = 0;
        for (var k = 1; k < _half; k++)
        {
            var m = _half - k;
            var evenReal = 0.5f * (_real[k] + _real[m]);
            var evenImaginary = 0.5f * (_imaginary[k] - _imaginary[m]);
            var oddReal = 0.5f * (_imaginary[k] + _imaginary[m]);
            var oddImaginary = 0.5f * (_real[m] - _real[k]);
            real[k] = evenReal + oddReal * _splitCos[k] - oddImaginary * _splitSin[k];
            imaginary[k] = evenImaginary + oddReal * _splitSin[k] + oddImaginary * _splitCos[k];
        }
    }

    /// <summary>Writes the real signal of a spectrum.</summary>
    /// <param name="real">[Bins].</param>
    /// <param name="imaginary">[Bins]; the first and the last are taken as zero.</param>
    /// <param name="time">[Size] samples; may alias either input.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public void Inverse(ReadOnlySpan<float> real, ReadOnlySpan<float> imaginary, Span<float> time)
    {
        CheckLengths(time.Length, real.Length, imaginary.Length);
        for (var i = 0; i < _half; i++)
        {
            var k = _bitReversed[i];
            var m = _half - k;
            var imaginaryK = k == 0 ? 0 : imaginary[k];
            var imaginaryM = k == 0 ? 0 : imaginary[m];
            var evenReal = real[k] + real[m];
            var evenImaginary = imaginaryK - imaginaryM;
            var differenceReal = real[k] - real[m];
            var differenceImaginary = imaginaryK + imaginaryM;
            var oddReal = differenceReal * _splitCos[k] + differenceImaginary * _splitSin[k];
            var oddImaginary = differenceImaginary * _splitCos[k] - differenceReal * _splitSin[k];
            _real[i] = evenReal - oddImaginary;
            _imaginary[i] = evenImaginary + oddReal;
        }

        // A forward transform with the parts exchanged is the backward one.
        Transform(_imaginary, _real);
        var scale = 1f / Size;
        for (var i = 0; i < _half; i++)
        {
            time[2 * i] = _real[i] * scale;
            time[2 * i + 1] = _imaginary[i] * scale;
        }
    }

    private static (float Sin, float Cos) SinCos(double angle) => ((float)Math.Sin(angle), (float)Math.Cos(angle));

    /// <summary>Transforms points that lie in bit-reversed order, in place.</summary>
    private void Transform(float[] real, float[] imaginary)
    {
        // In the first stage every factor is 1.
        for (var i = 0; i < _half; i += 2)
        {
            (real[i], real[i + 1]) = (real[i] + real[i + 1], real[i] - real[i + 1]);
            (imaginary[i], imaginary[i + 1]) = (imaginary[i] + imaginary[i + 1], imaginary[i] - imaginary[i + 1]);
        }

        for (var h = 2; h < _half; h *= 2)
        {
            for (var start = 0; start < _half; start += 2 * h)
            {
                Butterflies(
                    real.AsSpan(start, h), imaginary.AsSpan(start, h), real.AsSpan(start + h, h), imaginary.AsSpan(start + h, h),
                    _stageCos.AsSpan(h, h), _stageSin.AsSpan(h, h));
            }
        }
    }

    /// <summary>
    /// (a, b) becomes (a + wb, a - wb) for each k. Lane = k; stages shorter than a vector run in the scalar loop, and h
    /// is a power of two, so no longer stage leaves a remainder.
    /// </summary>
    private static void Butterflies(
        Span<float> aReal, Span<float> aImaginary, Span<float> bReal, Span<float> bImaginary, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin)
    {
        var k = 0;
        for (; k <= aReal.Length - Vector<float>.Count; k += Vector<float>.Count)
        {
            var c = new Vector<float>(cos[k..]);
            var s = new Vector<float>(sin[k..]);
            var br = new Vector<float>(bReal[k..]);
            var bi = new Vector<float>(bImaginary[k..]);
            var ar = new Vector<float>(aReal[k..]);
            var ai = new Vector<float>(aImaginary[k..]);
            var wr = br * c - bi * s;
            var wi = br * s + bi * c;
            (ar + wr).CopyTo(aReal[k..]);
            (ai + wi).CopyTo(aImaginary[k..]);
            (ar - wr).CopyTo(bReal[k..]);
            (ai - wi).CopyTo(bImaginary[k..]);
        }

        for (; k < aReal.Length; k++)
        {
            var wr = bReal[k] * cos[k] - bImaginary[k] * sin[k];
            var wi = bReal[k] * sin[k] + bImaginary[k] * cos[k];
            (aReal[k], bReal[k]) = (aReal[k] + wr, aReal[k] - wr);
            (aImaginary[k], bImaginary[k]) = (aImaginary[k] + wi, aImaginary[k] - wi);
        }
    }

    private void CheckLengths(int time, int real, int imaginary)
    {
        if (time != Size || real != Bins || imaginary != Bins)
            throw new ArgumentException($"A transform of {Size} samples has {Bins} bins; got {time} samples, {real} and {imaginary} bins.");
    }
}
