namespace RtcEnhance.Audio;

/// <summary>
/// One channel's source-filter model of the last pitch cycles: the prediction residual is repeated at the pitch and
/// passed through the synthesis filter, whose memory is the real past, so that no phase or level breaks where the
/// concealment begins. Each repetition loses some of its treble to shaped noise, which keeps the spectrum and takes
/// away the buzz. After the long-term predictor of SILK's concealment (RFC 6716 section 4.4). One thread at a time.
/// </summary>
internal sealed class ExcitationExtender
{
    private const float PredictorWindowMs = 22;
    private const float WindowTailMs = 3;
    private const double LagWindowHz = 40;
    private const double WhiteNoise = 1e-4;
    private const float BandwidthExpansion = 0.993f;
    private const float ShortestLevelMs = 8;

    // Share of the treble lost in a repetition that noise fills again; 1 would hold the level exactly.
    private const float TrebleNoise = 0.8f;

    // The concealment may peak this far above the signal it continues.
    private const float Headroom = 1.2f;

    // A block is not a whole number of cycles, so its power varies about theirs.
    private const float LargestPowerGrowth = 1.5f;

    // A cycle that is louder than the one before by more than this is an onset, not a level to hold.
    private const float LargestGrowth = 4;

    private readonly LowPassKernel _lowPass;
    private readonly float[] _predictor;
    private readonly float[] _window;
    private readonly float[] _windowed;
    private readonly double[] _lagWindow;
    private readonly float[] _noise;
    private readonly float[] _excitation;
    private readonly float[] _signal;
    private readonly int _past;
    private readonly int _shortestLevel;
    private readonly int _maxLag;
    private NoiseSource _random = new();
    private float _noiseLevel;
    private float _limit;
    private float _largestPower;
    private float _levelGain;

    /// <param name="sampleRateHz">Rate of the channel.</param>
    /// <param name="maxLag">Longest lag that will be asked for.</param>
    /// <param name="maxLength">Most samples generated in one call.</param>
    internal ExcitationExtender(int sampleRateHz, int maxLag, int maxLength)
    {
        int order = Math.Clamp(2 * sampleRateHz / 1000, 16, LinearPrediction.MaxOrder);
        _lowPass = new LowPassKernel(sampleRateHz);
        _predictor = new float[order + 1];
        _window = AnalysisWindow((int)(sampleRateHz * PredictorWindowMs / 1000), (int)(sampleRateHz * WindowTailMs / 1000));
        _windowed = new float[_window.Length];
        _lagWindow = LagWindow(order, sampleRateHz);
        _noise = new float[2 * _lowPass.Reach + maxLength];
        _shortestLevel = (int)(sampleRateHz * ShortestLevelMs / 1000);
        _maxLag = maxLag;
        _past = 2 * maxLag + _lowPass.Reach + 1;
        _excitation = new float[_past + maxLength];
        _signal = new float[order + maxLength];
        HistoryLength = Math.Max(_past + order, _window.Length);
    }

    /// <summary>Samples of the past that <see cref="Analyze"/> needs.</summary>
    internal int HistoryLength { get; }

    /// <summary>Level of the last cycle over that of the one before, at most 1.</summary>
    internal float Decay { get; private set; }

    /// <summary>Length in samples of the cycles that <see cref="Decay"/> compares.</summary>
    internal int DecayLength { get; private set; }

    /// <summary>Fits the model to the end of <paramref name="history"/>, whose period is <paramref name="lag"/>.</summary>
    internal void Analyze(ReadOnlySpan<float> history, int lag)
    {
        int order = _predictor.Length - 1;
        ReadOnlySpan<float> recent = history[^_window.Length..];
        for (int i = 0; i < _window.Length; i++)
            _windowed[i] = recent[i] * _window[i];
        Span<double> correlation = stackalloc double[LinearPrediction.MaxOrder + 1];
        correlation = correlation[..(order + 1)];
        LinearPrediction.Autocorrelate(_windowed, correlation);
        for (int k = 0; k <= order; k++)
            correlation[k] *= _lagWindow[k];
        LinearPrediction.Solve(correlation, _predictor);
        LinearPrediction.ExpandBandwidth(_predictor, BandwidthExpansion);

        Span<float> residual = _excitation.AsSpan(0, _past);
        LinearPrediction.Analyze(_predictor, history[^(_past + order)..], residual);
        history[^order..].CopyTo(_signal);

        int length = Math.Min(Math.Max(lag, _shortestLevel), _maxLag);
        float last = InnerProduct.Energy(residual[^length..]);
        float before = InnerProduct.Energy(residual[^(2 * length)..^length]);
        _noiseLevel = MathF.Sqrt(Math.Min(last, LargestGrowth * before) / length);
        float played = InnerProduct.Energy(history[^length..]);
        float playedBefore = InnerProduct.Energy(history[^(2 * length)..^length]);
        Decay = playedBefore > played ? MathF.Sqrt(played / playedBefore) : 1;
        DecayLength = length;
        _largestPower = LargestPowerGrowth * played / length;
        _levelGain = 1;
        _limit = Math.Min(1, Headroom * Peak(history[^_past..]));
    }

    /// <summary>Writes the next samples of the channel, at the level of the past (any fade is the caller's).</summary>
    /// <param name="output">Written; at most the constructor's length.</param>
    /// <param name="lag">The period in samples, at most the constructor's.</param>
    /// <param name="voicing">0 (noise alone) to 1 (the repeated cycle, and noise only in the treble that it loses).</param>
    internal void Generate(Span<float> output, int lag, float voicing)
    {
        int order = _predictor.Length - 1;
        int count = output.Length;
        Span<float> noise = _noise.AsSpan(0, 2 * _lowPass.Reach + count);
        _random.Fill(noise[(2 * _lowPass.Reach)..]);
        Span<float> excitation = _excitation.AsSpan(0, _past + count);
        float flat = (MathF.Sqrt(1 - voicing * voicing) + voicing * TrebleNoise) * _noiseLevel;
        float bass = voicing * TrebleNoise * _noiseLevel;
        for (int i = 0; i < count; i++)
        {
            int n = _past + i;
            int centre = i + _lowPass.Reach;
            excitation[n] = voicing * _lowPass.At(excitation, n - lag)
                + flat * noise[centre] - bass * _lowPass.At(noise, centre);
        }

        Span<float> signal = _signal.AsSpan(0, order + count);
        LinearPrediction.Synthesize(_predictor, excitation[_past..], signal);
        Level(signal[order..], output);
        signal[count..].CopyTo(_signal);
        excitation[count..].CopyTo(_excitation);
        noise[count..].CopyTo(_noise);
    }

    /// <summary>Forgets the noise's place, so that a replay repeats.</summary>
    internal void Reset()
    {
        _random = new NoiseSource();
        Array.Clear(_noise);
    }

    // As the lag drifts the harmonics pass over the formants' peaks: what grows past the level of the past is held to it.
    private void Level(ReadOnlySpan<float> signal, Span<float> output)
    {
        float power = InnerProduct.Energy(signal) / signal.Length;
        float gain = power > _largestPower ? MathF.Sqrt(_largestPower / power) : 1;
        float step = (gain - _levelGain) / output.Length;
        for (int i = 0; i < output.Length; i++)
            output[i] = Math.Clamp((_levelGain + i * step) * signal[i], -_limit, _limit);
        _levelGain = gain;
    }

    // Half a sine up to a short cosine at the end: the newest samples count most (as in ITU-T G.729).
    private static float[] AnalysisWindow(int length, int tail)
    {
        var window = new float[length];
        for (int i = 0; i < length - tail; i++)
            window[i] = MathF.Sin(MathF.PI / 2 * (i + 0.5f) / (length - tail));
        for (int i = 0; i < tail; i++)
            window[length - 1 - i] = 0.5f - 0.5f * MathF.Cos(MathF.PI * (i + 1) / (tail + 1));
        return window;
    }

    // A 40 Hz Gaussian lag window and a floor 40 dB down keep the predictor from locking onto single harmonics.
    private static double[] LagWindow(int order, int sampleRateHz)
    {
        var window = new double[order + 1];
        window[0] = 1 + WhiteNoise;
        for (int k = 1; k <= order; k++)
        {
            double angle = 2 * Math.PI * LagWindowHz * k / sampleRateHz;
            window[k] = Math.Exp(-0.5 * angle * angle);
        }
        return window;
    }

    private static float Peak(ReadOnlySpan<float> signal)
    {
        float peak = 0;
        foreach (float sample in signal)
            peak = Math.Max(peak, Math.Abs(sample));
        return peak;
    }
}
