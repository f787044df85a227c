using RtcEnhance.Inference;

namespace RtcEnhance.Audio;

/// <summary>
/// One channel of a neural concealment at 16 kHz. A step of 5 ms is the sum of three filtered sources (the classical
/// continuation with the envelope that the network foresaw, the own output repeated at the pitch, white noise); the network
/// chooses the filters, each of which leads into the next on a ramp. From 120 ms on it gives way to the classical
/// continuation, which has taken over at 240. One
/// thread at a time.
/// </summary>
internal sealed class NeuralChannel
{
    private const int Step = ConcealmentNetwork.StepLength;
    private const int Taps = ConcealmentNetwork.Taps;
    private const int Half = Taps / 2;
    private const int Hold = 1920;
    private const int Gone = 3840;
    private const int LevelLength = 640;
    private const float LeastLevel = 1e-4f;

    // The concealment may peak this far above the signal it continues.
    private const float Headroom = 1.2f;

    private readonly ConcealmentRun _run;
    private readonly PastFeatures _features;
    private readonly EnvelopeFilter _envelope = new();
    private readonly float[] _shaped = new float[Step + (2 * Half)];
    private readonly float[] _source = new float[SourceLength];
    private readonly float[] _heard;
    private readonly float[] _pitched = new float[Step + (2 * Half)];
    private readonly float[] _noise = new float[Step + (2 * Half)];
    private readonly float[] _taps = new float[ConcealmentNetwork.Sources * Taps];
    private readonly float[] _old = new float[Step];
    private readonly float[] _new = new float[Step];
    private readonly float[] _filtered = new float[Step];
    private readonly int _maxLag;
    private NoiseSource _random = new();
    private float _level;
    private float _limit;
    private int _lag;
    private float _correlation;
    private int _at;
    private bool _isFirst;

    internal NeuralChannel(ConcealmentWeights weights, PastFeatures features, int maxLag)
    {
        _run = new ConcealmentRun(weights);
        _features = features;
        _maxLag = maxLag;
        _heard = new float[ConcealmentNetwork.OwnSamples + (2 * maxLag)];
    }

    /// <summary>Samples of what came before the step that its source begins with.</summary>
    internal const int SourceBefore = Half;

    /// <summary>Samples of the classical continuation that a step reads, those before it included.</summary>
    internal const int SourceLength = Half + ConcealmentNetwork.LookAhead;

    /// <summary>Samples after which the classical continuation has taken over.</summary>
    internal const int GoneSamples = Gone;

    /// <summary>Takes the level of the past, and its features over that level; to be called before <see cref="Begin"/>.</summary>
    /// <param name="past">What was played, newest last: at least <see cref="PastFeatures.PastLength"/> samples.</param>
    /// <returns>[frames x bands], until another channel measures.</returns>
    internal ReadOnlySpan<float> Measure(ReadOnlySpan<float> past)
    {
        ReadOnlySpan<float> recent = past[^LevelLength..];
        _level = Math.Max(MathF.Sqrt(InnerProduct.Energy(recent) / LevelLength), LeastLevel);
        float peak = 0;
        foreach (float sample in recent)
            peak = Math.Max(peak, Math.Abs(sample));
        _limit = Math.Min(1, Headroom * peak) / _level;
        return _features.Measure(past, _level);
    }

    /// <summary>Fits the network to the past: a loss begins, or goes on after samples that another stage made.</summary>
    /// <param name="past">What was measured.</param>
    /// <param name="features">What <see cref="Measure"/> gave for it.</param>
    /// <param name="lag">The period in samples.</param>
    /// <param name="correlation">How alike its cycles are, 0 to 1.</param>
    /// <param name="at">Samples into the loss.</param>
    internal void Begin(ReadOnlySpan<float> past, ReadOnlySpan<float> features, int lag, float correlation, int at)
    {
        _lag = Math.Clamp(lag, 1, _maxLag);
        _correlation = correlation;
        _run.Begin(features, [correlation, Octaves]);
        _envelope.Begin(_run.Envelope);
        float gain = 1 / _level;
        for (int i = 0; i < _heard.Length; i++)
            _heard[i] = past[past.Length - _heard.Length + i] * gain;
        _random.Fill(_noise.AsSpan(Step));
        Array.Clear(_taps);
        _taps[Half] = 1;
        _at = at;
        _isFirst = true;
    }

    /// <summary>Writes the next 5 ms.</summary>
    /// <param name="output">One step.</param>
    /// <param name="source">
    /// <see cref="SourceLength"/> samples of the past and the classical continuation, <see cref="SourceBefore"/> of them
    /// before the step.
    /// </param>
    /// <exception cref="InvalidOperationException">The network's output is not finite.</exception>
    internal void Generate(Span<float> output, ReadOnlySpan<float> source)
    {
        float gain = 1 / _level;
        for (int i = 0; i < _source.Length; i++)
            _source[i] = source[i] * gain;
        Synthesize(output, _source, _source.AsSpan(Half, Step));
        _heard.AsSpan(Step).CopyTo(_heard);
        output.CopyTo(_heard.AsSpan(_heard.Length - Step));
        for (int i = 0; i < Step; i++)
            output[i] *= _level;
        _at += Step;
    }

    internal void Reset() => _random = new NoiseSource();

    private void Synthesize(Span<float> output, ReadOnlySpan<float> source, ReadOnlySpan<float> plain)
    {
        Shape(source);
        Repeat();
        _noise.AsSpan(Step).CopyTo(_noise);
        _random.Fill(_noise.AsSpan(2 * Half));
        Hear(source);
        _run.Step();

        ReadOnlySpan<float> taps = _run.Output;
        _old.AsSpan().Clear();
        _new.AsSpan().Clear();
        Filter(_shaped, 0, taps);
        Filter(_pitched, Taps, taps);
        Filter(_noise, 2 * Taps, taps);
        taps.CopyTo(_taps);
        bool isFinite = true;
        for (int i = 0; i < Step; i++)
        {
            float rise = (i + 0.5f) / Step;
            float made = _old[i] + (rise * (_new[i] - _old[i]));
            float share = Share(_at + i);
            output[i] = Math.Clamp(plain[i] + (share * (made - plain[i])), -_limit, _limit);
            isFinite &= float.IsFinite(output[i]);
        }

        if (!isFinite)
            throw new InvalidOperationException("The network's output is not finite.");
    }

    // A filter's half ahead of the step, for its filter reaches so far.
    private void Shape(ReadOnlySpan<float> source)
    {
        if (_isFirst)
            source[..(2 * Half)].CopyTo(_shaped.AsSpan(Step));
        _isFirst = false;
        _shaped.AsSpan(Step).CopyTo(_shaped);
        _envelope.Apply(source[((2 * Half) - EnvelopeFilter.Half)..], _shaped.AsSpan(2 * Half));
    }

    // The own output at the pitch; a cycle shorter than a step repeats within it.
    private void Repeat()
    {
        for (int i = 0; i < _pitched.Length; i++)
        {
            int n = i - Half;
            int periods = n < 0 ? 1 : (n / _lag) + 1;
            _pitched[i] = _heard[_heard.Length + n - (periods * _lag)];
        }
    }

    private void Hear(ReadOnlySpan<float> source)
    {
        Span<float> heard = _run.Heard;
        _heard.AsSpan(_heard.Length - ConcealmentNetwork.OwnSamples).CopyTo(heard);
        source.Slice(Half, ConcealmentNetwork.LookAhead).CopyTo(heard[ConcealmentNetwork.OwnSamples..]);
        _pitched.AsSpan(Half, Step).CopyTo(heard[(ConcealmentNetwork.OwnSamples + ConcealmentNetwork.LookAhead)..]);
        Span<float> facts = _run.Facts;
        facts[0] = _correlation;
        facts[1] = Octaves;
        facts[2] = (float)_at / Hold;
        facts[3] = Share(_at + ((Step - 1) / 2f));
        _envelope.Gains.CopyTo(facts[4..]);
    }

    // Adds a source through the filter before and the new one.
    private void Filter(ReadOnlySpan<float> source, int first, ReadOnlySpan<float> taps)
    {
        SlidingProduct.Apply(_taps.AsSpan(first, Taps), source, _filtered);
        for (int i = 0; i < Step; i++)
            _old[i] += _filtered[i];
        SlidingProduct.Apply(taps.Slice(first, Taps), source, _filtered);
        for (int i = 0; i < Step; i++)
            _new[i] += _filtered[i];
    }

    private float Octaves => MathF.Log2(_lag / 64f);

    private static float Share(float at) => Math.Clamp((Gone - at) / (Gone - Hold), 0, 1);
}
