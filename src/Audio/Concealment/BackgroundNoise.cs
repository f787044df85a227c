namespace RtcEnhance.Audio;

/// <summary>
/// One channel's background: keeps the quietest recent 40 ms, and makes noise of that level and spectrum when asked.
/// What counts as quiet rises fourfold in energy in 4 s, so that the estimate follows a room that gets louder. Passages
/// with tones or pitch are not noise and give silence. After NetEq's BackgroundNoise. One thread at a time.
/// </summary>
internal sealed class BackgroundNoise
{
    private const int Order = 12;
    private const int Blocks = 4;
    private const float RisePerBlock = 1.003472f;
    private const float SmallestPower = 1e-9f;

    // Above this ratio of signal to residual energy the passage has tones, above this likeness of cycles pitch.
    private const float LargestPredictionGain = 20;
    private const float LargestCorrelation = 0.7f;

    private readonly float[] _quietest;
    private readonly float[] _window;
    private readonly float[] _windowed;
    private readonly float[] _predictor = new float[Order + 1];
    private readonly float[] _signal;
    private readonly float[] _excitation;
    private readonly float[] _powers = new float[Blocks];
    private readonly float _windowEnergy;
    private NoiseSource _random = new();
    private float _threshold;
    private float _level;

    internal BackgroundNoise(int samplesPerBlock, int maxLength)
    {
        _quietest = new float[Blocks * samplesPerBlock];
        _windowed = new float[_quietest.Length];
        _window = new float[_quietest.Length];
        for (int i = 0; i < _window.Length; i++)
        {
            _window[i] = MathF.Sin(MathF.PI * (i + 0.5f) / _window.Length);
            _windowEnergy += _window[i] * _window[i];
        }
        _signal = new float[Order + maxLength];
        _excitation = new float[maxLength];
        Reset();
    }

    /// <summary>Samples of the past that <see cref="Observe"/> needs.</summary>
    internal int HistoryLength => _quietest.Length;

    /// <summary>Notes the end of the played signal: one new block after another.</summary>
    internal void Observe(ReadOnlySpan<float> history)
    {
        int block = _quietest.Length / Blocks;
        float power = InnerProduct.Energy(history[^block..]) / block;
        float loudest = power;
        for (int i = 1; i < Blocks; i++)
            loudest = Math.Max(loudest, _powers[i - 1] = _powers[i]);
        _powers[^1] = power;
        if (loudest <= _threshold)
        {
            history[^_quietest.Length..].CopyTo(_quietest);
            _threshold = Math.Max(loudest, SmallestPower);
        }
        else
        {
            _threshold *= RisePerBlock;
        }
    }

    /// <summary>Fits the noise to the quietest passage, which <paramref name="pitch"/> must not find periodic.</summary>
    internal void Analyze(PitchSearch pitch)
    {
        for (int i = 0; i < _quietest.Length; i++)
            _windowed[i] = _quietest[i] * _window[i];
        Span<double> correlation = stackalloc double[Order + 1];
        LinearPrediction.Autocorrelate(_windowed, correlation);
        correlation[0] *= 1.0001;
        double residual = LinearPrediction.Solve(correlation, _predictor);
        bool isNoise = residual > 0
            && correlation[0] < LargestPredictionGain * residual
            && pitch.Find(_quietest).Correlation < LargestCorrelation;
        _level = isNoise ? (float)Math.Sqrt(residual / _windowEnergy) : 0;
        _signal.AsSpan(0, Order).Clear();
    }

    /// <summary>Adds <paramref name="gain"/>, sliding to <paramref name="endGain"/>, times the noise.</summary>
    internal void AddTo(Span<float> output, float gain, float endGain)
    {
        if (_level == 0 || (gain == 0 && endGain == 0))
            return;
        Span<float> excitation = _excitation.AsSpan(0, output.Length);
        _random.Fill(excitation);
        for (int i = 0; i < excitation.Length; i++)
            excitation[i] *= _level;
        LinearPrediction.Synthesize(_predictor, excitation, _signal);
        float step = (endGain - gain) / output.Length;
        for (int i = 0; i < output.Length; i++)
            output[i] += (gain + i * step) * _signal[Order + i];
        _signal.AsSpan(output.Length, Order).CopyTo(_signal);
    }

    internal void Reset()
    {
        Array.Clear(_quietest);
        _random = new NoiseSource();
        _threshold = float.MaxValue / 2;
        // Before the first blocks there is nothing to be quiet with.
        Array.Fill(_powers, float.MaxValue);
        _level = 0;
    }
}
