using RtcEnhance.Inference;

namespace RtcEnhance.Audio;

/// <summary>
/// One channel of a neural concealment. A step of 5 ms is the sum of three filtered sources (the classical continuation,
/// the own output repeated at the pitch, white noise); the network chooses the filters, each of which leads into the
/// next on a ramp. From 120 ms on it gives way to the classical continuation, which has taken over at 240. One thread at a time.
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

    private readonly int _block;
    private readonly ConcealedChannel _classical;
    private readonly ConcealmentRun _run;
    private readonly PastFeatures _features;
    private readonly float[] _past = new float[PastFeatures.PastLength];
    private readonly float[] _ahead;
    private readonly float[] _heard;
    private readonly float[] _pitched = new float[Step + (2 * Half)];
    private readonly float[] _noise = new float[Step + (2 * Half)];
    private readonly float[] _taps = new float[ConcealmentNetwork.Sources * Taps];
    private readonly float[] _old = new float[Step];
    private readonly float[] _new = new float[Step];
    private readonly float[] _filtered = new float[Step];
    private NoiseSource _random = new();
    private float _level;
    private float _limit;
    private int _lag;
    private float _correlation;
    private int _at;

    internal NeuralChannel(AudioFormat format, PitchSearch pitch, int maxLength, ConcealmentWeights weights, PastFeatures features)
    {
        _block = format.SamplesPerBlock;
        _classical = new ConcealedChannel(format, pitch, maxLength);
        _run = new ConcealmentRun(weights);
        _features = features;
        _ahead = new float[Half + (2 * _block)];
        _heard = new float[ConcealmentNetwork.OwnSamples + (2 * pitch.MaxLag)];
    }

    /// <summary>What was played, newest last.</summary>
    internal ReadOnlySpan<float> History => _past;

    /// <summary>Fits the models to the past: a loss begins. The classical continuation is to be made next.</summary>
    internal void Begin(PitchTrack pitch)
    {
        _classical.Begin(pitch.Lag);
        _lag = pitch.Lag;
        _correlation = pitch.Correlation;
        ReadOnlySpan<float> recent = _past.AsSpan(_past.Length - LevelLength);
        _level = Math.Max(MathF.Sqrt(InnerProduct.Energy(recent) / LevelLength), LeastLevel);
        float peak = 0;
        foreach (float sample in recent)
            peak = Math.Max(peak, Math.Abs(sample));
        _limit = Math.Min(1, Headroom * peak) / _level;
        _run.Begin(_features.Measure(_past, _level));

        float gain = 1 / _level;
        for (int i = 0; i < _heard.Length; i++)
            _heard[i] = _past[_past.Length - _heard.Length + i] * gain;
        _heard.AsSpan(_heard.Length - Half).CopyTo(_ahead.AsSpan(2 * _block));
        _random.Fill(_noise.AsSpan(Step));
        Array.Clear(_taps);
        _taps[Half] = 1;
        _at = 0;
    }

    /// <summary>Moves on by a block: the classical continuation is made one block ahead of the output.</summary>
    internal void LookAhead(PitchTrack pitch, int lostBlocks)
    {
        _ahead.AsSpan(_block).CopyTo(_ahead);
        Span<float> next = _ahead.AsSpan(Half + _block);
        _classical.Conceal(next, pitch.Lag, pitch.Voicing, lostBlocks);
        float gain = 1 / _level;
        for (int i = 0; i < next.Length; i++)
            next[i] *= gain;
    }

    /// <summary>Writes what follows the past; at most as much as the classical continuation reaches.</summary>
    /// <param name="output">A multiple of 5 ms; at most 15 ms.</param>
    internal void Generate(Span<float> output)
    {
        for (int i = 0; i < output.Length; i += Step)
            Generate(output.Slice(i, Step), _ahead.AsSpan(i));
    }

    /// <summary>Appends one channel of an interleaved block to the past.</summary>
    internal void Append(ReadOnlySpan<float> block, int channel, int channels)
    {
        _classical.Append(block, channel, channels);
        _past.AsSpan(_block).CopyTo(_past);
        for (int i = 0, n = channel; i < _block; i++, n += channels)
            _past[_past.Length - _block + i] = block[n];
    }

    /// <summary>Lets the newest block, which was not concealed, count for the background.</summary>
    internal void ObserveBackground() => _classical.ObserveBackground();

    internal void Reset()
    {
        _classical.Reset();
        Array.Clear(_past);
        _random = new NoiseSource();
    }

    private void Generate(Span<float> output, ReadOnlySpan<float> source)
    {
        ReadOnlySpan<float> plain = source.Slice(Half, Step);
        if (_at < Gone)
            Synthesize(output, source, plain);
        else
            plain.CopyTo(output);
        _heard.AsSpan(Step).CopyTo(_heard);
        output.CopyTo(_heard.AsSpan(_heard.Length - Step));
        for (int i = 0; i < Step; i++)
            output[i] *= _level;
        _at += Step;
    }

    private void Synthesize(Span<float> output, ReadOnlySpan<float> source, ReadOnlySpan<float> plain)
    {
        Repeat();
        _noise.AsSpan(Step).CopyTo(_noise);
        _random.Fill(_noise.AsSpan(2 * Half));
        Hear(source);
        _run.Step();

        ReadOnlySpan<float> taps = _run.Output;
        _old.AsSpan().Clear();
        _new.AsSpan().Clear();
        Filter(source[..(Step + (2 * Half))], 0, taps);
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
        facts[1] = MathF.Log2(_lag / 64f);
        facts[2] = (float)_at / Hold;
        facts[3] = Share(_at + ((Step - 1) / 2f));
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

    private static float Share(float at) => Math.Clamp((Gone - at) / (Gone - Hold), 0, 1);
}
