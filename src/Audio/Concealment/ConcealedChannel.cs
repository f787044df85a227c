namespace RtcEnhance.Audio;

/// <summary>One channel of a concealment: its played past, its models and its fade. One thread at a time.</summary>
internal sealed class ConcealedChannel
{
    // Blocks lost before the fade begins, and the fade of each later one (1.5 dB).
    private const int HeldBlocks = 2;
    private const float FadePerBlock = 0.84f;

    // A signal that was dying away goes on doing so, more gently, for this many blocks.
    private const int DecayingBlocks = 4;
    private const float DecayShare = 0.3f;
    private const float FastestDecay = 0.5f;

    // Background noise stands for the silence of a live line. A line dead for 3 s goes quiet over the next 2 s.
    private const int NoiseBlocks = 300;
    private const int NoiseFadeBlocks = 200;

    // -80 dB: nothing of the concealment is left to hear.
    private const float SmallestGain = 1e-4f;

    private readonly PlayedPast _history;
    private readonly ExcitationExtender _extender;
    private readonly BackgroundNoise _noise;
    private readonly int _samplesPerBlock;
    private readonly PitchSearch _pitch;
    private float _gain;
    private float _decayPerBlock;

    internal ConcealedChannel(AudioFormat format, PitchSearch pitch, int maxLength, int leastHistory = 0)
    {
        _samplesPerBlock = format.SamplesPerBlock;
        _pitch = pitch;
        _extender = new ExcitationExtender(format.SampleRateHz, pitch.MaxLag, maxLength);
        _noise = new BackgroundNoise(_samplesPerBlock, maxLength);
        _history = new PlayedPast(Math.Max(Math.Max(pitch.HistoryLength, leastHistory), Math.Max(_extender.HistoryLength, _noise.HistoryLength)));
    }

    /// <summary>What was played, newest last.</summary>
    internal ReadOnlySpan<float> History => _history.Samples;

    /// <summary>Fits the models to the past: a loss begins.</summary>
    internal void Begin(int lag)
    {
        _extender.Analyze(_history.Samples, lag);
        _noise.Analyze(_pitch);
        _gain = 1;
        float decay = Math.Max(_extender.Decay, FastestDecay);
        _decayPerBlock = MathF.Pow(decay, DecayShare * _samplesPerBlock / _extender.DecayLength);
    }

    /// <summary>Writes what follows the past, <paramref name="lostBlocks"/> blocks into the loss, and fades over it.</summary>
    internal void Conceal(Span<float> output, int lag, float voicing, int lostBlocks)
    {
        float endGain = EndGain(lostBlocks);
        if (_gain > 0)
            _extender.Generate(output, lag, voicing);
        else
            output.Clear();
        float step = (endGain - _gain) / output.Length;
        for (int i = 0; i < output.Length; i++)
            output[i] *= _gain + i * step;
        _noise.AddTo(output, NoiseGain(_gain, lostBlocks), NoiseGain(endGain, lostBlocks + 1));
        _gain = endGain;
    }

    /// <summary>Writes what would follow, of any length, at the level reached: the tail that a merge takes up.</summary>
    internal void Continue(Span<float> output, int lag, float voicing, int lostBlocks)
    {
        if (_gain > 0)
            _extender.Generate(output, lag, voicing);
        else
            output.Clear();
        for (int i = 0; i < output.Length; i++)
            output[i] *= _gain;
        float noiseGain = NoiseGain(_gain, lostBlocks);
        _noise.AddTo(output, noiseGain, noiseGain);
    }

    /// <summary>Appends one channel of an interleaved block to the past.</summary>
    internal void Append(ReadOnlySpan<float> block, int channel, int channels) => _history.Append(block, channel, channels);

    /// <summary>Lets the newest block, which was not concealed, count for the background.</summary>
    internal void ObserveBackground() => _noise.Observe(_history.Samples);

    internal void Reset()
    {
        _history.Clear();
        _extender.Reset();
        _noise.Reset();
        _gain = 0;
    }

    private float EndGain(int lostBlocks)
    {
        float gain = _gain;
        if (lostBlocks >= HeldBlocks)
            gain *= FadePerBlock;
        if (lostBlocks < DecayingBlocks)
            gain *= _decayPerBlock;
        return gain < SmallestGain ? 0 : gain;
    }

    // Powers add up to that of the background where the signal itself was the background.
    private static float NoiseGain(float gain, int lostBlocks)
    {
        float fade = Math.Clamp((NoiseBlocks + NoiseFadeBlocks - lostBlocks) / (float)NoiseFadeBlocks, 0, 1);
        return fade * MathF.Sqrt(1 - gain * gain);
    }
}
