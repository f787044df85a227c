namespace RtcEnhance.Audio;

/// <summary>
/// Short-time power spectrum of the newest 16 ms of a stream, in bins of 62.5 Hz at any input rate. One thread at a time.
/// </summary>
/// <remarks>The window rises over three quarters and falls over one, so that its weight lies 6 ms behind the newest sample.</remarks>
internal sealed class BandAnalyzer
{
    private const double BinHz = 62.5;
    // Keeps logarithms finite; 120 dB below a full-scale tone.
    private const float PowerFloor = 1e-12f;

    private readonly Fft _fft;
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
        _fft = new Fft((int)(rateHz / BinHz));
        _history = new float[_fft.Size + _blockSamples];
        _windowed = new float[_fft.Size];
        _imaginary = new float[_fft.Bins];
        _power = new float[_fft.Bins];
        _powerBelow = new double[_fft.Bins + 1];
        _window = new float[_fft.Size];
        var rise = _fft.Size * 3 / 4;
        double energy = 0;
        for (var i = 0; i < _fft.Size; i++)
        {
            var s = i < rise ? Math.Sin(Math.PI / 2 * (i + 0.5) / rise) : Math.Cos(Math.PI / 2 * (i - rise + 0.5) / (_fft.Size - rise));
            _window[i] = (float)(s * s);
            energy += s * s * s * s;
        }

        for (var i = 0; i < _fft.Size; i++)
            _window[i] /= (float)Math.Sqrt(energy);
    }

    /// <summary>Takes in the next 10 ms.</summary>
    public void Push(ReadOnlySpan<float> input)
    {
        _history.AsSpan(_blockSamples).CopyTo(_history);
        input.CopyTo(_history.AsSpan(_fft.Size));
    }

    /// <summary>Computes the spectrum of the 16 ms that end after a half of the block pushed last.</summary>
    /// <param name="half">0 or 1.</param>
    public void Analyze(int half)
    {
        var start = (half + 1) * _blockSamples / 2;
        for (var i = 0; i < _windowed.Length; i++)
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

    private static (int Low, int High) Bins(double lowHz, double highHz) => ((int)Math.Ceiling(lowHz / BinHz), (int)Math.Ceiling(highHz / BinHz));
}
