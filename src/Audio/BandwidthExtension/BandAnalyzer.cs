using System.Numerics;

namespace RtcEnhance.Audio;

/// <summary>
/// Short-time power spectrum of the newest 16 ms of a stream: in bins of 62.5 Hz, or of 46.9 where 16 ms are no power of
/// two. One thread at a time.
/// </summary>
/// <remarks>The window rises over three quarters and falls over one, so that its weight lies 6 ms behind the newest sample.</remarks>
internal sealed class BandAnalyzer
{
    private const double WindowsPerSecond = 62.5;
    // Keeps logarithms finite; 120 dB below a full-scale tone.
    private const float PowerFloor = 1e-12f;

    private readonly Fft _fft;
    private readonly double _binHz;
    private readonly float[] _window;
    // [the window's length of history | block in hand]
    private readonly float[] _history;
    private readonly int _blockSamples;
    private readonly float[] _windowed;
    private readonly float[] _imaginary;
    private readonly float[] _power;
    // Sum of the power of all bins below one: any band's is a difference. In double, that it lose nothing.
    private readonly double[] _powerBelow;

    public BandAnalyzer(int rateHz)
    {
        _blockSamples = rateHz / 100;
        var length = (int)(rateHz / WindowsPerSecond);
        _fft = new Fft((int)BitOperations.RoundUpToPowerOf2((uint)length));
        _binHz = (double)rateHz / _fft.Size;
        _history = new float[length + _blockSamples];
        _windowed = new float[_fft.Size];
        _imaginary = new float[_fft.Bins];
        _power = new float[_fft.Bins];
        _powerBelow = new double[_fft.Bins + 1];
        _window = new float[length];
        var rise = length * 3 / 4;
        double energy = 0;
        for (var i = 0; i < length; i++)
        {
            var s = i < rise ? Math.Sin(Math.PI / 2 * (i + 0.5) / rise) : Math.Cos(Math.PI / 2 * (i - rise + 0.5) / (length - rise));
            _window[i] = (float)(s * s);
            energy += s * s * s * s;
        }

        // Of 48 kHz the same levels as of 16 kHz, where the thresholds come from.
        energy *= Math.Max(1, rateHz / 16000);
        for (var i = 0; i < length; i++)
            _window[i] /= (float)Math.Sqrt(energy);
    }

    /// <summary>Takes in the next 10 ms.</summary>
    public void Push(ReadOnlySpan<float> input)
    {
        _history.AsSpan(_blockSamples).CopyTo(_history);
        input.CopyTo(_history.AsSpan(_window.Length));
    }

    /// <summary>Computes the spectrum of the 16 ms that end after a half of the block pushed last.</summary>
    /// <param name="half">0 or 1.</param>
    public void Analyze(int half)
    {
        var start = (half + 1) * _blockSamples / 2;
        for (var i = 0; i < _window.Length; i++)
            _windowed[i] = _history[start + i] * _window[i];
        _fft.Forward(_windowed, _power, _imaginary);
        double below = 0;
        for (var i = 0; i < _power.Length; i++)
        {
            _power[i] = _power[i] * _power[i] + _imaginary[i] * _imaginary[i] + PowerFloor;
            _powerBelow[i + 1] = below += _power[i];
        }
    }

    /// <summary>Mean power of the bins from one frequency to another.</summary>
    public float Power(double lowHz, double highHz)
    {
        var (low, high) = Bins(lowHz, highHz);
        return (float)(_powerBelow[high] - _powerBelow[low]) / (high - low);
    }

    /// <summary>Base-ten logarithm of <see cref="Power"/>.</summary>
    public float Level(double lowHz, double highHz) => MathF.Log10(Power(lowHz, highHz));

    /// <summary>Geometric over arithmetic mean of the bins from one frequency to another: 1 where all are equal, 0 for a tone.</summary>
    public float Flatness(double lowHz, double highHz)
    {
        var (low, high) = Bins(lowHz, highHz);
        float logarithms = 0;
        for (var i = low; i < high; i++)
            logarithms += MathF.Log(_power[i]);
        return MathF.Exp(logarithms / (high - low)) / Power(lowHz, highHz);
    }

    /// <summary>Forgets the samples seen.</summary>
    public void Reset() => Array.Clear(_history);

    private (int Low, int High) Bins(double lowHz, double highHz) => ((int)Math.Ceiling(lowHz / _binHz), (int)Math.Ceiling(highHz / _binHz));
}
